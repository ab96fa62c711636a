import assert from 'node:assert/strict';
import { tagProblems } from '../../../contract/tags';

describe('tags', () => {
  it('are right within their limits', () => {
    assert.deepEqual(tagProblems({ ['k'.repeat(128)]: 'v'.repeat(256), Über: 'a b_.:/=+-@', empty: '' }), []);
  });

  for (const [what, tags, problem] of [
    ['a reserved key', { 'Aws:x': 'y' }, /tag "Aws:x": keys that begin with "aws:" are reserved/],
    ['an empty key', { '': 'y' }, /the key has 0 characters; 1 to 128/],
    ['a key that is too long', { ['k'.repeat(129)]: 'y' }, /the key has 129 characters/],
    ['a character that is not allowed', { Team: 'a;b' }, /tag "Team": key and value may hold letters/],
    [
      'more than there may be',
      Object.fromEntries([...Array(51).keys()].map((at) => [`k${at}`, ''])),
      /51 tags/,
    ],
  ] as const) {
    it(`refuse ${what}`, () => {
      const problems = tagProblems(tags);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });
  }

  it('show no value, which may be a secret', () => {
    assert.deepEqual(tagProblems({ Owner: 'x'.repeat(257) }), [
      'tag "Owner": the value has 257 characters; at most 256 are allowed.',
    ]);
  });
});
