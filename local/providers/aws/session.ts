// A configured aws stand-in: the clients, each loaded and made when the first call needs it, because the engine
// waits for the plugin's start at every update.
import type { IAM } from '@aws-sdk/client-iam';
import type { KMS } from '@aws-sdk/client-kms';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { S3 } from '@aws-sdk/client-s3';
import type { S3Vectors } from '@aws-sdk/client-s3vectors';
import type { STS } from '@aws-sdk/client-sts';
import { clientConfiguration, loopbackOnly } from '../plugin/aws-clients';
import type { AwsConfiguration, Service } from './configuration';

export type Tags = Readonly<Record<string, string>>;

export class AwsSession {
  readonly #clients = new Map<string, Promise<unknown>>();
  readonly #made: { destroy(): void }[] = [];

  constructor(readonly configuration: AwsConfiguration) {}

  get region(): string {
    return this.configuration.region;
  }

  get defaultTags(): Tags {
    return this.configuration.defaultTags;
  }

  /** Only the commercial partition: a local cloud has no other. */
  readonly partition = 'aws';

  /** @param region of the resource, where it names its own */
  s3(region = this.region): Promise<S3> {
    return this.#client('s3', region, async (common) => {
      const { S3 } = await import('@aws-sdk/client-s3');
      return new S3({ ...common, forcePathStyle: true });
    });
  }

  iam(): Promise<IAM> {
    return this.#client('iam', this.region, async (common) => {
      const { IAM } = await import('@aws-sdk/client-iam');
      return new IAM(common);
    });
  }

  kms(region = this.region): Promise<KMS> {
    return this.#client('kms', region, async (common) => {
      const { KMS } = await import('@aws-sdk/client-kms');
      return new KMS(common);
    });
  }

  lambda(region = this.region): Promise<Lambda> {
    return this.#client('lambda', region, async (common) => {
      const { Lambda } = await import('@aws-sdk/client-lambda');
      return new Lambda(common);
    });
  }

  sts(): Promise<STS> {
    return this.#client('sts', this.region, async (common) => {
      const { STS } = await import('@aws-sdk/client-sts');
      return new STS(common);
    });
  }

  s3vectors(region = this.region): Promise<S3Vectors> {
    return this.#client('s3vectors', region, async (common) => {
      const { S3Vectors } = await import('@aws-sdk/client-s3vectors');
      return new S3Vectors(common);
    });
  }

  async accountId(): Promise<string> {
    const sts = await this.sts();
    const { Account } = await sts.getCallerIdentity({});
    if (Account === undefined) throw new Error('GetCallerIdentity answered without an account');
    return Account;
  }

  /** Breaks off every request that is under way. */
  destroy(): void {
    for (const client of this.#made) client.destroy();
  }

  #client<Client extends { destroy(): void }>(
    service: Service,
    region: string,
    make: (common: ReturnType<typeof clientConfiguration>) => Promise<Client>,
  ): Promise<Client> {
    const key = `${service} ${region}`;
    const known = this.#clients.get(key) as Promise<Client> | undefined;
    if (known !== undefined) return known;
    const { endpoints, credentials } = this.configuration;
    const made = make(clientConfiguration(endpoints[service], region, credentials)).then((client) => {
      this.#made.push(client);
      return loopbackOnly(client);
    });
    this.#clients.set(key, made);
    return made;
  }
}
