// Moves embeddings into an index of S3 Vectors: from a bucket of the older layout, a folder of its files, or JSONL.
// Resumable after a kill at any moment; every item ends in the index or in the file of failures.
import { refuse } from '../../contract/invalid-input';
import { sameFileProblems } from '../records/distinct-files';
import type { NamedFile } from '../records/distinct-files';
import { expectSame, readCheckpoint } from './checkpoint';
import type { CheckpointStore } from './checkpoint';
import { FailureFile } from './failure-file';
import type { MigrationReport } from './migration-report';
import { identityOf, rulesOf } from './migration-options';
import type { MigrationPlan } from './migration-options';
import { MigrationRun } from './migration-run';
import type { RunOptions } from './migration-run';

export interface MigrateOptions extends MigrationPlan, RunOptions {
  /** Saved after every acknowledged batch; where it is there, the run goes on after it. One process at a time. */
  readonly checkpoint?: CheckpointStore | undefined;
  /** Path of the file of failures, JSONL; begun anew unless a checkpoint goes on. */
  readonly failures?: string | undefined;
}

/**
 * @throws InvalidInputError for options that do not fit, and for a checkpoint of another migration; nothing is written then
 * @throws VectorStoreError when the index cannot be described
 * @throws MigrationError when it has to end early: the report says how far it came
 */
export async function migrate(options: MigrateOptions): Promise<MigrationReport> {
  const { store, checkpoint, only, limit, signal } = options;
  const description = await store.describe({ signal });
  const rules = rulesOf(options, description.shape);
  refuse('migration', [
    ...sameFileProblems(filesOf(options)),
    ...(only !== undefined && checkpoint !== undefined
      ? ['items are named one by one, which needs no checkpoint: trying them again is safe.']
      : []),
    ...(limit !== undefined && !(Number.isInteger(limit) && limit >= 1)
      ? [`limit is ${limit}; it must be a whole number of at least 1.`]
      : []),
  ]);
  const identity = await identityOf(options, rules, description);
  const saved = await checkpoint?.load(signal);
  const resumed = saved === undefined ? undefined : readCheckpoint(saved, checkpoint?.name ?? '');
  if (resumed !== undefined) {
    expectSame(resumed.identity, identity, checkpoint?.name ?? '');
    if (resumed.finished) {
      const { counts } = resumed;
      return {
        ...counts,
        finished: true,
        finishedBefore: true,
        resumedAfter: counts.taken,
        firstFailures: [],
        others: 0,
        seconds: 0,
      };
    }
    refuse('migration', [
      ...(resumed.failureBytes > 0 && options.failures === undefined
        ? [
            `checkpoint ${checkpoint?.name ?? ''} goes with a file of failures of ${resumed.failureBytes} bytes: name that file, so that they stay together.`,
          ]
        : []),
    ]);
  }
  const failures =
    options.failures === undefined
      ? undefined
      : await FailureFile.open(options.failures, resumed?.failureBytes ?? 0, identity['source']);
  try {
    return await new MigrationRun(
      { plan: options, rules, identity, resumed, checkpoint, failures },
      options,
    ).run();
  } finally {
    await failures?.close();
  }
}

function filesOf({ source, checkpoint, failures }: MigrateOptions): NamedFile[] {
  return [
    ...(source.path === undefined ? [] : [{ as: 'the source', path: source.path }]),
    ...(checkpoint?.path === undefined
      ? []
      : [{ as: `checkpoint ${checkpoint.name}`, path: checkpoint.path }]),
    ...(failures === undefined ? [] : [{ as: `file of failures ${failures}`, path: failures }]),
  ];
}
