// `s3-vectors get`: vectors by key.
import type { Command } from 'commander';
import { shortened } from '../../vector-store/float32-decimal';
import { EXIT } from '../exit-codes';
import { targetIn, withStore } from '../session';
import type { Session } from '../session';
import { withTargetOptions } from '../target';
import type { TargetOptions } from '../target';
import { printable, tableOf } from '../terminal';

export function declareGet(program: Command, session: (command: Command) => Session): void {
  withTargetOptions(program.command('get'))
    .description('show vectors by key; exit code 4 when one of them is not there')
    .argument('<key...>', 'keys')
    .option('--no-data', 'without the numbers')
    .addHelpText(
      'after',
      `
Examples:
  s3-vectors get doc-1 doc-2
  s3-vectors get doc-1 --json | jq '.vectors[].metadata'
`,
    )
    .action(async (keys: string[], options: TargetOptions & { readonly data: boolean }, command: Command) => {
      const here = session(command);
      const { terminal, signal } = here;
      const { vectors, missing } = await withStore(await targetIn(here, options), (store) =>
        store.get(keys, { returnData: options.data, signal }),
      );
      if (terminal.json) {
        terminal.document({
          vectors: vectors.map(({ key, data, metadata }) => ({
            key,
            vector: data === undefined ? undefined : shortened(data),
            metadata,
          })),
          missing,
        });
      } else if (vectors.length > 0) {
        terminal.out(
          tableOf(
            terminal,
            [
              { title: 'KEY' },
              ...(options.data ? [{ title: 'VECTOR' }] : []),
              { title: 'METADATA', fills: 'cut' },
            ],
            vectors.map(({ key, data, metadata }) => [
              key,
              ...(options.data ? [beginningOf(data ?? [])] : []),
              JSON.stringify(metadata ?? {}),
            ]),
          ),
        );
      }
      if (missing.length === 0) return;
      terminal.note(`Not there: ${missing.map(printable).join(', ')}`);
      process.exitCode = EXIT.notFound;
    });
}

function beginningOf(data: readonly number[]): string {
  const first = data.slice(0, 3).map((component) => component.toPrecision(4));
  return `[${first.join(', ')}${data.length > 3 ? ', …' : ''}] ${data.length}`;
}
