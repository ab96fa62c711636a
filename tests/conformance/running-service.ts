// A service in this process for a suite of tests, and the clients that people use.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateIndexCommand,
  S3VectorsClient,
  type DistanceMetric,
  type S3VectorsServiceException,
} from '@aws-sdk/client-s3vectors';
import { startS3VectorsLocal, type S3VectorsLocal } from '../../local/s3vectors/server';

export const REGION = 'us-east-1';
export const ACCOUNT_ID = '123456789012';
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface RunningService {
  readonly server: S3VectorsLocal;
  /** Sends each request once: a retry would hide what the service answers. */
  readonly client: S3VectorsClient;
  /** Milliseconds that the service's clock is ahead; may be set. */
  clockAhead: number;
  readonly logged: string[];
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** @param prepare gets the path of the data directory, still empty */
export async function startService(
  prepare: (dataDir: string) => Promise<void> = () => Promise.resolve(),
): Promise<RunningService> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 's3-vectors-test-'));
  await prepare(dataDir);
  const logged: string[] = [];
  const running = { clockAhead: 0 };
  const server = await startS3VectorsLocal({
    port: 0,
    dataDir,
    region: REGION,
    accountId: ACCOUNT_ID,
    log: (line) => logged.push(line),
    now: () => Date.now() + running.clockAhead,
  });
  const client = new S3VectorsClient({
    region: REGION,
    endpoint: server.url,
    credentials: CREDENTIALS,
    maxAttempts: 1,
  });
  return Object.assign(running, {
    server,
    client,
    logged,
    dataDir,
    async stop() {
      client.destroy();
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
}

/** What the service answered to a request that it had to refuse, in a form to compare. */
export interface Refusal {
  readonly name: string;
  readonly status: number | undefined;
  readonly message: string;
  readonly fieldList?: readonly { readonly path: string; readonly message: string }[];
}

/** Waits for a refusal; a success fails the test. */
export async function refusal(request: Promise<unknown>): Promise<Refusal> {
  try {
    const answer = await request;
    throw new Error(`not refused: ${JSON.stringify(answer)}`);
  } catch (error) {
    const { name, message, $metadata, fieldList } = error as S3VectorsServiceException &
      Pick<Refusal, 'fieldList'>;
    if (($metadata as unknown) === undefined) throw error;
    return {
      name,
      status: $metadata.httpStatusCode,
      message,
      ...(fieldList === undefined
        ? {}
        : { fieldList: fieldList.map(({ path: at, message: text }) => ({ path: at, message: text })) }),
    };
  }
}

/** An answer as it was on the wire. */
export interface WireAnswer {
  readonly status: number;
  /** Of the header x-amzn-errortype. */
  readonly error: string | null;
  readonly body: unknown;
}

/** Sends a request without a client, for operations and members that the installed client does not know. */
export async function sendRaw(
  service: RunningService,
  operation: string,
  body: unknown,
): Promise<WireAnswer> {
  const answer = await fetch(`${service.server.url}/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return {
    status: answer.status,
    error: answer.headers.get('x-amzn-errortype'),
    body: await answer.json(),
  };
}

let counter = 0;

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  counter += 1;
  return `${prefix}-${process.pid}-${counter}`;
}

/** Where an index is, as every request takes it. */
export interface IndexAddress {
  readonly vectorBucketName: string;
  readonly indexName: string;
}

/** Makes an index that no other test uses in a bucket that exists. */
export async function makeIndex(
  { client }: RunningService,
  vectorBucketName: string,
  dimension: number,
  distanceMetric: DistanceMetric = 'cosine',
  nonFilterableMetadataKeys: string[] = [],
): Promise<IndexAddress> {
  const indexName = uniqueName('index');
  await client.send(
    new CreateIndexCommand({
      vectorBucketName,
      indexName,
      dataType: 'float32',
      dimension,
      distanceMetric,
      // The service refuses an empty list: no keys are no configuration.
      ...(nonFilterableMetadataKeys.length === 0
        ? {}
        : { metadataConfiguration: { nonFilterableMetadataKeys } }),
    }),
  );
  return { vectorBucketName, indexName };
}
