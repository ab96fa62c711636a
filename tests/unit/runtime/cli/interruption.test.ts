import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { interruptionOf } from '../../../../runtime/cli/interruption';

function processWith(stdout = new PassThrough(), exitCode?: number) {
  const exits: number[] = [];
  return Object.assign(new EventEmitter(), {
    stdout,
    stderr: new PassThrough(),
    exit: (code: number) => void exits.push(code),
    exitCode,
    exits,
  });
}

describe('an interruption', () => {
  it('asks the command to end, and ends the process when it is said twice, by whatever signal', () => {
    const process = processWith();
    const { signal } = interruptionOf(process, 60_000);
    process.emit('SIGINT');
    assert.equal((signal.reason as Error).message, 'Interrupted.');
    assert.deepEqual(process.exits, []);
    process.emit('SIGTERM');
    assert.deepEqual(process.exits, [130]);
  });

  it('ends what still hangs after the grace', async () => {
    const process = processWith();
    interruptionOf(process, 10);
    await sleep(30);
    assert.deepEqual(process.exits, []);
    process.emit('SIGTERM');
    await sleep(30);
    assert.deepEqual(process.exits, [130]);
    assert.match(String(process.stderr.read()), /did not end in time/);
  });

  it('lets the output be read before the process ends, though not for ever', async () => {
    const stuck = new PassThrough({ highWaterMark: 1 });
    stuck.write('more than that');
    stuck.write('and more');
    const process = processWith(stuck, 130);
    const interruption = interruptionOf(process, 60_000);
    await interruption.end();
    assert.deepEqual(process.exits, [], 'nobody has interrupted it');
    process.emit('SIGINT');
    await interruption.end();
    assert.deepEqual(process.exits, [130]);
  });

  it('is left to another process where one is waited for', () => {
    const process = processWith();
    const { signal, handOver } = interruptionOf(process);
    handOver();
    process.emit('SIGINT');
    process.emit('SIGINT');
    assert.deepEqual([signal.aborted, process.exits], [false, []]);
  });
});
