// `s3-vectors list`: what an index holds, as it comes: a line a vector, JSONL for programs.
import type { Command } from 'commander';
import { MAX_LIST_VECTORS_RESULTS as MAX_PAGE } from '../../../contract/limits';
import type { QueryFilter } from '../../vector-store/query-filter';
import type { ListedVector, VectorStore } from '../../vector-store/vector-store';
import { writeRecordLine } from '../../records/record-line';
import { shortened } from '../../vector-store/float32-decimal';
import { objectOption } from '../json-option';
import { wholeNumber } from '../numbers';
import { targetIn, withStore } from '../session';
import type { Session } from '../session';
import { withTargetOptions } from '../target';
import type { TargetOptions } from '../target';
import { printable } from '../terminal';

interface ListCommandOptions extends TargetOptions {
  readonly where?: string;
  readonly nonFilterable?: boolean;
  readonly metadata?: boolean;
  readonly data?: boolean;
  readonly limit?: number;
  readonly segments: number;
  readonly count?: boolean;
}

export function declareList(program: Command, session: (command: Command) => Session): void {
  withTargetOptions(program.command('list'))
    .description('list the keys of an index, in no order; one a line, or JSONL with --json')
    .option('--where <json>', 'only those whose metadata match this filter, or @file; reads the whole index')
    .option('--non-filterable', "allow the index's non-filterable keys in --where")
    .option('--metadata', 'with metadata')
    .option('--data', 'with the numbers; implies --json')
    .option('-n, --limit <count>', 'stop after so many', wholeNumber(1))
    .option('--segments <count>', 'parallel segments, 1 to 16', wholeNumber(1, 16), 4)
    .option('--count', 'only how many they are')
    .addHelpText(
      'after',
      `
Examples:
  s3-vectors list --count
  s3-vectors list --where '{"genre":"drama"}' --metadata --json > drama.jsonl
  s3-vectors list --data --metadata --json > all.jsonl    what put reads again
`,
    )
    .action(async (options: ListCommandOptions, command: Command) => {
      const here = session(command);
      const { terminal, signal } = here;
      const where = options.where === undefined ? undefined : objectOption('--where', options.where);
      const lineOf = lineFor(terminal.json || options.data === true, options.metadata === true);
      let listed = 0;
      await withStore(await targetIn(here, options), async (store) => {
        for await (const vector of vectorsOf(store, where, options, signal)) {
          listed += 1;
          if (options.count !== true) await terminal.line(lineOf(vector));
          if (listed === options.limit) break;
        }
      });
      if (options.count !== true) return;
      if (terminal.json) terminal.document({ count: listed });
      else terminal.out(String(listed));
    });
}

function vectorsOf(
  store: VectorStore,
  where: QueryFilter | undefined,
  { segments, limit, count, nonFilterable, ...options }: ListCommandOptions,
  signal: AbortSignal,
): AsyncIterable<ListedVector> {
  const wanted = {
    segments,
    signal,
    // Neither is paid for where only the number is wanted.
    metadata: options.metadata === true && count !== true,
    data: options.data === true && count !== true,
  };
  if (where !== undefined) return store.findWhere(where, { ...wanted, nonFilterable });
  return store.list({ ...wanted, pageSize: Math.min(limit ?? MAX_PAGE, MAX_PAGE) });
}

/** How a vector is written: as a line of JSONL, which `put` reads again, or for people. */
function lineFor(jsonl: boolean, withMetadata: boolean): (vector: ListedVector) => string {
  if (jsonl) {
    return ({ key, data, metadata }) =>
      writeRecordLine({ key, vector: data === undefined ? undefined : shortened(data), metadata });
  }
  return ({ key, metadata }) => printable(withMetadata ? `${key}  ${JSON.stringify(metadata ?? {})}` : key);
}
