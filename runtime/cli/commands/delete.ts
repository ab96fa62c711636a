// `s3-vectors delete`: by key, or by a filter. By a filter nothing is deleted until it is said twice.
import type { Command } from 'commander';
import type { DeleteReport } from '../../vector-store/delete-error';
import type { DeleteWhereReport } from '../../vector-store/delete-where';
import { CommandFailure, EXIT } from '../exit-codes';
import { grouped } from '../progress-line';
import { objectOption } from '../json-option';
import { targetIn, withStore } from '../session';
import type { Session } from '../session';
import { withTargetOptions } from '../target';
import type { Target, TargetOptions } from '../target';
import { printable } from '../terminal';
import type { Terminal } from '../terminal';

/** Of keys, or of a filter. */
type Report = DeleteReport & Partial<DeleteWhereReport>;

/** Keys that were not deleted which are shown. */
const SHOWN = 20;

interface DeleteCommandOptions extends TargetOptions {
  readonly where?: string;
  readonly nonFilterable?: boolean;
  readonly yes?: boolean;
}

export function declareDelete(program: Command, session: (command: Command) => Session): void {
  withTargetOptions(program.command('delete'))
    .description('delete vectors by key, or by a filter')
    .argument('[key...]', 'keys')
    .option('--where <json>', 'delete what this filter matches, or @file; says only how many without --yes')
    .option('--non-filterable', "allow the index's non-filterable keys in --where")
    .option('--yes', 'really delete what --where matches')
    .addHelpText(
      'after',
      `
Examples:
  s3-vectors delete doc-1 doc-2
  s3-vectors delete --where '{"tenant":"acme"}'          how many, and which
  s3-vectors delete --where '{"tenant":"acme"}' --yes    delete them
`,
    )
    .action(async (keys: string[], options: DeleteCommandOptions, command: Command) => {
      const here = session(command);
      const { terminal, signal } = here;
      if (keys.length > 0 === (options.where !== undefined)) {
        throw new CommandFailure(
          keys.length > 0 ? 'Give keys or --where, not both.' : 'Give keys, or --where with a filter.',
          EXIT.usage,
        );
      }
      const where = options.where === undefined ? undefined : objectOption('--where', options.where);
      const target = await targetIn(here, options);
      await withStore(target, async (store) => {
        const deletion =
          where === undefined
            ? store.delete(keys, { signal })
            : store.deleteWhere(where, {
                dryRun: options.yes !== true,
                nonFilterable: options.nonFilterable,
                signal,
              });
        const { report, broken } = await outcomeOf(deletion);
        if (terminal.json) terminal.document(report);
        else tell(terminal, target, report);
        if (broken !== undefined) {
          throw new CommandFailure(broken.message, report.deleted === 0 ? EXIT.failure : EXIT.incomplete);
        }
      });
    });
}

/** The report of a deletion, also of one that did not come to its end. */
async function outcomeOf(
  deletion: Promise<Report>,
): Promise<{ readonly report: Report; readonly broken?: Error }> {
  try {
    return { report: await deletion };
  } catch (thrown) {
    const { DeleteError } = await import('../../vector-store/delete-error.js');
    if (!(thrown instanceof DeleteError)) throw thrown;
    return { report: thrown.report, broken: thrown };
  }
}

function tell(terminal: Terminal, { indexName }: Target, report: Report): void {
  const { matched, sample = [], failed } = report;
  for (const key of sample) terminal.out(printable(key));
  if (matched !== undefined && matched > sample.length) {
    terminal.note(`… ${grouped(matched - sample.length)} more`);
  }
  for (const { key } of failed.slice(0, SHOWN)) terminal.note(printable(`Not deleted: ${key}`));
  if (failed.length > SHOWN) terminal.note(`… and ${grouped(failed.length - SHOWN)} more; --json names all.`);
  terminal.note(
    report.dryRun === true
      ? `${grouped(matched ?? 0)} would be deleted from ${indexName}. Nothing was: repeat with --yes.`
      : `${grouped(report.deleted)} deleted from ${indexName}.`,
  );
}
