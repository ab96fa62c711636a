import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { durationText, progressLine, progressText } from '../../../../runtime/cli/progress-line';

describe('the text of progress', () => {
  it('tells share, count, rate, time left and further counts', () => {
    const state = { done: 4_200, total: 10_000, seconds: 2, notes: ['failed 1'] };
    assert.equal(
      progressText(state, 'vectors', true),
      '████████░░░░░░░░░░░░  42 %  4,200 of 10,000 vectors  2,100/s  3 s left  failed 1',
    );
    assert.equal(
      progressText(state, 'vectors', false),
      '42 %  4,200 of 10,000 vectors  2,100/s  3 s left  failed 1',
    );
  });

  it('leaves out what nobody knows', () => {
    assert.equal(progressText({ done: 5, seconds: 0 }, 'keys', true), '5 keys  0/s');
    assert.equal(progressText({ done: 0, total: 10, seconds: 0 }, 'keys', false), '0 %  0 of 10 keys  0/s');
  });

  it('never tells more than all of it', () => {
    assert.match(progressText({ done: 12, total: 10, seconds: 1 }, 'keys', false), /^100 % .* 0 s left$/);
  });

  it('says durations as people do', () => {
    assert.deepEqual([0.2, 59, 185, 7_440].map(durationText), ['1 s', '59 s', '3 min 5 s', '2 h 4 min']);
  });
});

describe('the line of progress', () => {
  const unwanted = (text: string): void => {
    throw new Error(`no remark was wanted: ${text}`);
  };

  it('draws over itself on a terminal, ten times a second at most, and goes without a trace', () => {
    const stream = new PassThrough();
    let clock = 0;
    const line = progressLine({ moving: true, width: 30, note: unwanted }, 'keys', stream, () => clock);
    line.show({ done: 1, total: 4, seconds: 1 });
    clock = 99;
    line.show({ done: 2, total: 4, seconds: 1 });
    clock = 100;
    line.show({ done: 3, total: 4, seconds: 1 });
    line.end();
    line.end();
    const drawn = String(stream.read()).split('\r\u001B[K').slice(1);
    assert.deepEqual(
      drawn.map((text) => /\d+ %/.exec(text)?.[0]),
      ['25 %', '75 %', undefined],
    );
    assert.ok(drawn.every((text) => text.length < 30));
  });

  it('is a remark every ten seconds in a log', () => {
    const notes: string[] = [];
    let clock = 0;
    const terminal = { moving: false, width: 80, note: (text: string) => void notes.push(text) };
    const line = progressLine(terminal, 'keys', new PassThrough(), () => clock);
    for (clock = 0; clock <= 21_000; clock += 1_000) line.show({ done: clock, seconds: clock / 1_000 });
    line.end();
    assert.equal(notes.length, 2);
  });
});
