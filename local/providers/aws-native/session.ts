// A configured aws-native stand-in: its two clients, loaded when the first call needs them.
import type { CloudControl } from '@aws-sdk/client-cloudcontrol';
import type { STS } from '@aws-sdk/client-sts';
import { clientConfiguration, loopbackOnly } from '../plugin/aws-clients';
import type { NativeConfiguration } from './configuration';

export class NativeSession {
  #cloudControl: Promise<CloudControl> | undefined;
  #sts: Promise<STS> | undefined;
  readonly #made: { destroy(): void }[] = [];

  constructor(readonly configuration: NativeConfiguration) {}

  get region(): string {
    return this.configuration.region;
  }

  cloudControl(): Promise<CloudControl> {
    this.#cloudControl ??= import('@aws-sdk/client-cloudcontrol').then(({ CloudControl }) =>
      this.#keep(new CloudControl(this.#common('cloudcontrol'))),
    );
    return this.#cloudControl;
  }

  sts(): Promise<STS> {
    this.#sts ??= import('@aws-sdk/client-sts').then(({ STS }) => this.#keep(new STS(this.#common('sts'))));
    return this.#sts;
  }

  /** Breaks off every request that is under way. */
  destroy(): void {
    for (const client of this.#made) client.destroy();
  }

  #common(service: 'cloudcontrol' | 'sts') {
    const { endpoints, region, credentials } = this.configuration;
    return clientConfiguration(endpoints[service], region, credentials);
  }

  #keep<Client extends { destroy(): void }>(client: Client): Client {
    this.#made.push(client);
    return loopbackOnly(client);
  }
}
