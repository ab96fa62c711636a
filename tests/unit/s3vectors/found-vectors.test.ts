import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { QueryResults } from '../../../local/s3vectors/operations/query-results';
import { FoundLists, FoundVectors } from '../../../local/s3vectors/storage/found-vectors';

const ofKeys = (indexId: number, ...keys: string[]): FoundVectors =>
  new FoundVectors(indexId, keys, new Float64Array(keys.length), true);
const LARGE = Buffer.alloc(400, 'x');

describe('results that are kept for further pages', () => {
  it('take the metadata over that somebody is about to replace, once, and of their index only', () => {
    const lists = new FoundLists();
    const [found, other, keysOnly] = [
      ofKeys(1, 'a', 'b'),
      ofKeys(2, 'a'),
      new FoundVectors(1, ['a'], new Float64Array(1), false),
    ];
    for (const one of [found, other, keysOnly]) lists.keep(one);
    lists.replacing(1, 'a', Buffer.from('first'));
    lists.replacing(1, 'a', Buffer.from('second'));
    lists.replacing(1, 'c', Buffer.from('nobody found it'));
    assert.deepEqual([...found.replaced], [['a', Buffer.from('first')]]);
    assert.equal(other.replaced.size, 0);
    assert.equal(keysOnly.replaced.size, 0);
  });

  it('make room for others when they were not used for the longest time, not when they are oldest', () => {
    const lists = new FoundLists(1_000);
    const [first, second] = [ofKeys(1, 'a', 'b', 'c', 'd'), ofKeys(1, 'e', 'f', 'g', 'h')];
    lists.keep(first);
    lists.keep(second);
    lists.use(first);
    lists.keep(ofKeys(1, 'i', 'j'));
    assert.deepEqual([first.dropped, second.dropped], [false, false]);
    lists.replacing(1, 'i', LARGE);
    assert.deepEqual([first.dropped, second.dropped], [false, true]);
    assert.ok(lists.bytes <= 1_000);
  });

  it('give back all that they took', () => {
    const lists = new FoundLists();
    const found = ofKeys(1, 'a', 'b');
    lists.keep(found);
    lists.replacing(1, 'b', LARGE);
    assert.ok(lists.bytes > LARGE.length);
    lists.release(found);
    lists.release(found);
    assert.equal(lists.bytes, 0);
    lists.keep(ofKeys(1, 'a'));
    lists.forget(1);
    assert.equal(lists.bytes, 0);
  });

  it('are told apart by their tokens: those that go on, those that had to go, and those of nobody', () => {
    let now = 0;
    const lists = new FoundLists(600);
    const results = new QueryResults(() => now, lists);
    const [one, two] = [ofKeys(1, 'a', 'b', 'c', 'd'), ofKeys(2, 'e', 'f')];
    lists.keep(one);
    const tokenOfOne = results.keep('request', one, 100);
    lists.keep(two);
    const tokenOfTwo = results.keep('request', two, 100);
    assert.equal(results.continue('other', tokenOfOne), 'unknown');
    for (let minute = 0; minute < 20; minute += 4) {
      now = minute * 60_000;
      assert.notEqual(results.continue('request', tokenOfTwo), 'unknown', `used ${minute} minutes after`);
    }
    assert.equal(results.continue('request', tokenOfOne), 'unknown', 'nobody used it for 16 minutes');
    lists.keep(ofKeys(3, 'g', 'h', 'i', 'j', 'k'));
    assert.equal(results.continue('request', tokenOfTwo), 'dropped');
  });
});
