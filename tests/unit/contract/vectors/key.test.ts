import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { keyProblems } from '../../../../contract/vectors/key';

// The rows of docs/evidence/key-length.md of FarukAda/aws-langchain-s3-vector-ts, measured against the service.
const measured: [name: string, key: string, allowed: boolean][] = [
  ['1,024 characters of one byte', 'a'.repeat(1024), true],
  ['1,025 characters of one byte', 'a'.repeat(1025), false],
  ['341 characters of three bytes', '中'.repeat(341), true],
  ['1,024 bytes in 344 characters', '中'.repeat(340) + 'abcd', true],
  ['1,025 bytes in 345 characters', '中'.repeat(340) + 'abcde', false],
  ['1,024 bytes in 256 emoji', '😀'.repeat(256), true],
  ['2,048 bytes in 512 emoji', '😀'.repeat(512), false],
];

describe('the key of a vector', () => {
  for (const [name, key, allowed] of measured) {
    it(`is ${allowed ? 'allowed' : 'refused'} with ${name}`, () => {
      const problems = keyProblems(key);
      assert.equal(problems.length, allowed ? 0 : 1);
      if (!allowed)
        assert.equal(problems[0]?.serviceMessage, 'Record key length exceeds the maximum allowed');
    });
  }

  it('is refused when it is empty or no text', () => {
    assert.match(keyProblems('')[0]!.message, /empty/);
    assert.match(keyProblems(7)[0]!.message, /number, not a string/);
  });

  it('is refused with half of a surrogate pair', () => {
    assert.match(keyProblems('cut \ud83d')[0]!.message, /surrogate/);
    assert.deepEqual(keyProblems('whole 😀'), []);
  });

  it('has all its problems listed at once', () => {
    assert.equal(keyProblems('a'.repeat(1025) + '\ud800').length, 2);
  });
});
