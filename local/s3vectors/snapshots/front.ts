// POST /_local/snapshot: copies what is stored into a new directory while the service goes on.
import path from 'node:path';
import { z } from 'zod';
import type { Answer, Front } from '../http/exchange';
import { localAnswer, localFailure, readLocalBody } from '../http/local-answer';
import { createSnapshot, SnapshotError } from '../storage/snapshot';
import type { Storage } from '../storage/storage';

export const SNAPSHOT_PATH = '/_local/snapshot';
// Absolute, as nobody knows from which directory the service was started.
const order = z.strictObject({ directory: z.string().refine((directory) => path.isAbsolute(directory)) });

export function snapshotFront(storage: Storage): Front {
  return {
    nameOf: ({ method, path: asked }) =>
      method === 'POST' && asked === SNAPSHOT_PATH ? 'snapshot' : undefined,
    answer: ({ body }) => answer(storage, body),
    tooLarge: (limit) => localFailure(413, `the body has more than ${limit} bytes`),
  };
}

async function answer(storage: Storage, body: Buffer): Promise<Answer> {
  const wanted = readLocalBody(body, order);
  if (wanted === undefined)
    return localFailure(400, 'give {"directory": "<absolute path of a new directory>"}');
  try {
    return localAnswer(await createSnapshot(storage, wanted.directory));
  } catch (error) {
    if (error instanceof SnapshotError) return localFailure(409, error.message);
    // No room, no permission: what the system says names the path and nothing else.
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== undefined) return localFailure(507, message);
    throw error;
  }
}
