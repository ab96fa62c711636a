// A service with practice switches on, for one test: a bucket and an index in it, and a client that tries once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  GetVectorsCommand,
  PutVectorsCommand,
  S3VectorsClient,
} from '@aws-sdk/client-s3vectors';
import { startS3VectorsLocal, type S3VectorsLocal } from '../../local/s3vectors/server';
import type { SwitchOptions } from '../../local/s3vectors/practice/switches';
import { ACCOUNT_ID, CREDENTIALS, REGION } from './running-service';

export const at = { vectorBucketName: 'practice-bucket', indexName: 'practice-index' };

export interface PractisingService {
  readonly server: S3VectorsLocal;
  readonly client: S3VectorsClient;
  readonly logged: string[];
  readonly put: (...keys: string[]) => Promise<unknown>;
  /** Keys that are stored; of those given. */
  readonly stored: (...keys: string[]) => Promise<string[]>;
  /** A request to a route below /_local/. */
  readonly local: (
    route: string,
    body?: object,
  ) => Promise<{ readonly status: number; readonly body: unknown }>;
}

/**
 * Runs a test against a service that has the bucket and the index, and ends the service. With a data directory, that
 * must hold them, and stays.
 */
export async function practising(
  { dataDir: given, ...switches }: SwitchOptions & { readonly dataDir?: string },
  test: (service: PractisingService) => Promise<void>,
  requestTimeout?: number,
): Promise<void> {
  const dataDir = given ?? mkdtempSync(path.join(tmpdir(), 's3-vectors-practice-'));
  const logged: string[] = [];
  const server = await startS3VectorsLocal({
    port: 0,
    dataDir,
    region: REGION,
    accountId: ACCOUNT_ID,
    log: (line) => logged.push(line),
    ...switches,
  });
  const client = new S3VectorsClient({
    region: REGION,
    endpoint: server.url,
    credentials: CREDENTIALS,
    maxAttempts: 1,
    ...(requestTimeout === undefined
      ? {}
      : { requestHandler: { requestTimeout, throwOnRequestTimeout: true } }),
  });
  const put = (...keys: string[]) =>
    client.send(
      new PutVectorsCommand({ ...at, vectors: keys.map((key) => ({ key, data: { float32: [1, 2] } })) }),
    );
  try {
    if (given === undefined) {
      await client.send(new CreateVectorBucketCommand(at));
      await client.send(
        new CreateIndexCommand({ ...at, dataType: 'float32', dimension: 2, distanceMetric: 'euclidean' }),
      );
    }
    await test({
      server,
      client,
      logged,
      put,
      async stored(...keys) {
        const { vectors = [] } = await client.send(new GetVectorsCommand({ ...at, keys }));
        return vectors.map(({ key }) => key ?? '').sort();
      },
      async local(route, body) {
        const answer = await fetch(
          `${server.url}/_local/${route}`,
          body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
        );
        return { status: answer.status, body: await answer.json() };
      },
    });
  } finally {
    await server.close();
    client.destroy();
    if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
}
