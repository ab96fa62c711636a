// One look at everything that a service depends on. Nothing is written unless the caller asks for the probe, and a
// check that fails never keeps the others from being made.
import type { IndexShape } from '../../contract/index-shape';
import type { StorageOutputs } from '../../contract/outputs/storage';
import type { Embedder } from '../embedders/embedder';
import { EmbeddingArchive } from '../embedding-archive/embedding-archive';
import type { S3Options } from '../embedding-archive/archive-objects';
import { VectorStore } from '../vector-store/vector-store';
import type { VectorStoreOptions } from '../vector-store/vector-store';
import { checkArchive } from './check-archive';
import { checkClock } from './check-clock';
import { checkEmbedder } from './check-embedder';
import { checkEnvironment } from './check-environment';
import { checkVectorStore } from './check-vector-store';
import type { ExpectedEncryption } from './check-vector-store';
import { healthReport } from './health-report';
import type { Finding, HealthReport } from './health-report';

export interface HealthOptions {
  /** Checks what the storage stack made: its index and embedding buckets, against shape, encryption, ARN and Region. */
  readonly outputs?: StorageOutputs | undefined;
  /** How to reach what `outputs` names; default as the SDK finds it, in the stack's Region. */
  readonly connection?:
    | (Pick<VectorStoreOptions, 'credentials'> & {
        readonly vectorsEndpoint?: string | undefined;
        readonly s3Endpoint?: string | undefined;
      })
    | undefined;
  readonly store?: VectorStore | undefined;
  readonly archive?: EmbeddingArchive | undefined;
  readonly embedder?: Embedder | undefined;
  /** What `store`'s index must be like. */
  readonly expected?: Partial<IndexShape> | undefined;
  readonly encryption?: ExpectedEncryption | undefined;
  /** Environment variables to compare with `outputs`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Writes, reads and deletes one record of a reserved key in every store. Default false. */
  readonly probeWrites?: boolean | undefined;
  /** Whether to embed one word with `embedder`, which costs a token. Default true. */
  readonly invokeModel?: boolean | undefined;
  /** Address whose clock to compare with; default the S3 Vectors endpoint in use. `false`: not compared. */
  readonly clockUrl?: string | false | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @throws only the signal's reason; whatever else goes wrong is a finding
 */
export async function checkHealth(options: HealthOptions): Promise<HealthReport> {
  const checkedAt = new Date();
  const began = performance.now();
  const { outputs, connection = {}, embedder, env, probeWrites, signal } = options;
  const findings: Finding[] = [];
  if (outputs !== undefined && env !== undefined) findings.push(...checkEnvironment(env, outputs));

  const url = clockUrl(options);
  if (url !== undefined) findings.push(...(await checkClock(url, { signal })));

  if (options.store !== undefined) {
    const { expected: shape, encryption } = options;
    findings.push(...(await checkVectorStore(options.store, { shape, encryption, probeWrites, signal })));
  }
  if (options.archive !== undefined) {
    findings.push(
      ...(await checkArchive(options.archive, {
        dimension: options.expected?.dimension ?? embedder?.dimension,
        encryption: options.encryption,
        probeWrites,
        signal,
      })),
    );
  }
  if (outputs !== undefined) {
    findings.push(...(await checkOutputs(outputs, connection, { probeWrites, signal })));
  }
  if (embedder !== undefined) {
    const dimension =
      outputs?.episodeIndex.dimension ??
      options.expected?.dimension ??
      (await dimensionOf(options.store, signal));
    findings.push(...(await checkEmbedder(embedder, { dimension, invoke: options.invokeModel, signal })));
  }
  return healthReport(findings, checkedAt, (performance.now() - began) / 1000);
}

async function checkOutputs(
  outputs: StorageOutputs,
  connection: NonNullable<HealthOptions['connection']>,
  { probeWrites, signal }: Pick<HealthOptions, 'probeWrites' | 'signal'>,
): Promise<Finding[]> {
  const { region, encryptionKeyArn } = outputs;
  const { credentials, vectorsEndpoint, s3Endpoint } = connection;
  const findings: Finding[] = [];
  const encryption = encryptionKeyArn === undefined ? 'AES256' : { kmsKeyArn: encryptionKeyArn };
  const store = new VectorStore({
    vectorBucketName: outputs.vectorBucketName,
    indexName: outputs.episodeIndexName,
    region,
    ...(vectorsEndpoint === undefined ? {} : { endpoint: vectorsEndpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  try {
    findings.push(
      ...(await checkVectorStore(store, {
        shape: outputs.episodeIndex,
        indexArn: outputs.episodeIndexArn,
        encryption,
        probeWrites,
        signal,
      })),
    );
  } finally {
    store.close();
  }
  for (const { name } of Object.values(outputs.embeddingBuckets)) {
    const s3: S3Options = {
      region,
      endpoint: s3Endpoint,
      ...(credentials === undefined ? {} : { credentials }),
    };
    const archive = new EmbeddingArchive({ bucketName: name, ...s3 });
    try {
      findings.push(...(await checkArchive(archive, { encryption, region, probeWrites, signal })));
    } finally {
      await archive.close();
    }
  }
  return findings;
}

/** Undefined where the index could not be described, which is a finding already. */
async function dimensionOf(
  store: VectorStore | undefined,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  try {
    return (await store?.shape({ retry: { maxAttempts: 1 }, signal }))?.dimension;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

function clockUrl({
  clockUrl: given,
  connection,
  outputs,
  env = process.env,
}: HealthOptions): string | undefined {
  if (given === false) return undefined;
  const set = (variable: string) => {
    const value = env[variable]?.trim();
    return value === '' ? undefined : value;
  };
  const region = outputs?.region ?? set('AWS_REGION');
  return (
    given ??
    connection?.vectorsEndpoint ??
    set('AWS_ENDPOINT_URL_S3VECTORS') ??
    set('AWS_ENDPOINT_URL') ??
    (region === undefined ? undefined : `https://s3vectors.${region}.api.aws/`)
  );
}
