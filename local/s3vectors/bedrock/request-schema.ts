// The JSON schemas of the models' request bodies, checked with zod, and the problems in Bedrock's wording.
import type { ZodType } from 'zod';
import { malformed } from './model-error';

/** @throws ModelError naming every problem of the body */
export function readRequest<T>(schema: ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw malformed(
    result.error.issues.map((issue) => {
      const path = issue.path.map((part) => `/${String(part)}`).join('');
      return `${path}: ${issue.message}`;
    }),
  );
}
