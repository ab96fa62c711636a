// Answers of the routes below /_local/, which are ours and not the service's: JSON, and an error in words.
import type { ZodType } from 'zod';
import type { Answer } from './exchange';

export function localAnswer(value: object): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

export function localFailure(status: number, message: string): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message }),
    error: 'refused',
    detail: message,
  };
}

/** A body as its schema reads it; undefined for one that is something else. */
export function readLocalBody<T>(body: Buffer, schema: ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
