import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { CorpusError } from '../../../local/start/corpus/corpus-error';
import { ownDocuments } from '../../../local/start/corpus/own-documents';
import { MAX_SECTION_LENGTH, corpusOf, sectionsOf } from '../../../local/start/corpus/sections';
import { readFolder } from '../../../local/start/corpus/text-files';

describe('the corpus', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'corpus-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: string | Buffer) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  };

  it('is every Markdown and text file below the folder, hidden folders and node_modules left alone', async () => {
    for (const name of ['b.md', 'a/c.TXT', 'x.json', '.git/d.md', 'node_modules/p/README.md'])
      write(name, 'some text');
    const { files, skipped } = await readFolder(folder);
    assert.deepEqual(
      files.map((file) => file.document),
      ['a/c.TXT', 'b.md'],
    );
    assert.deepEqual(skipped, []);
  });

  it('names each file that it passes over, with the reason', async () => {
    write('good.md', 'text');
    write('empty.md', ' \n');
    write('binary.txt', Buffer.from([0xff, 0xfe, 0x00]));
    write('huge.txt', 'x'.repeat(1024 * 1024 + 1));
    const { files, skipped } = await readFolder(folder);
    assert.equal(files.length, 1);
    assert.deepEqual(
      skipped.map(({ reason }) => reason),
      [
        'binary.txt is not UTF-8 text',
        'empty.md is empty',
        'huge.txt has 1048577 bytes; files over 1048576 are skipped',
      ],
    );
  });

  it('of a folder that is missing, a file, or without text is refused with its path', async () => {
    const missing = path.join(folder, 'missing');
    const refused = (corpus: string, about: RegExp) =>
      assert.rejects(
        readFolder(corpus),
        (error) =>
          error instanceof CorpusError && error.message.includes(corpus) && about.test(error.message),
      );
    await refused(missing, /ENOENT.*give --corpus/);
    await refused(folder, /holds no \.md/);
    write('file.md', 'x');
    await refused(path.join(folder, 'file.md'), /is not a folder/);
  });

  it('of a first run is the documents of the project and of its dependencies', async () => {
    write('README.md', 'project');
    write('docs/guide.md', 'guide');
    write('node_modules/b/readme.markdown', 'b');
    write('node_modules/@s/a/README.md', 'a');
    write('node_modules/.bin/README.md', 'no');
    write('node_modules/none/index.js', '');
    const { files } = await ownDocuments(folder);
    assert.deepEqual(
      files.map((file) => file.document),
      ['README.md', 'docs/guide.md', 'node_modules/@s/a/README.md', 'node_modules/b/readme.markdown'],
    );
  });
});

describe('sections', () => {
  const of = (text: string) => sectionsOf({ document: 'd.md', text });

  it('are cut at headings and carry the headings above them', () => {
    assert.deepEqual(
      of('intro\n# A\none\n## [B](x) `c` #\ntwo\n# D\nthree').map(({ id, heading, text }) => [
        id,
        heading,
        text,
      ]),
      [
        ['own:d.md#1', 'd.md', 'intro'],
        ['own:d.md#2', 'A', 'one'],
        ['own:d.md#3', 'A › B c', 'two'],
        ['own:d.md#4', 'D', 'three'],
      ],
    );
  });

  it('do not take a comment in fenced code for a heading', () => {
    assert.equal(of('# A\n```sh\n# not a heading\n```\nafter').length, 1);
  });

  it('change their hash when heading or text changes, and only then', () => {
    const [first] = of('# A\none');
    assert.equal(of('# A\none')[0]?.sha256, first?.sha256);
    assert.notEqual(of('# A\ntwo')[0]?.sha256, first?.sha256);
    assert.notEqual(of('# B\none')[0]?.sha256, first?.sha256);
  });

  it('have ids of at most 1,024 bytes that stay different', () => {
    const long = sectionsOf({ document: 'ä'.repeat(600), text: '# A\none\n# B\ntwo' });
    assert.ok(long.every(({ id }) => Buffer.byteLength(id) <= 1024));
    assert.equal(new Set(long.map(({ id }) => id)).size, 2);
  });

  it('of different folders never share an id, whatever the documents are called', () => {
    const ids = ['/a/notes', '/b/notes'].map(
      (folder) => sectionsOf({ document: 'd.md', text: 'x' }, corpusOf(folder))[0]?.id,
    );
    assert.equal(new Set(ids).size, 2);
    assert.match(ids[0] ?? '', /^notes-[0-9a-f]{8}:d\.md#1$/);
  });

  it('lose no word of a document without headings, keep the order, and stay within the length', () => {
    const word = fc.stringMatching(/^[a-zé😀]{1,2000}$/u);
    const text = fc.array(fc.tuple(word, fc.constantFrom(' ', '\n', '\n\n')), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (words) => {
        const whole = words.map(([written, space]) => written + space).join('');
        const made = of(whole);
        const squeeze = (written: string) => written.replace(/\s+/g, '');
        assert.equal(squeeze(made.map((section) => section.text).join('')), squeeze(whole));
        for (const section of made) {
          assert.ok(section.text.length <= MAX_SECTION_LENGTH + 40, `${section.text.length}`);
          assert.doesNotThrow(() => encodeURIComponent(section.text), 'half of a character');
        }
      }),
      { numRuns: 50 },
    );
  });
});
