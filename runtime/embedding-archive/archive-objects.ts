// The calls to S3 that an archive makes, each with retries and one kind of error. The SDK's client is loaded with the
// first call, so that a service without an archive never pays for it.
import type * as S3Sdk from '@aws-sdk/client-s3';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { listenedTo } from '../retry/call-signal';
import { withRetries } from '../retry/with-retries';
import type { RetryPolicy } from '../retry/retry-policy';
import { asArchiveError } from './archive-error';
import type { ArchiveEntry } from './object-pairs';

export interface S3Options {
  /** AWS Region; default as the SDK finds it (`AWS_REGION`, profile). */
  readonly region?: string | undefined;
  /** Endpoint URL; default as the SDK finds it (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`). */
  readonly endpoint?: string | undefined;
  readonly credentials?: S3ClientConfig['credentials'];
  /** A client of the caller's own. Give it `maxAttempts: 1`: the archive repeats what can succeed itself. */
  readonly client?: S3Client | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
}

export interface StoredBytes {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly lastModified: Date;
}

type Sdk = typeof S3Sdk;
/** A connection that cannot be made, and one on which nothing moves, in milliseconds: both count as transient. */
const TIMEOUTS = { connectionTimeout: 5_000, socketTimeout: 30_000 };

export class ArchiveObjects {
  private own: Promise<S3Client> | undefined;

  constructor(
    private readonly bucketName: string,
    private readonly options: S3Options,
  ) {}

  /** Undefined where there is no object of this key. */
  async get(key: string, signal?: AbortSignal): Promise<StoredBytes | undefined> {
    return this.found('GetObject', key, signal, async (sdk, client) => {
      const answer = await client.send(
        new sdk.GetObjectCommand({ Bucket: this.bucketName, Key: key }),
        abort(signal),
      );
      // Read here, so that a body that breaks off is repeated like any other failure.
      const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      return { key, bytes, lastModified: answer.LastModified ?? new Date(0) };
    });
  }

  /** Whether there is an object; undefined where the caller may not know. */
  async exists(key: string, signal?: AbortSignal): Promise<boolean | undefined> {
    try {
      const found = await this.found('HeadObject', key, signal, async (sdk, client) => {
        await client.send(new sdk.HeadObjectCommand({ Bucket: this.bucketName, Key: key }), abort(signal));
        return true;
      });
      return found === true;
    } catch (error) {
      // A key that is not there looks like this to whoever may not list the bucket.
      if (asArchiveError(error, this.about('HeadObject', key)).code === 'ACCESS_DENIED') return undefined;
      throw error;
    }
  }

  async put(key: string, bytes: Uint8Array, compressed: boolean, signal?: AbortSignal): Promise<void> {
    await this.call('PutObject', key, signal, (sdk, client) =>
      client.send(
        new sdk.PutObjectCommand({
          Bucket: this.bucketName,
          Key: key,
          Body: bytes,
          ContentType: 'application/json',
          ...(compressed ? { ContentEncoding: 'gzip' } : {}),
        }),
        abort(signal),
      ),
    );
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    await this.call('DeleteObject', key, signal, (sdk, client) =>
      client.send(new sdk.DeleteObjectCommand({ Bucket: this.bucketName, Key: key }), abort(signal)),
    );
  }

  /** Every object under a prefix after a key, page by page. */
  async *list(
    prefix: string,
    after: string | undefined,
    signal?: AbortSignal,
  ): AsyncGenerator<Omit<ArchiveEntry, 'id'>> {
    let continuation: string | undefined;
    do {
      const token = continuation;
      const page = await this.call('ListObjectsV2', undefined, signal, (sdk, client) =>
        client.send(
          new sdk.ListObjectsV2Command({
            Bucket: this.bucketName,
            Prefix: prefix,
            // Keys may hold characters that XML cannot.
            EncodingType: 'url',
            ...(token === undefined ? {} : { ContinuationToken: token }),
            ...(after === undefined || token !== undefined ? {} : { StartAfter: after }),
          }),
          abort(signal),
        ),
      );
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        const key =
          page.EncodingType === 'url' ? decodeURIComponent((Key ?? '').replaceAll('+', ' ')) : (Key ?? '');
        yield { key, size: Size ?? 0, lastModified: LastModified ?? new Date(0) };
      }
      continuation = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (continuation !== undefined);
  }

  /** @throws ArchiveError when the bucket is not there, not allowed or not reachable */
  async head(signal?: AbortSignal): Promise<{ readonly region: string | undefined }> {
    const answer = await this.call('HeadBucket', undefined, signal, (sdk, client) =>
      client.send(new sdk.HeadBucketCommand({ Bucket: this.bucketName }), abort(signal)),
    );
    return { region: answer.BucketRegion };
  }

  /** How new objects are encrypted: `AES256`, `aws:kms` or `aws:kms:dsse`. */
  async encryption(
    signal?: AbortSignal,
  ): Promise<{ readonly algorithm: string | undefined; readonly kmsKeyArn: string | undefined }> {
    const answer = await this.call('GetBucketEncryption', undefined, signal, (sdk, client) =>
      client.send(new sdk.GetBucketEncryptionCommand({ Bucket: this.bucketName }), abort(signal)),
    );
    const rule = answer.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
    return { algorithm: rule?.SSEAlgorithm, kmsKeyArn: rule?.KMSMasterKeyID };
  }

  /** Closes the connections of a client that was made here. */
  async close(): Promise<void> {
    (await this.own)?.destroy();
  }

  private async found<T>(
    operation: string,
    key: string,
    signal: AbortSignal | undefined,
    send: (sdk: Sdk, client: S3Client) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await this.call(operation, key, signal, send);
    } catch (thrown) {
      const error = asArchiveError(thrown, this.about(operation, key));
      if (error.code === 'NOT_FOUND') return undefined;
      throw error;
    }
  }

  private async call<T>(
    operation: string,
    key: string | undefined,
    signal: AbortSignal | undefined,
    send: (sdk: Sdk, client: S3Client) => Promise<T>,
  ): Promise<T> {
    listenedTo(signal);
    try {
      const sdk = await import('@aws-sdk/client-s3');
      const client = this.options.client ?? (await (this.own ??= Promise.resolve(this.make(sdk))));
      return await withRetries(() => send(sdk, client), { policy: this.options.retry, signal });
    } catch (thrown) {
      throw asArchiveError(thrown, { ...this.about(operation, key), aborted: signal?.aborted === true });
    }
  }

  private about(operation: string, key: string | undefined) {
    return { bucketName: this.bucketName, operation, key };
  }

  private make(sdk: Sdk): S3Client {
    const { region, endpoint, credentials } = this.options;
    const elsewhere = endpoint ?? process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL'];
    return new sdk.S3Client({
      maxAttempts: 1,
      requestHandler: TIMEOUTS,
      // No name of an endpoint of one's own has a bucket's name in front of it.
      ...(elsewhere === undefined || elsewhere === '' ? {} : { forcePathStyle: true }),
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    });
  }
}

function abort(signal: AbortSignal | undefined) {
  return signal === undefined ? {} : { abortSignal: signal };
}
