// The endpoints that are measured: our own server in a process beside this one, and any other by its address.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  DeleteIndexCommand,
  DeleteVectorBucketCommand,
  PutVectorsCommand,
  QueryVectorsCommand,
  S3VectorsClient,
  type QueryVectorsCommandOutput,
} from '@aws-sdk/client-s3vectors';
import { metadataAt } from './made-vectors';
import type { ServerMessage } from './own-server';

export interface Usage {
  readonly cpuMilliseconds: number;
  readonly residentBytes: number;
}

export interface Endpoint {
  readonly url: string;
  /** What its process has used; undefined for a process that is not ours to ask. */
  usage(): Promise<Usage | undefined>;
  stop(): Promise<void>;
}

/** Starts our own server on a data directory. */
export async function ownServer(dataDir: string): Promise<Endpoint> {
  const child = fork(path.join(__dirname, 'own-server.ts'), [dataDir], { execArgv: ['--import', 'tsx'] });
  const next = async (): Promise<ServerMessage> => {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with code ${String(code)}`);
    });
    ended.catch(() => undefined);
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [ServerMessage];
    return message;
  };
  const first = await next();
  if (!('url' in first)) throw new Error('the server told no address');
  return {
    url: first.url,
    async usage() {
      const answer = next();
      child.send('usage');
      const message = await answer;
      return 'residentBytes' in message ? message : undefined;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export function otherEndpoint(url: string): Endpoint {
  return { url, usage: () => Promise.resolve(undefined), stop: () => Promise.resolve() };
}

const BUCKET = 'bench-vectors';
const INDEX = 'bench-index';
const AT = { vectorBucketName: BUCKET, indexName: INDEX };

/** One index behind an endpoint, used as everyone uses it: through the AWS SDK. */
export class BenchIndex {
  private readonly client: S3VectorsClient;

  constructor(endpoint: string) {
    this.client = new S3VectorsClient({
      region: process.env.AWS_REGION ?? 'us-east-1',
      endpoint,
      credentials: {
        accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'local',
        secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'local',
      },
      requestHandler: { requestTimeout: 600_000 },
    });
  }

  async create(dimension: number): Promise<void> {
    await this.client.send(new CreateVectorBucketCommand({ vectorBucketName: BUCKET }));
    await this.client.send(
      new CreateIndexCommand({ ...AT, dataType: 'float32', dimension, distanceMetric: 'cosine' }),
    );
  }

  /** Puts the vectors that begin at number `from`. */
  async put(from: number, vectors: readonly (readonly number[])[]): Promise<void> {
    await this.client.send(
      new PutVectorsCommand({
        ...AT,
        vectors: vectors.map((float32, at) => ({
          key: `document-${from + at}`,
          data: { float32: float32 as number[] },
          metadata: metadataAt(from + at),
        })),
      }),
    );
  }

  query(float32: number[], topK: number): Promise<QueryVectorsCommandOutput> {
    return this.client.send(
      new QueryVectorsCommand({ ...AT, topK, queryVector: { float32 }, returnDistance: true }),
    );
  }

  async remove(): Promise<void> {
    await this.client.send(new DeleteIndexCommand(AT));
    await this.client.send(new DeleteVectorBucketCommand({ vectorBucketName: BUCKET }));
  }

  close(): void {
    this.client.destroy();
  }
}
