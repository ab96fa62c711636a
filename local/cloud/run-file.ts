// What the supervisor has to remember between commands: ports (stacks' tools and people remember them too), process
// groups, and whether stacks must be refreshed. Who really runs is asked of the process table, not of this file.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { LocalPaths } from '../paths';
import { localPaths } from '../paths';
import { CloudError } from './types';

const serviceRecord = z.object({
  /** Set while it runs, and after a crash until it is started again or brought down. */
  group: z.number().int().positive().optional(),
  /** Kept when it is stopped, so that it comes up where it was. */
  port: z.number().int().min(1).max(65535),
});

const runState = z.object({
  version: z.literal(1),
  accountId: z.string().regex(/^\d{12}$/),
  region: z.string().min(1),
  services: z.object({ ministack: serviceRecord.optional(), s3vectors: serviceRecord.optional() }),
  refreshNeeded: z.boolean(),
});

export type RunState = z.infer<typeof runState>;

export function runFile(paths: LocalPaths): string {
  return path.join(paths.run, 'cloud.json');
}

/**
 * Undefined when nothing was ever started here.
 * @throws CloudError naming the file when it cannot be read or does not hold what it should
 */
export async function readRunState(paths: LocalPaths): Promise<RunState | undefined> {
  const file = runFile(paths);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(file, error instanceof Error ? error.message : String(error));
  }
  const result = runState.safeParse(value);
  if (!result.success) {
    throw unreadable(
      file,
      result.error.issues.map(({ path: key, message }) => `${key.join('.')}: ${message}`).join('; '),
    );
  }
  return result.data;
}

export async function writeRunState(paths: LocalPaths, state: RunState): Promise<void> {
  await mkdir(paths.run, { recursive: true });
  const file = runFile(paths);
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(temporary, file);
}

/** To be called after a refreshing deploy has put the stacks right that a crash left behind. */
export async function stacksRefreshed(paths: LocalPaths = localPaths()): Promise<void> {
  const state = await readRunState(paths);
  if (state?.refreshNeeded === true) await writeRunState(paths, { ...state, refreshNeeded: false });
}

function unreadable(file: string, reason: string): CloudError {
  return new CloudError(
    `The run file ${file} cannot be used (${reason}). Delete it: ports are chosen anew, data stays.`,
  );
}
