// `s3-vectors outputs`: what a stack tells a service, for people, for programs, or as environment variables.
import type { Command } from 'commander';
import { ENVIRONMENT_VARIABLES } from '../../../contract/environment-variables';
import type { StorageOutputs } from '../../../contract/outputs/storage';
import { CommandFailure, EXIT } from '../exit-codes';
import type { Session } from '../session';
import { storageOutputsOf, withStackOptions } from '../target';
import type { StackOptions } from '../target';
import { tableOf } from '../terminal';

export function declareOutputs(program: Command, session: (command: Command) => Session): void {
  withStackOptions(program.command('outputs'))
    .description('show the outputs of the storage stack, checked')
    .option('--env', 'as environment variables that the runtime reads, for eval in a shell')
    .addHelpText(
      'after',
      `
Examples:
  s3-vectors outputs                      of the stack selected here
  s3-vectors outputs --stack dev --json
  eval "$(s3-vectors outputs --env)"      what a service would be told
`,
    )
    .action(async (options: StackOptions & { readonly env?: boolean }, command: Command) => {
      const { terminal, signal, stdin } = session(command);
      if (options.env === true && terminal.json) {
        throw new CommandFailure('Give --env or --json, not both.', EXIT.usage);
      }
      const outputs = await storageOutputsOf(options, { signal, stdin });
      if (options.env === true) terminal.out(environmentText(outputs));
      else if (terminal.json) terminal.document(outputs);
      else terminal.out(tableOf(terminal, [{ title: 'OUTPUT' }, { title: 'VALUE' }], rowsOf(outputs)));
    });
}

function rowsOf(outputs: StorageOutputs): string[][] {
  return Object.entries(outputs).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([inner, part]: [string, unknown]) => [`${name}.${inner}`, textOf(part)])
      : [[name, textOf(value)]],
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function environmentText(outputs: StorageOutputs): string {
  const [embeddings] = Object.values(outputs.embeddingBuckets);
  const variables: Readonly<Record<string, string | undefined>> = {
    [ENVIRONMENT_VARIABLES.vectorBucketName]: outputs.vectorBucketName,
    [ENVIRONMENT_VARIABLES.vectorIndexName]: outputs.episodeIndexName,
    [ENVIRONMENT_VARIABLES.vectorDimension]: String(outputs.episodeIndex.dimension),
    [ENVIRONMENT_VARIABLES.embeddingBucketName]: embeddings?.name,
    [ENVIRONMENT_VARIABLES.region]: outputs.region,
  };
  return Object.entries(variables)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`export ${name}='${value.replaceAll("'", `'\\''`)}'`],
    )
    .join('\n');
}
