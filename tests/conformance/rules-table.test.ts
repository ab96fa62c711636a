import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';

// docs/s3-vectors-local-rules.md says for every rule which test holds it. A test that is renamed or deleted makes
// the document wrong, and this one says where.
const DOCUMENT = path.join(__dirname, '..', '..', 'docs', 's3-vectors-local-rules.md');

interface Row {
  readonly rule: string;
  readonly heldBy: string;
}

/** The rows of the tables that have a column "held by". */
function ruleRows(markdown: string): Row[] {
  let inside = false;
  return markdown.split('\n').flatMap((line) => {
    if (!line.startsWith('|')) {
      inside = false;
      return [];
    }
    const [rule = '', , heldBy = ''] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (heldBy === 'held by') inside = true;
    return inside && heldBy !== 'held by' && !/^-+$/.test(heldBy) ? [{ rule, heldBy }] : [];
  });
}

/** The names of the tests of a file as they stand in its text, `${…}` included. */
function titlesOf(source: string): string[] {
  return [...source.matchAll(/\bit\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)].map(([, , title = '']) =>
    title.replaceAll(/\\(.)/g, '$1'),
  );
}

describe('the table of rules', () => {
  const rows = ruleRows(readFileSync(DOCUMENT, 'utf8'));

  it('has rules', () => {
    assert.ok(rows.length > 50, String(rows.length));
  });

  it('names for every rule tests that exist, or links to what holds it', () => {
    const problems = rows.flatMap(({ rule, heldBy }) =>
      /\]\(.+\.md\)/.test(heldBy)
        ? []
        : heldBy.split('<br>').flatMap((reference) => {
            const [, file, beginning] = /^`([\w-]+)`: (.+)$/.exec(reference) ?? [];
            if (file === undefined || beginning === undefined) return [`${rule}: no test in "${reference}"`];
            let source: string;
            try {
              source = readFileSync(path.join(__dirname, `${file}.test.ts`), 'utf8');
            } catch {
              return [`${rule}: there is no file ${file}.test.ts`];
            }
            return titlesOf(source).some((title) => title.startsWith(beginning))
              ? []
              : [`${rule}: no test of ${file} begins with "${beginning}"`];
          }),
    );
    assert.deepEqual(problems, []);
  });

  it('reads the names of tests in every form of quotation', () => {
    const source = "it('a\\'s b', f); it(\n  `of ${x} c`,\n f); it(\"d\", f); await('e');";
    assert.deepEqual(titlesOf(source), ["a's b", 'of ${x} c', 'd']);
  });
});
