// Whether an index can be used as it is meant to be: there, of the right shape, readable, searchable and, where the
// caller asks for the probe, writable.
import { randomUUID } from 'node:crypto';
import { shapeDifferences } from '../../contract/index-shape';
import type { IndexShape } from '../../contract/index-shape';
import { RuntimeError } from '../runtime-error';
import { PutError } from '../vector-store/put-error';
import type { IndexDescription } from '../vector-store/index-description';
import type { CallOptions, VectorStore } from '../vector-store/vector-store';
import { causeOf, Findings } from './health-report';
import type { Finding } from './health-report';

/** What begins the keys that a probe writes, so that nobody takes one for data. */
export const PROBE_PREFIX = 'health-check/';

/** How something must be encrypted: with this KMS key, or without one. */
export type ExpectedEncryption = { readonly kmsKeyArn: string } | 'AES256';

export interface VectorStoreExpectations {
  readonly shape?: Partial<IndexShape> | undefined;
  readonly encryption?: ExpectedEncryption | undefined;
  readonly indexArn?: string | undefined;
  /** Writes one record of a reserved key, reads it and deletes it. Default false: nothing is written. */
  readonly probeWrites?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Enough to get over a hiccup, and told within seconds. */
const RETRY = { maxAttempts: 2, deadlineMs: 10_000 };

export async function checkVectorStore(
  store: VectorStore,
  expected: VectorStoreExpectations = {},
): Promise<readonly Finding[]> {
  const { vectorBucketName, indexName } = store.address;
  const findings = new Findings(`index "${indexName}" of vector bucket "${vectorBucketName}"`);
  const options: CallOptions = { retry: RETRY, signal: expected.signal };
  let description: IndexDescription | undefined;
  try {
    description = await store.describe(options);
    findings.ok('reachable', `It answers: ${shown(description.shape)}.`);
  } catch (thrown) {
    expected.signal?.throwIfAborted();
    const cause = causeOf(thrown);
    if (cause === 'misfit') findings.failed('shape', thrown);
    else findings.failed('reachable', thrown);
    // Reading may be allowed where describing is not; everything else would only fail again.
    if (cause !== 'not-allowed') return findings.list;
  }
  if (description !== undefined) checkDescription(findings, description, expected);
  // A store that was given its shape knows it without asking.
  const shape = description?.shape ?? (await store.shape(options).catch(() => undefined));
  await checkGet(findings, store, options);
  if (shape === undefined) {
    findings.add(
      'query',
      'info',
      'Not tried: the dimension of the index is unknown, because it may not be described.',
    );
    return findings.list;
  }
  await checkQuery(findings, store, direction(shape.dimension), options);
  if (expected.probeWrites === true) await probeWrites(findings, store, direction(shape.dimension), options);
  return findings.list;
}

function checkDescription(
  findings: Findings,
  { shape, encryption, kmsKeyArn, indexArn }: IndexDescription,
  expected: VectorStoreExpectations,
): void {
  if (expected.shape !== undefined) {
    const differences = shapeDifferences(shape, { ...shape, ...expected.shape });
    if (differences.length === 0)
      findings.ok('shape', 'Dimension, metric and non-filterable keys are as expected.');
    else {
      findings.add('shape', 'error', `The index does not fit: ${differences.join('; ')}.`, {
        cause: 'misfit',
        fix: 'The shape of an index never changes: use an index that fits, make a new one and migrate, or change the expectation (VECTOR_DIMENSION, the stack’s configuration).',
      });
    }
  }
  if (expected.indexArn !== undefined && expected.indexArn !== indexArn) {
    findings.add('name', 'error', `The index is ${indexArn}, not ${expected.indexArn}.`, {
      cause: 'misfit',
      fix: 'Credentials or Region belong to another account or Region than the stack; use those of the stack’s.',
    });
  }
  checkEncryption(findings, expected.encryption, encryption ?? 'AES256', kmsKeyArn);
}

/** Compares encryption; both kinds of store name it alike. */
export function checkEncryption(
  findings: Findings,
  expected: ExpectedEncryption | undefined,
  algorithm: string,
  kmsKeyArn: string | undefined,
): void {
  const actual = kmsKeyArn === undefined ? algorithm : `${algorithm} with ${kmsKeyArn}`;
  if (expected === undefined) {
    findings.ok('encryption', `It is encrypted: ${actual}.`);
    return;
  }
  const fits =
    expected === 'AES256'
      ? algorithm === 'AES256'
      : algorithm !== 'AES256' && kmsKeyArn === expected.kmsKeyArn;
  if (fits) findings.ok('encryption', `It is encrypted as expected: ${actual}.`);
  else {
    findings.add(
      'encryption',
      expected === 'AES256' ? 'warning' : 'error',
      `Encryption is ${actual}, not ${expected === 'AES256' ? 'AES256' : `aws:kms with ${expected.kmsKeyArn}`}.`,
      {
        cause: 'misfit',
        fix: 'Encryption of an index never changes: deploy a new one with the right key and migrate. That of an S3 bucket does: `pulumi up` of the storage stack sets it.',
      },
    );
  }
}

async function checkGet(findings: Findings, store: VectorStore, options: CallOptions): Promise<void> {
  try {
    await store.get([`${PROBE_PREFIX}${randomUUID()}`], options);
    findings.ok('get', 'Vectors can be fetched (s3vectors:GetVectors).');
  } catch (thrown) {
    options.signal?.throwIfAborted();
    findings.failed('get', thrown);
  }
}

async function checkQuery(
  findings: Findings,
  store: VectorStore,
  vector: readonly number[],
  options: CallOptions,
): Promise<void> {
  const query = async (returnMetadata: boolean) =>
    store.query(vector, { ...options, topK: 1, returnMetadata });
  try {
    const matches = await query(true);
    findings.ok(
      'query',
      matches.length === 0
        ? 'It can be searched, and is empty.'
        : 'It can be searched, with filters and metadata (s3vectors:QueryVectors, s3vectors:GetVectors).',
    );
  } catch (thrown) {
    options.signal?.throwIfAborted();
    const plain = causeOf(thrown) === 'not-allowed' && (await query(false).catch(() => undefined));
    if (plain === false || plain === undefined) {
      findings.failed('query', thrown);
      return;
    }
    findings.add(
      'query',
      'error',
      'It can be searched, but neither with a filter nor with metadata returned.',
      {
        cause: 'not-allowed',
        fix: 'Allow s3vectors:GetVectors too: the read and access policies of the storage stack grant both.',
      },
    );
  }
}

async function probeWrites(
  findings: Findings,
  store: VectorStore,
  data: readonly number[],
  options: CallOptions,
): Promise<void> {
  const key = `${PROBE_PREFIX}${randomUUID()}`;
  let written = false;
  try {
    const report = await store.put([{ key, data }], options);
    const [failure] = report.failed;
    // Where no answer came the record may be there.
    written = failure === undefined || failure.uncertain === true;
    if (failure === undefined) {
      const { missing } = await store.get([key], options);
      if (missing.length === 0) findings.ok('write', 'Vectors can be written and are there at once.');
      else
        findings.add('write', 'error', 'A vector that was written could not be read back.', {
          cause: 'other',
        });
    } else {
      findings.add('write', 'error', failure.reason, { cause: 'other', fix: keyPolicyFix(failure.reason) });
    }
  } catch (thrown) {
    written ||=
      thrown instanceof PutError && thrown.report.failed.some(({ uncertain }) => uncertain === true);
    findings.failed('write', thrown, keyPolicyFix(thrown instanceof RuntimeError ? thrown.message : ''));
  }
  if (!written) return;
  try {
    // Whatever the caller's signal says by now: nothing of the probe may stay.
    await store.delete([key], { retry: RETRY });
    findings.ok('delete', 'Vectors can be deleted; the probe left nothing behind.');
  } catch (thrown) {
    findings.failed('delete', thrown, `Delete the vector "${key}", which the probe has left behind.`);
  }
}

/** The service's words for a key policy that does not let it index. */
function keyPolicyFix(message: string): string | undefined {
  return /asynchronous indexing/i.test(message)
    ? 'The KMS key’s policy must let indexing.s3vectors.amazonaws.com decrypt; the EncryptionKey component grants it.'
    : undefined;
}

/** A vector that every metric takes. */
function direction(dimension: number): number[] {
  const vector = Array<number>(dimension).fill(0);
  vector[0] = 1;
  return vector;
}

function shown({ dimension, distanceMetric, nonFilterableMetadataKeys }: IndexShape): string {
  const keys = nonFilterableMetadataKeys.length === 0 ? 'none' : nonFilterableMetadataKeys.join(', ');
  return `${dimension} dimensions, ${distanceMetric}, non-filterable keys: ${keys}`;
}
