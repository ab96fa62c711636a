// Operations that write, read and list vectors.
import { DEFAULT_LIST_VECTORS_RESULTS, LIST_VECTORS_PAGE_BYTES } from '../../../contract/limits';
import { keyProblems } from '../../../contract/vectors/key';
import type { Metadata } from '../../../contract/vectors/metadata';
import { validateRecord } from '../../../contract/vectors/record';
import type { Input } from '../model/inputs';
import { invalidField, ServiceError, type FieldProblem } from '../service-error';
import { IndexGone, type StoredVector, type VectorIndex, type Wanted } from '../storage/vector-index';
import type { Index } from '../storage/catalog';
import { recordKey } from '../storage/record-key';
import { invalidToken } from './pages';
import { findIndex, indexNotFound } from './references';
import type { Service } from './service';

export async function putVectors(service: Service, input: Input<'PutVectors'>): Promise<object> {
  const index = findIndex(service, input);
  checkRecords(input.vectors, index);
  await withVectors(service, index, (vectors) =>
    vectors.put(
      input.vectors.map(({ key, data, metadata }) => ({
        key,
        data: data.float32,
        metadata: isEmpty(metadata) ? undefined : (metadata as Metadata),
      })),
    ),
  );
  return {};
}

export async function getVectors(service: Service, input: Input<'GetVectors'>): Promise<object> {
  const index = findIndex(service, input);
  checkKeys(input.keys);
  const wanted = wantedOf(input);
  return withVectors(service, index, (vectors) => ({
    vectors: inStoredOrder(index.id, new Set(input.keys)).flatMap((key) => {
      const vector = vectors.get(key, wanted);
      return vector === undefined ? [] : [answerOf(vector)];
    }),
  }));
}

/**
 * Keys in the order of lists. The service does not keep the order of the request (measured:
 * docs/evidence/get-vectors-absent-keys.md of FarukAda/aws-langchain-s3-vector-ts); who relies on it is to notice here.
 */
function inStoredOrder(indexId: number, keys: Iterable<string>): string[] {
  return Array.from(keys, (key) => ({ key, place: recordKey(indexId, key) }))
    .sort((a, b) => Buffer.compare(a.place, b.place))
    .map(({ key }) => key);
}

export async function deleteVectors(service: Service, input: Input<'DeleteVectors'>): Promise<object> {
  const index = findIndex(service, input);
  checkKeys(input.keys);
  await withVectors(service, index, (vectors) => vectors.delete(input.keys));
  return {};
}

export async function listVectors(service: Service, input: Input<'ListVectors'>): Promise<object> {
  const index = findIndex(service, input);
  const { segmentCount, segmentIndex, maxResults = DEFAULT_LIST_VECTORS_RESULTS, nextToken } = input;
  if ((segmentCount === undefined) !== (segmentIndex === undefined)) {
    throw invalidField('segmentIndex', 'Must specify both segmentCount and segmentIndex, or neither');
  }
  const segment = { at: segmentIndex ?? 0, count: segmentCount ?? 1 };
  if (segment.at >= segment.count) {
    throw invalidField('segmentIndex', 'segmentIndex must be less than segmentCount');
  }
  const request = ['ListVectors', index.id, segment.at, segment.count];
  const after = nextToken === undefined ? undefined : service.pageTokens.read(request, nextToken);
  if (nextToken !== undefined && after === undefined) throw invalidToken();
  return withVectors(service, index, (vectors) => {
    const page = vectors.list(segment, after, maxResults, LIST_VECTORS_PAGE_BYTES, wantedOf(input));
    const last = page.vectors.at(-1);
    return {
      vectors: page.vectors.map(answerOf),
      nextToken: page.more && last !== undefined ? service.pageTokens.write(request, last.key) : undefined,
    };
  });
}

/** Runs something on the vectors of an index; an index that is deleted meanwhile counts as not found. */
export async function withVectors<T>(
  service: Service,
  index: Index,
  action: (vectors: VectorIndex) => T | Promise<T>,
): Promise<T> {
  const { storage } = service;
  try {
    return await storage.use(index, (vectors) => {
      // The catalogue may have changed while the vectors were read into memory.
      if (storage.catalog.index(index.bucketName, index.name)?.id !== index.id) throw indexNotFound();
      return action(vectors);
    });
  } catch (error) {
    throw error instanceof IndexGone ? indexNotFound() : error;
  }
}

/** Refuses the whole request when anything is wrong with any record, as the service does. */
function checkRecords(vectors: Input<'PutVectors'>['vectors'], index: Index): void {
  const fieldList: FieldProblem[] = [];
  let message: string | undefined;
  const details: string[] = [];
  vectors.forEach(({ key, data, metadata }, at) => {
    const problems = validateRecord({ key, data: data.float32, metadata }, index.shape);
    for (const problem of problems) {
      const words = problem.serviceMessage ?? problem.message;
      const field = problem.path.startsWith('metadata') ? `vectors[${at}].metadata` : `vectors[${at}]`;
      fieldList.push({ path: field, message: words });
      message ??= problem.path === 'key' ? words : `Invalid record for key '${key}': ${words}`;
      if (details.length < 5) details.push(`vectors[${at}] ${problem.path} ${problem.message}`);
    }
  });
  if (message !== undefined) {
    throw new ServiceError('ValidationException', message, fieldList, details.join('; '));
  }
  checkDistinct(vectors.map(({ key }) => key));
}

/**
 * Refuses a key that occurs twice in one request. Sources disagree: spiceai/spiceai#7031 and supabase/storage saw this
 * refusal, FarukAda/aws-langchain-s3-vector-ts saw the later vector win. The refusal loses nothing.
 */
function checkDistinct(keys: readonly string[]): void {
  const seen = new Map<string, number>();
  keys.forEach((key, at) => {
    const first = seen.get(key);
    if (first !== undefined) {
      throw invalidField(
        `vectors[${at}]`,
        'Request must not contain duplicate keys',
        `vectors[${first}] and vectors[${at}] have the same key`,
      );
    }
    seen.set(key, at);
  });
}

function checkKeys(keys: readonly string[]): void {
  const fieldList = keys.flatMap((key, at) =>
    keyProblems(key).map(({ serviceMessage, message }) => ({
      path: `keys[${at}]`,
      message: serviceMessage ?? message,
    })),
  );
  const [first] = fieldList;
  if (first !== undefined) throw new ServiceError('ValidationException', first.message, fieldList);
}

function wantedOf(input: { readonly returnData?: boolean; readonly returnMetadata?: boolean }): Wanted {
  return { data: input.returnData ?? false, metadata: input.returnMetadata ?? false };
}

/** A vector as an answer holds it. Metadata that were asked for are there even when empty (moto, aws_verified). */
function answerOf({ key, data, metadata }: StoredVector): object {
  return {
    key,
    ...(data === undefined ? {} : { data: { float32: Array.from(data) } }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function isEmpty(metadata: unknown): boolean {
  return metadata === undefined || Object.keys(metadata as object).length === 0;
}
