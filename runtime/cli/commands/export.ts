// `s3-vectors export`: an index into a JSONL or Parquet file, which appears when it is whole.
import type { Command } from 'commander';
import { CommandFailure, EXIT } from '../exit-codes';
import { wholeNumber } from '../numbers';
import { durationText, grouped, progressLine } from '../progress-line';
import { targetIn, withStore } from '../session';
import type { Session } from '../session';
import { withTargetOptions } from '../target';
import type { TargetOptions } from '../target';

interface ExportCommandOptions extends TargetOptions {
  readonly format?: string;
  readonly force?: boolean;
  readonly prefix?: string;
  readonly limit?: number;
  readonly segments: number;
}

export function declareExport(program: Command, session: (command: Command) => Session): void {
  withTargetOptions(program.command('export'))
    .description('write an index into a file: JSONL, JSONL.gz or Parquet')
    .argument('<file>', 'its name says the format: .jsonl, .jsonl.gz or .parquet')
    .option('--format <format>', 'jsonl or parquet, whatever the name says')
    .option('--force', 'replace a file that exists')
    .option('--prefix <prefix>', 'only keys that begin so; the whole index is listed all the same')
    .option('-n, --limit <count>', 'stop after so many', wholeNumber(1))
    .option('--segments <count>', 'parallel segments, 1 to 16', wholeNumber(1, 16), 4)
    .addHelpText(
      'after',
      `
JSONL holds the lines that "put" and "migrate" read. Parquet has the columns key
(string), vector (list of float32) and metadata (JSON text).
The file appears when it is whole: an export that ends early leaves none.

Examples:
  s3-vectors export episodes.jsonl.gz
  s3-vectors export episodes.parquet --prefix 2026/
`,
    )
    .action(async (file: string, options: ExportCommandOptions, command: Command) => {
      const here = session(command);
      const { terminal, signal } = here;
      const { format, force, prefix, limit, segments } = options;
      if (format !== undefined && format !== 'jsonl' && format !== 'parquet') {
        throw new CommandFailure(`--format ${format} must be jsonl or parquet.`, EXIT.usage);
      }
      expectFormat(file, format);
      const target = await targetIn(here, options);
      await withStore(target, async (store) => {
        const { exportIndex } = await import('../../export/export-index.js');
        const { ExportFileError } = await import('../../export/unfinished-file.js');
        const progress = progressLine(terminal, 'vectors');
        try {
          const report = await exportIndex({
            store,
            file,
            format,
            prefix,
            limit,
            segments,
            signal,
            replace: force,
            onProgress: ({ exported, seconds }) => progress.show({ done: exported, total: limit, seconds }),
          });
          progress.end();
          if (terminal.json) terminal.document(report);
          else {
            terminal.note(
              `${grouped(report.exported)} vectors of ${target.indexName} in ${file} (${grouped(report.bytes)} bytes) in ${durationText(report.seconds)}.`,
            );
          }
        } catch (error) {
          if (!(error instanceof ExportFileError) || error.code === 'FILE_FAILED') throw error;
          if (error.code === 'NOT_A_FILE') throw new CommandFailure(error.message, EXIT.usage);
          throw new CommandFailure(`${file} exists already; name another file, or add --force.`, EXIT.usage);
        } finally {
          progress.end();
        }
      });
    });
}

/** @throws CommandFailure for a name that promises what an export does not write */
function expectFormat(file: string, format: string | undefined): void {
  const problem =
    file === '-'
      ? 'an export is a file, which appears when it is whole; `s3-vectors list --data --metadata --json` writes the same lines to standard output.'
      : format === undefined && !/\.(jsonl|jsonl\.gz|parquet)$/i.test(file)
        ? `${file} does not say its format: end it in .jsonl, .jsonl.gz or .parquet, or give --format jsonl or parquet.`
        : format === 'parquet' && /\.gz$/i.test(file)
          ? `${file} would be no gzip: Parquet is written as it is; leave .gz out.`
          : undefined;
  if (problem !== undefined) throw new CommandFailure(problem, EXIT.usage);
}
