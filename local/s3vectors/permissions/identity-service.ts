// The service that knows identities and keys: ministack, through the AWS SDK. Its clients are loaded at the first
// question, because the start of S3 Vectors Local is waited for.
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { STSClient } from '@aws-sdk/client-sts';
import { Refusal } from './refusal';

/** Milliseconds to wait for one answer: a service on this machine answers at once or not at all. */
const ANSWERS_WITHIN = 5000;

export class IdentityService {
  private readonly clients = new Map<string, Promise<{ destroy(): void }>>();

  constructor(
    /** `http://127.0.0.1:<port>` */
    readonly endpoint: string,
    private readonly region: string,
  ) {}

  /** @param accountId whose roles, users and policies are asked for */
  iam(accountId: string): Promise<IAMClient> {
    return this.client(`iam ${accountId}`, async () => {
      const { IAMClient } = await import('@aws-sdk/client-iam');
      return new IAMClient(this.configuration(accountId));
    });
  }

  /** @param accountId whose keys are asked for */
  kms(accountId: string): Promise<KMSClient> {
    return this.client(`kms ${accountId}`, async () => {
      const { KMSClient } = await import('@aws-sdk/client-kms');
      return new KMSClient(this.configuration(accountId));
    });
  }

  /** A client that asks in the name of an access key. Not kept: it is for one question. */
  async sts(accessKeyId: string): Promise<STSClient> {
    const { STSClient } = await import('@aws-sdk/client-sts');
    return new STSClient(this.configuration(accessKeyId));
  }

  /**
   * A question outside the AWS API.
   * @returns undefined where the service does not know the path
   * @throws Refusal when it does not answer
   */
  async ask(path: string): Promise<unknown> {
    return this.answering(async () => {
      const response = await fetch(`${this.endpoint}${path}`, {
        signal: AbortSignal.timeout(ANSWERS_WITHIN),
      });
      const text = await response.text();
      if (response.status === 200) return JSON.parse(text) as unknown;
      if (response.status === 404) return undefined;
      throw new Error(`it answered ${response.status}`);
    });
  }

  /** Makes a refusal of everything but an answer: nobody is let in because nobody could be asked. */
  async answering<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(
        'undecidable',
        `S3 Vectors Local cannot find out what the caller may do: the identity service at ${this.endpoint} ` +
          'does not answer. Nothing is allowed meanwhile.',
        `identity service ${this.endpoint}: ${reasonOf(error)}`,
      );
    }
  }

  close(): void {
    for (const client of this.clients.values()) void client.then((made) => made.destroy());
    this.clients.clear();
  }

  private configuration(accessKeyId: string) {
    return {
      region: this.region,
      endpoint: this.endpoint,
      credentials: { accessKeyId, secretAccessKey: 'local' },
      maxAttempts: 2,
      requestHandler: { requestTimeout: ANSWERS_WITHIN, connectionTimeout: ANSWERS_WITHIN },
    };
  }

  private client<Client extends { destroy(): void }>(
    key: string,
    make: () => Promise<Client>,
  ): Promise<Client> {
    const known = this.clients.get(key) as Promise<Client> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.clients.set(key, made);
    return made;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as { readonly code?: string } | undefined;
  const code = (error as { readonly code?: string }).code ?? cause?.code;
  return [error.name, code, error.message].filter((part) => part !== undefined && part !== '').join(' ');
}
