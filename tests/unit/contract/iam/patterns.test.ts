import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matchesAction } from '../../../../contract/iam/evaluator/action-match';
import {
  anything,
  matches,
  narrowWildcard,
  segment,
  sequence,
  wildcard,
} from '../../../../contract/iam/evaluator/pattern';
import {
  covers,
  findText,
  SearchEffort,
  intersects,
} from '../../../../contract/iam/evaluator/pattern-search';

/** Every text of up to `length` characters over the alphabet. */
function textsUpTo(length: number, alphabet: readonly string[]): string[] {
  let last = [''];
  const all = [''];
  for (let round = 0; round < length; round++) {
    last = last.flatMap((text) => alphabet.map((char) => text + char));
    all.push(...last);
  }
  return all;
}

/** The definition of a wildcard match, by recursion: slow and beyond doubt. */
function matchesByDefinition(pattern: string, text: string): boolean {
  const [first, ...rest] = pattern;
  const tail = rest.join('');
  if (first === undefined) return text === '';
  if (first === '*') {
    return matchesByDefinition(tail, text) || (text !== '' && matchesByDefinition(pattern, text.slice(1)));
  }
  return text !== '' && (first === '?' || first === text[0]) && matchesByDefinition(tail, text.slice(1));
}

// Patterns of at most four characters over {a, b}: where two or three of them meet, they meet within eight characters
// of {a, b, c}, `c` standing for all characters that none of them names.
const smallPattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });
const texts = textsUpTo(8, ['a', 'b', 'c']);

describe('wildcard patterns', () => {
  it('match exactly what the definition matches', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 7 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 }),
        (pattern, text) => {
          const expected = matchesByDefinition(pattern, text);
          assert.equal(matches(wildcard(pattern), text), expected);
          assert.equal(matchesAction(pattern, text), expected);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('meet exactly when some text matches both', () => {
    fc.assert(
      fc.property(smallPattern, smallPattern, (one, other) => {
        const [left, right] = [wildcard(one), wildcard(other)];
        const expected = texts.some((text) => matches(left, text) && matches(right, text));
        assert.equal(intersects(left, right), expected);
        assert.equal(intersects(right, left), expected);
      }),
      { numRuns: 150 },
    );
  });

  it('cover another exactly when no text matches the other alone', () => {
    fc.assert(
      fc.property(smallPattern, smallPattern, (wide, narrow) => {
        const [left, right] = [wildcard(wide), wildcard(narrow)];
        assert.equal(
          covers(left, right),
          texts.every((text) => !matches(right, text) || matches(left, text)),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('find a text that fits all, one of each group and none of the rest, or prove that there is none', () => {
    fc.assert(
      fc.property(
        smallPattern,
        fc.array(smallPattern, { minLength: 1, maxLength: 2 }),
        fc.array(smallPattern, { maxLength: 2 }),
        (all, group, none) => {
          const fits = (text: string) =>
            matches(wildcard(all), text) &&
            group.some((pattern) => matches(wildcard(pattern), text)) &&
            !none.some((pattern) => matches(wildcard(pattern), text));
          const answer = findText({
            all: [wildcard(all)],
            anyOf: [group.map(wildcard)],
            none: none.map(wildcard),
          });
          if (answer.kind === 'found') assert.ok(fits(answer.text), answer.text);
          else {
            assert.equal(answer.kind, 'impossible');
            assert.ok(!texts.some(fits));
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('say that they could not decide when the budget is spent, instead of guessing', () => {
    const tangled = [wildcard('*a??b*'), wildcard('*b??a?c*')];
    assert.equal(findText({ all: tangled }, 5).kind, 'undecided');
    assert.equal(findText({ all: tangled }).kind, 'found');
  });

  it('share an effort, and decide nothing more once it is spent', () => {
    const effort = new SearchEffort(100);
    const search = { all: [wildcard('*a??b*'), wildcard('*b??a?c*')], none: [wildcard('*d*')] };
    const ask = () => findText(search, undefined, effort).kind;
    assert.equal(findText(search).kind, 'found');
    assert.equal(ask(), 'undecided');
    assert.equal(ask(), 'undecided');
    assert.equal(findText({ all: [wildcard('a')] }, undefined, effort).kind, 'undecided');
  });

  it('see that a Deny of everything leaves nothing of what is entangled', () => {
    const tangled = [wildcard('*a??b*'), wildcard('*b??a?c*')];
    assert.equal(findText({ all: tangled, none: [wildcard('*')] }, 5).kind, 'impossible');
  });

  it('treat a group without patterns as impossible to satisfy', () => {
    assert.equal(findText({ all: [wildcard('*')], anyOf: [[]] }).kind, 'impossible');
  });

  it('meet without either matching the other', () => {
    assert.ok(
      intersects(
        wildcard('arn:aws:s3:::acme-*-vector-*/*'),
        wildcard('arn:aws:s3:::*-prod-vector-docs/secret'),
      ),
    );
    assert.ok(!intersects(wildcard('arn:aws:s3:::acme-*'), wildcard('arn:aws:s3:::other-*')));
  });

  it('keep a segment within its separator', () => {
    const bucket = sequence('arn:aws:s3:::', segment('/'));
    const object = sequence('arn:aws:s3:::', segment('/'), '/', anything);
    assert.ok(intersects(bucket, wildcard('arn:aws:s3:::acme-*')));
    assert.ok(!intersects(bucket, wildcard('arn:aws:s3:::acme-*/*')));
    assert.ok(intersects(object, wildcard('arn:aws:s3:::acme-*')));
    assert.ok(!matches(bucket, 'arn:aws:s3:::'));
  });

  it('keep a star inside its ARN segment where only the smaller reading may be relied on', () => {
    const narrow = narrowWildcard('arn:aws:s3*x:::b/*');
    assert.ok(!matches(narrow, 'arn:aws:s3:a:x:::b/k'));
    assert.ok(matches(narrow, 'arn:aws:s3ax:::b/k:l'));
    assert.ok(matches(wildcard('arn:aws:s3*x:::b/*'), 'arn:aws:s3:a:x:::b/k'));
    assert.ok(matches(narrowWildcard('*'), 'arn:aws:s3:::b'));
    assert.ok(matches(narrowWildcard('arn:aws:s3:*:*:b'), 'arn:aws:s3:::b'));
  });

  it('compare resources with and actions without regard to case', () => {
    assert.ok(matchesAction('S3:gETo*', 's3:GetObject'));
    assert.ok(!matches(wildcard('arn:aws:s3:::Acme'), 'arn:aws:s3:::acme'));
  });
});
