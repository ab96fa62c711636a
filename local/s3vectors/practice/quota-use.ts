// What each operation uses of the quotas. An index is named by its names or its ARN; both count as the same one.
import type { OperationName } from '../model/inputs';
import type { Use } from './quotas';

interface Naming {
  readonly vectorBucketName?: unknown;
  readonly indexName?: unknown;
  readonly indexArn?: unknown;
}

/** The operations on vectors; all others touch the account's quota only. */
const VECTOR_OPERATIONS: Partial<Record<OperationName, (input: object) => Use>> = {
  PutVectors: (input) => ({ ...written(input), vectors: lengthOf((input as { vectors?: unknown }).vectors) }),
  DeleteVectors: (input) => ({ ...written(input), vectors: lengthOf((input as { keys?: unknown }).keys) }),
  GetVectors: read,
  ListVectors: read,
  QueryVectors: read,
};

/** @param input of the operation, as its shape has read it */
export function useOf(operation: OperationName, input: unknown): Use {
  return VECTOR_OPERATIONS[operation]?.(input as object) ?? { kind: 'other', vectors: 0 };
}

function read(input: object): Use {
  return { index: indexOf(input), kind: 'read', vectors: 0 };
}

function written(input: object): Omit<Use, 'vectors'> {
  return { index: indexOf(input), kind: 'write' };
}

function indexOf({ vectorBucketName, indexName, indexArn }: Naming): string {
  const inArn = typeof indexArn === 'string' ? /:bucket\/([^/]+)\/index\/([^/]+)$/.exec(indexArn) : null;
  return inArn === null ? `${String(vectorBucketName)}/${String(indexName)}` : `${inArn[1]}/${inArn[2]}`;
}

/** PutVectors may be read into something that is no array: whatever holds the vectors has a length. */
function lengthOf(list: unknown): number {
  return (list as { readonly length?: number } | undefined)?.length ?? 0;
}
