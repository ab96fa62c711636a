import assert from 'node:assert/strict';
import { CommanderError } from 'commander';
import { InvalidInputError } from '../../../../contract/invalid-input';
import { CommandFailure, EXIT } from '../../../../runtime/cli/exit-codes';
import { exitCodeOf, messageFor } from '../../../../runtime/cli/outcome';
import { VectorStoreError } from '../../../../runtime/vector-store/vector-store-error';

const CALM = new AbortController().signal;
const INTERRUPTED = AbortSignal.abort(new CommandFailure('Interrupted.', EXIT.interrupted));

describe('the exit code of an error', () => {
  it('is its own, 2 for bad input, 4 for what is not there, else 1', () => {
    const codes = [
      new CommandFailure('x', EXIT.incomplete),
      new InvalidInputError('filter', ['it is empty.']),
      new CommanderError(1, 'commander.unknownOption', 'x'),
      new CommanderError(0, 'commander.helpDisplayed', 'x'),
      new VectorStoreError('INDEX_NOT_FOUND', 'x'),
      new VectorStoreError('ACCESS_DENIED', 'x'),
      new TypeError('x'),
    ].map((error) => exitCodeOf(error, CALM));
    assert.deepEqual(codes, [3, 2, 2, 0, 4, 1, 1]);
  });

  it('is 130 after Ctrl-C, whatever that led to', () => {
    assert.equal(exitCodeOf(new VectorStoreError('ABORTED', 'x'), INTERRUPTED), 130);
    assert.equal(exitCodeOf(new CommandFailure('x', EXIT.incomplete), INTERRUPTED), 130);
  });
});

describe('the message of an error', () => {
  it('is its own words where it is ours, and nothing where it was printed already', () => {
    assert.equal(messageFor(new VectorStoreError('ABORTED', 'said'), CALM), 'said');
    assert.equal(messageFor(new CommanderError(1, 'commander.x', 'printed'), CALM), undefined);
  });

  it('has the stack of what should not come, and none of what the system says', () => {
    assert.match(messageFor(new TypeError('bug'), CALM) ?? '', /bug\n\s+at /);
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' });
    assert.equal(messageFor(full, CALM), 'ENOSPC: no space left on device, write');
    assert.equal(messageFor(new DOMException('aborted', 'AbortError'), INTERRUPTED), 'Interrupted.');
  });
});
