// Which index a command works on. In this order: what the command line names; the outputs of a stack that it names, or
// a file of them; the environment of a service; the outputs of the stack that is selected in the current directory.
import type { Command } from 'commander';
import { ENVIRONMENT_VARIABLES } from '../../contract/environment-variables';
import { InvalidInputError } from '../../contract/invalid-input';
import type { IndexShape } from '../../contract/index-shape';
import { parseStorageOutputs } from '../../contract/outputs/storage';
import type { StorageOutputs } from '../../contract/outputs/storage';
import { untilAborted } from '../concurrency/until-aborted';
import { outputsFromFile, outputsFromPipe } from '../stack-outputs/outputs-file';
import { outputsOfStack } from '../stack-outputs/outputs-of-stack';
import { CommandFailure, EXIT } from './exit-codes';
import { httpUrl, regionName } from './place-options';
import { packagesLast } from './pulumi-path';

/** Options that lead to the outputs of a storage stack. */
export interface StackOptions {
  readonly stack?: string;
  readonly cwd?: string;
  readonly outputs?: string;
}

export interface TargetOptions extends StackOptions {
  readonly bucket?: string;
  readonly index?: string;
  readonly region?: string;
  readonly endpoint?: string;
}

export interface Target {
  readonly vectorBucketName: string;
  readonly indexName: string;
  readonly region?: string;
  readonly endpoint?: string;
  /** Where stack outputs tell it. */
  readonly shape?: IndexShape;
  /** The outputs that named it, where it is the index of a stack. */
  readonly outputs?: StorageOutputs;
  /** Where the names were found, for messages. */
  readonly from: string;
}

/** What a look-up may need of its process. */
export interface LookUp {
  readonly signal?: AbortSignal | undefined;
  /** Read for `--outputs -`; default standard input. */
  readonly stdin?: AsyncIterable<Buffer | string> | undefined;
  /** That of the Pulumi CLI; default the process's. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** Adds the options that lead to an index. */
export function withTargetOptions(command: Command): Command {
  return withPlaceOptions(withBucketOption(command).option('--index <name>', 'index in the vector bucket'));
}

/** As `withTargetOptions`, for a command that works on several indexes of a bucket. */
export function withTargetsOptions(command: Command): Command {
  return withPlaceOptions(
    withBucketOption(command).option(
      '--index <name>',
      'index in the vector bucket; again for several, as if they were one',
      (name: string, others: readonly string[] | undefined): readonly string[] | undefined => [
        ...(others ?? []),
        name,
      ],
    ),
  );
}

function withBucketOption(command: Command): Command {
  return withStackOptions(command).option(
    '--bucket <name>',
    'vector bucket; with --index nothing else is looked up',
  );
}

/** Adds the options that lead to the outputs of a storage stack. */
export function withStackOptions(command: Command): Command {
  return command
    .option(
      '-s, --stack <name>',
      'storage stack whose outputs name bucket and index; default the selected one',
    )
    .option('-C, --cwd <directory>', 'directory of the Pulumi project; default the current one')
    .option('--outputs <file>', 'file of `pulumi stack output --json`, or - for standard input');
}

function withPlaceOptions(command: Command): Command {
  return command
    .option('--region <region>', 'AWS Region; default that of the stack, or AWS_REGION', regionName)
    .option('--endpoint <url>', 'S3 Vectors endpoint; default AWS, or AWS_ENDPOINT_URL', httpUrl);
}

/**
 * @throws InvalidInputError for outputs that cannot be used
 * @throws CommandFailure for names that do not fit together
 */
export async function targetOf(
  options: TargetOptions,
  env: NodeJS.ProcessEnv = process.env,
  lookUp: LookUp = {},
): Promise<Target> {
  const { bucket, index, region, endpoint } = options;
  const place = {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const named = stackOptionsGiven(options);
  if (bucket !== undefined && named.length > 0) {
    throw new CommandFailure(
      `--bucket names the vector bucket, and so does the stack of ${named.join(' and ')}: leave one of them out.`,
      EXIT.usage,
    );
  }
  if (bucket !== undefined && index !== undefined) {
    return { vectorBucketName: bucket, indexName: index, ...place, from: 'the command line' };
  }
  if (named.length === 0) {
    const { vectorBucketName, vectorIndexName } = ENVIRONMENT_VARIABLES;
    const bucketName = bucket ?? set(env[vectorBucketName]);
    const indexName = index ?? set(env[vectorIndexName]);
    if (bucketName !== undefined && indexName !== undefined) {
      const from = [
        ...(bucket === undefined ? [vectorBucketName] : ['--bucket']),
        ...(index === undefined ? [vectorIndexName] : ['--index']),
      ];
      return { vectorBucketName: bucketName, indexName, ...place, from: from.join(' and ') };
    }
    if (bucket !== undefined) {
      throw new CommandFailure(
        `--bucket is given without --index, and ${vectorIndexName} is not set: name the index too.`,
        EXIT.usage,
      );
    }
  }
  const outputs = await (named.length > 0 ? storageOutputsOf(options, lookUp) : selectedOutputs(lookUp));
  const ofStack = index === undefined || index === outputs.episodeIndexName;
  return {
    vectorBucketName: outputs.vectorBucketName,
    indexName: index ?? outputs.episodeIndexName,
    region: outputs.region,
    ...place,
    ...(ofStack ? { shape: outputs.episodeIndex, outputs } : {}),
    from: options.outputs ?? `stack ${options.stack ?? `${outputs.project} ${outputs.environment}`}`,
  };
}

/** Those of the stack that is selected here; where there is none, the other ways are told too. */
async function selectedOutputs(lookUp: LookUp): Promise<StorageOutputs> {
  try {
    return await storageOutputsOf({}, lookUp);
  } catch (thrown) {
    if (!(thrown instanceof InvalidInputError)) throw thrown;
    const { vectorBucketName, vectorIndexName } = ENVIRONMENT_VARIABLES;
    throw new InvalidInputError(thrown.subject, [
      ...thrown.problems,
      `Neither --bucket and --index nor ${vectorBucketName} and ${vectorIndexName} name an index, so the selected stack was asked.`,
    ]);
  }
}

/** @throws InvalidInputError naming what is missing or malformed, or why the Pulumi CLI did not answer */
export async function storageOutputsOf(
  options: StackOptions,
  { signal, stdin = process.stdin, env = process.env }: LookUp = {},
): Promise<StorageOutputs> {
  const { stack, cwd: directory, outputs } = options;
  if (outputs === undefined) {
    return outputsOfStack(parseStorageOutputs, {
      stack,
      directory,
      signal,
      env: { ...env, PATH: packagesLast(env['PATH'] ?? '') },
    });
  }
  const others = stackOptionsGiven({ stack, cwd: directory });
  if (others.length > 0) {
    throw new CommandFailure(
      `--outputs has the outputs, and ${others.join(' and ')} would ask Pulumi for them: leave one of them out.`,
      EXIT.usage,
    );
  }
  return outputs === '-'
    ? outputsFromPipe(parseStorageOutputs, untilAborted(stdin, signal))
    : outputsFromFile(outputs, parseStorageOutputs);
}

/** The options among these that name a stack, as they are written. */
function stackOptionsGiven({ stack, cwd, outputs }: StackOptions): string[] {
  return [
    ...(stack === undefined ? [] : ['--stack']),
    ...(cwd === undefined ? [] : ['--cwd']),
    ...(outputs === undefined ? [] : ['--outputs']),
  ];
}

function set(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === '' ? undefined : text;
}
