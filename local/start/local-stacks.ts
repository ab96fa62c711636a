// The three stacks in the order in which they need each other, on the local backend.
import path from 'node:path';
import type { StackOptions } from '../engine/stack';

export const LOCAL_STACK = 'local';

export interface LocalStack {
  readonly name: 'bootstrap' | 'storage' | 'service';
  /** Directory of the Pulumi project, relative to the package. */
  readonly project: string;
}

export const LOCAL_STACKS: readonly LocalStack[] = [
  { name: 'bootstrap', project: 'stacks/bootstrap' },
  { name: 'storage', project: '.' },
  { name: 'service', project: 'stacks/service' },
];

/** Options for the engine: this package's project, the local stack, the local environment. */
export function stackOptions(
  root: string,
  stack: LocalStack,
  engine: Pick<StackOptions, 'pulumi' | 'environment' | 'signal'>,
): StackOptions {
  return { ...engine, directory: path.join(root, stack.project), stack: LOCAL_STACK };
}
