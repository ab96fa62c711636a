// One stack on the local backend: made when missing, brought up with the policy pack, read, taken down.
import { isRunning } from '../process-liveness';
import { EngineError } from './engine-error';
import {
  describeChanges,
  lockedByProcess,
  resourceChanges,
  resourceLine,
  saysNoSuchStack,
  saysUnreadableState,
} from './printed';
import type { ResourceChanges } from './printed';
import type { PulumiCommandOptions, PulumiCommandResult } from './pulumi-command';
import { pulumiCommand } from './pulumi-command';

export interface StackOptions extends Omit<PulumiCommandOptions, 'onLine'> {
  /** A configuration file in place of the project's own `Pulumi.<stack>.yaml`. */
  readonly configFile?: string;
  /** The stack's name, `local` for all that `npm start` deploys. */
  readonly stack: string;
}

export interface UpOptions {
  /** Directories of policy packs; every one is enforced. */
  readonly policyPacks: readonly string[];
  /** Compares the state with what is really there first. */
  readonly refresh?: boolean;
  readonly onProgress?: (text: string) => void;
}

/**
 * Brings a stack up, after a preview in which the policy packs judge every resource before the first is touched.
 * @throws EngineError with all that the CLI printed, when preview, policies or the update fail
 */
export async function up(stack: StackOptions, options: UpOptions): Promise<ResourceChanges> {
  const packs = options.policyPacks.flatMap((pack) => ['--policy-pack', pack]);
  const refresh = options.refresh === true ? ['--refresh'] : [];
  const run = await onStack(stack, ['up', '--yes', ...refresh, ...packs], options.onProgress);
  const changes = resourceChanges(run.printed);
  options.onProgress?.(describeChanges(changes));
  return changes;
}

/**
 * Previews a stack and fails when anything would change: the proof that what is deployed is what is written.
 * @throws EngineError with all that the CLI printed, when there is a change or the preview fails
 */
export async function expectNoChanges(
  stack: StackOptions,
  options: Omit<UpOptions, 'refresh'>,
): Promise<void> {
  const packs = options.policyPacks.flatMap((pack) => ['--policy-pack', pack]);
  await onStack(stack, ['preview', '--expect-no-changes', ...packs], options.onProgress, false);
}

/**
 * The outputs of a stack, secrets in plain text, for code that reads them with the parsers of contract/outputs.
 * @throws EngineError when the stack is missing or the CLI fails
 */
export async function stackOutputs(stack: StackOptions): Promise<unknown> {
  const run = await onStack(stack, ['stack', 'output', '--json', '--show-secrets'], undefined, false);
  return JSON.parse(run.stdout) as unknown;
}

/**
 * Deletes everything in a stack; the stack itself stays.
 * @throws EngineError when a resource is protected or cannot be deleted
 */
export async function destroy(
  stack: StackOptions,
  onProgress?: (text: string) => void,
): Promise<ResourceChanges> {
  const run = await onStack(stack, ['destroy', '--yes', '--skip-preview'], onProgress, false);
  return resourceChanges(run.printed);
}

/** Runs a command on the stack; makes the stack first where it may, and takes a lock over whose owner is dead. */
async function onStack(
  stack: StackOptions,
  args: readonly string[],
  onProgress?: (text: string) => void,
  make = true,
): Promise<PulumiCommandResult> {
  const run = (command: readonly string[]) =>
    pulumiCommand([...command, '--stack', stack.stack, ...configFile(stack, command)], {
      ...stack,
      onLine: (line) => {
        const text = resourceLine(line);
        if (text !== undefined) onProgress?.(text);
      },
    });
  let result = await run(args);
  if (result.code !== 0 && make && saysNoSuchStack(result.printed)) {
    const made = await pulumiCommand(['stack', 'init', stack.stack], stack);
    if (made.code !== 0) throw new EngineError(`The stack "${stack.stack}" could not be made.`, made.printed);
    result = await run(args);
  }
  const owner = result.code === 0 ? undefined : lockedByProcess(result.printed);
  if (owner !== undefined && !isRunning(owner)) {
    onProgress?.(`unlocking the stack: process ${owner}, which locked it, is dead`);
    await run(['cancel', '--yes']);
    result = await run(args);
  }
  if (result.code !== 0) {
    const failed = `\`pulumi ${args[0] ?? ''}\` failed on stack "${stack.stack}" of ${stack.directory}:`;
    throw new EngineError(
      saysUnreadableState(result.printed) ? `${failed}\n${unreadableState(stack)}` : failed,
      result.printed,
    );
  }
  return result;
}

function unreadableState({ environment, stack }: StackOptions): string {
  return (
    `The stack's state below ${environment['PULUMI_BACKEND_URL'] ?? 'the backend'}/.pulumi/stacks is damaged. Put the copy ` +
    `${stack}.json.bak in the place of ${stack}.json, or delete all local stacks with \`npm run local -- reset\`.`
  );
}

function configFile(stack: StackOptions, [command]: readonly string[]): string[] {
  const takesOne = command === 'up' || command === 'preview' || command === 'destroy';
  return stack.configFile !== undefined && takesOne ? ['--config-file', stack.configFile] : [];
}
