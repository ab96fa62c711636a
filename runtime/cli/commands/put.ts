// `s3-vectors put`: records of a JSONL file into an index. The file is checked from end to end before anything is sent.
import type { Command } from 'commander';
import type { VectorStore } from '../../vector-store/vector-store';
import type { PutReport } from '../../vector-store/put-report';
import { textKeyOf } from '../../embedding-service/document';
import type { BadLine } from '../../records/checked-records';
import { JsonlFileError } from '../../records/jsonl-file';
import { messageOf } from '../../runtime-error';
import { CommandFailure, EXIT } from '../exit-codes';
import type { ExitCode } from '../exit-codes';
import { expectOther, Failures } from '../failure-file';
import type { Failure } from '../failure-file';
import { inputFile, readableFile } from '../input-file';
import type { InputFile } from '../input-file';
import { durationText, grouped, progressLine } from '../progress-line';
import { checkInput, PutSource } from '../put-source';
import type { CheckedInput } from '../put-source';
import { openEmbedder, targetIn, withStore } from '../session';
import type { Session } from '../session';
import { withTargetOptions } from '../target';
import type { Target, TargetOptions } from '../target';
import { printable } from '../terminal';
import type { Terminal } from '../terminal';

interface PutCommandOptions extends TargetOptions {
  readonly model?: string;
  readonly text: boolean;
  readonly textKey?: string;
  readonly lastWins?: boolean;
  readonly skipBad?: boolean;
  readonly failed?: string;
}

/** Bad lines and failures that are shown; all of them are counted, and written to --failed. */
const SHOWN = 20;

export function declarePut(program: Command, session: (command: Command) => Session): void {
  withTargetOptions(program.command('put'))
    .description('store records of a JSONL file; what exists under the same key is replaced')
    .argument('<file>', 'JSONL, compressed (.gz) or not, or - for standard input')
    .option('--model <id>', 'embedding model for lines that have a "text" and no "vector"')
    .option('--no-text', 'leave texts behind')
    .option('--text-key <key>', "metadata key of the texts; default as the library's EmbeddingService")
    .option('--last-wins', 'a key may come again; the last record counts')
    .option('--skip-bad', 'store the good records although others are bad')
    .option('--failed <file>', 'write what was not stored, with its reason, as JSONL')
    .addHelpText(
      'after',
      `
A line is one JSON object:
  {"key": "doc-1", "vector": [0.1, 0.2, …], "metadata": {"genre": "drama"}}
"id" is read as key, "embedding" and "data.float32" as vector.

Without --skip-bad nothing is stored unless all of the file can be.
Exit codes: 0 all stored, 2 nothing stored, 3 some stored.

Examples:
  s3-vectors put records.jsonl
  s3-vectors put records.jsonl.gz --skip-bad --failed bad.jsonl
  s3-vectors put texts.jsonl --model amazon.titan-embed-text-v2:0
`,
    )
    .action(async (file: string, options: PutCommandOptions, command: Command) => {
      const { stdin, signal, ...rest } = session(command);
      if (file === '-' && options.outputs === '-') {
        throw new CommandFailure('Records and --outputs cannot both come from standard input.', EXIT.usage);
      }
      // At once, and not after the Pulumi CLI was asked.
      if (file !== '-') await readableFile(file);
      expectOther(options.failed, file);
      const target = await targetIn({ stdin, signal, ...rest }, options);
      const input = await inputFile(file, stdin, signal);
      try {
        await withStore(target, (store) => put(store, target, input, options, rest.terminal, signal));
      } finally {
        await input.close();
      }
    });
}

async function put(
  store: VectorStore,
  target: Target,
  input: InputFile,
  options: PutCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const shape = await store.shape({ signal });
  const { model, text, textKey, lastWins = false } = options;
  if (!text && textKey !== undefined) {
    throw new CommandFailure('--text-key is given with --no-text: leave one of them out.', EXIT.usage);
  }
  const rules = {
    shape,
    texts: model !== undefined,
    model,
    textKey: text ? (textKey ?? textKeyOf(shape)) : undefined,
    lastWins,
  };
  // Before the file is read: an unknown model would be told only after minutes.
  const embedder =
    options.model === undefined ? undefined : await openEmbedder(options.model, shape.dimension, target);
  // Begun anew only now: it may hold what the last put did not store.
  const failures = new Failures(options.failed, input.path);
  const bad = told(failures, terminal);
  const checked = await checkInput(input, rules, signal, ({ line, key, problems }: BadLine) => {
    bad.fail({ source: input.name, line, key, reason: problems.join(' ') });
  }).catch((error: unknown) => {
    // Nothing was sent yet.
    throw error instanceof JsonlFileError ? new CommandFailure(error.message, EXIT.usage) : error;
  });
  bad.end();
  if (checked.bad > 0) {
    if (options.skipBad !== true) {
      const all = checked.bad + checked.good;
      throw new CommandFailure(
        `${grouped(checked.bad)} of ${grouped(all)} lines ${checked.bad === 1 ? 'is' : 'are'} bad. Nothing was stored; --skip-bad stores the others.`,
        EXIT.usage,
      );
    }
  }
  const refused = told(failures, terminal);
  const source = new PutSource(input, rules, checked, embedder, signal, refused.fail);
  const progress = progressLine(terminal, 'vectors');
  let broken: { readonly thrown: unknown } | undefined;
  let report: PutReport;
  try {
    report = await store.put(source.records(), {
      signal,
      duplicates: rules.lastWins ? 'lastWins' : 'report',
      onProgress: ({ written, seconds }) => {
        const failed = failures.count - checked.bad;
        progress.show({
          done: written,
          total: checked.good,
          seconds,
          notes: failed === 0 ? [] : [`failed ${grouped(failed)}`],
        });
      },
      onFailure: ({ key, position, reason }) => {
        refused.fail({ source: input.name, line: source.lines[position] ?? 0, key, reason });
      },
    });
  } catch (thrown) {
    const { PutError } = await import('../../vector-store/put-error.js');
    if (!(thrown instanceof PutError)) throw thrown;
    broken = { thrown };
    report = thrown.report;
  } finally {
    progress.end();
  }
  refused.end();
  // Before the report: its reader may have gone.
  if (broken !== undefined || failures.count > 0) process.exitCode = exitCodeOf(report);
  tell(terminal, target, report, checked, failures);
  if (broken !== undefined) throw new CommandFailure(messageOf(broken.thrown), exitCodeOf(report));
}

function exitCodeOf({ written }: PutReport): ExitCode {
  return written === 0 ? EXIT.failure : EXIT.incomplete;
}

function tell(
  terminal: Terminal,
  target: Target,
  { written, batches, retries, throttled, bytes, seconds }: PutReport,
  checked: CheckedInput,
  failures: Failures,
): void {
  const notStored = checked.good + checked.bad - written;
  if (terminal.json) {
    terminal.document({
      written,
      notStored,
      failures: failures.first,
      batches,
      retries,
      throttled,
      bytes,
      seconds,
    });
    return;
  }
  terminal.note(
    [
      `${grouped(written)} stored in ${target.indexName} in ${durationText(seconds)}`,
      ...(throttled === 0 ? [] : [`throttled ${grouped(throttled)} times`]),
      ...(notStored === 0 ? [] : [`${grouped(notStored)} not stored`]),
    ].join('; ') + '.',
  );
}

/** Shows the first failures, and in the end how many more there were. */
function told(
  failures: Failures,
  terminal: Terminal,
): { readonly fail: (failure: Failure) => void; end(): void } {
  let count = 0;
  return {
    fail(failure) {
      failures.add(failure);
      count += 1;
      if (count > SHOWN) return;
      terminal.note(printable(`${failure.source}:${failure.line}: ${failure.reason}`));
    },
    end() {
      if (count > SHOWN) terminal.note(`… and ${grouped(count - SHOWN)} more; --failed <file> gets all.`);
    },
  };
}
