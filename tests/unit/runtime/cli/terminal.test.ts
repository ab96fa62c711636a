import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import stringWidth from 'string-width';
import { ERASED_LINE, printable, tableOf, terminalOf } from '../../../../runtime/cli/terminal';
import { wrappedText } from '../../../../runtime/cli/wrapped-text';

const PLAIN = { width: 40, heading: (text: string) => text };

/** Streams that remember what was written, on a terminal or not. */
function streams(isTTY: boolean, columns?: number) {
  const of = () => Object.assign(new PassThrough(), { isTTY, columns });
  const [stdout, stderr] = [of(), of()];
  return {
    streams: { stdout, stderr },
    out: () => String(stdout.read() ?? ''),
    err: () => String(stderr.read() ?? ''),
  };
}

describe('the terminal of a command', () => {
  it('has results on standard output and remarks on standard error, or none when quiet', () => {
    const loud = streams(false);
    const terminal = terminalOf({}, loud.streams, {});
    terminal.out('result');
    terminal.note('remark');
    assert.equal(loud.out(), 'result\n');
    assert.equal(loud.err(), 'remark\n');
    const quiet = streams(false);
    terminalOf({ quiet: true }, quiet.streams, {}).note('remark');
    assert.equal(quiet.err(), '');
  });

  it('colours only for a person, and not under NO_COLOR, TERM=dumb or --json', () => {
    const heading = (isTTY: boolean, env: NodeJS.ProcessEnv, json = false) =>
      terminalOf({ json }, streams(isTTY).streams, env).heading('KEY');
    assert.notEqual(heading(true, {}), 'KEY');
    assert.equal(heading(false, {}), 'KEY');
    assert.equal(heading(true, { NO_COLOR: '1' }), 'KEY');
    assert.equal(heading(true, { TERM: 'dumb' }), 'KEY');
    assert.equal(heading(true, {}, true), 'KEY');
  });

  it('is as wide as the terminal, as COLUMNS through a pipe, else 80', () => {
    assert.equal(terminalOf({}, streams(true, 132).streams, { COLUMNS: '60' }).width, 132);
    assert.equal(terminalOf({}, streams(false).streams, { COLUMNS: '60' }).width, 60);
    assert.equal(terminalOf({}, streams(false).streams, { COLUMNS: 'wide' }).width, 80);
    assert.equal(terminalOf({}, streams(true).streams, {}).width, 80);
  });

  it('draws bars only where they move: a terminal, no CI, not quiet', () => {
    const moving = (isTTY: boolean, env: NodeJS.ProcessEnv, quiet = false) =>
      terminalOf({ quiet }, streams(isTTY).streams, env).moving;
    assert.equal(moving(true, {}), true);
    assert.equal(moving(false, {}), false);
    assert.equal(moving(true, { CI: 'true' }), false);
    assert.equal(moving(true, {}, true), false);
  });

  it('removes a bar before a remark, which would stand behind it', () => {
    const { streams: pair, err } = streams(true);
    terminalOf({}, pair, {}).note('remark');
    assert.equal(err(), `${ERASED_LINE}remark\n`);
  });

  it('waits for a reader that is slower than the lines', async () => {
    const stdout = Object.assign(new PassThrough({ highWaterMark: 8 }), { isTTY: false });
    const terminal = terminalOf({}, { stdout, stderr: new PassThrough() }, {});
    let done = false;
    const writing = terminal.line('a line of more than eight bytes').then(() => (done = true));
    await new Promise(setImmediate);
    assert.equal(done, false);
    stdout.resume();
    await writing;
  });

  it('waits no longer for it when it is interrupted', async () => {
    const stdout = Object.assign(new PassThrough({ highWaterMark: 8 }), { isTTY: false });
    const stop = new AbortController();
    const terminal = terminalOf({}, { stdout, stderr: new PassThrough() }, {}, stop.signal);
    const writing = terminal.line('a line of more than eight bytes');
    stop.abort();
    await assert.rejects(writing, { name: 'AbortError' });
  });
});

describe('a table', () => {
  const columns = [{ title: 'KEY' }, { title: 'METADATA', fills: 'cut' as const }];

  it('is no wider than the terminal: the column that fills is cut with an ellipsis', () => {
    const table = tableOf(PLAIN, columns, [['doc-1', 'x'.repeat(100)]]);
    const [head, line] = table.split('\n');
    assert.equal(head, 'KEY    METADATA');
    assert.equal(line, `doc-1  ${'x'.repeat(32)}…`);
    assert.equal(line.length, 40);
  });

  it('counts the columns of characters, of which some have two', () => {
    const lines = tableOf(PLAIN, columns, [
      ['漢字', '字'.repeat(50)],
      ['ab', 'c'],
    ]).split('\n');
    assert.ok(stringWidth(lines[1] ?? '') <= 40);
    assert.ok(lines[1]?.startsWith('漢字  字'));
    assert.equal(lines[2], 'ab    c');
  });

  it('shows keys whole even where they leave little room', () => {
    const key = 'k'.repeat(60);
    assert.ok(tableOf(PLAIN, columns, [[key, 'value']]).includes(key));
  });

  it('wraps a column that asks for it, words that are too long within', () => {
    const arn = `arn:aws:s3vectors:us-east-1:123456789012:${'b'.repeat(40)}`;
    const table = tableOf(
      PLAIN,
      [{ title: 'CHECK' }, { title: 'FINDING', fills: 'wrapped' }],
      [['name', `It is ${arn}\nFix: deploy.`]],
    );
    const lines = table.split('\n');
    assert.ok(
      lines.every((line) => line.length <= 40),
      table,
    );
    assert.equal(
      lines
        .slice(1)
        .map((line) => line.slice(7))
        .join('')
        .replace('It is', ''),
      `${arn}Fix: deploy.`,
    );
  });

  it('lets no text act on the terminal: controls, breaks and bidirectional marks are shown as escapes', () => {
    assert.equal(printable('a\u001b[31mb\n\u009bc\u202ed'), 'a\\u001b[31mb\\u000a\\u009bc\\u202ed');
    const table = tableOf(PLAIN, columns, [['a\nb', '\u001b]0;title\u0007']]);
    assert.equal(table.split('\n').length, 2);
    assert.ok(!table.includes('\u001b'));
  });
});

describe('wrapped text', () => {
  it('breaks between words and keeps the breaks that are there', () => {
    assert.equal(wrappedText('one two three\nfour', 8), 'one two\nthree\nfour');
  });
});
