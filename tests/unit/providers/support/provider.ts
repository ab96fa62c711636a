// A stand-in under test: served on a port of its own and spoken to over gRPC as the engine does, in plain JSON.
import { credentials, type Metadata, type ServiceError } from '@grpc/grpc-js';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { fromStruct, toStruct } from '../../../../local/providers/plugin/messages';
import type { JsonObject } from '../../../../local/providers/plugin/property-wire';
import type { PackageDefinition } from '../../../../local/providers/plugin/resource-type';
import { serve } from '../../../../local/providers/plugin/serve';

export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
export const SIGNATURE = '4dabf18193072939515e22adb298388d';
export const secret = (value: unknown): JsonObject =>
  ({ [SIGNATURE]: '1b47061264138c4ac30d75fd1eb44270', value }) as JsonObject;

/** An archive with the hash that the engine would have computed. */
export const archive = (assets: Record<string, string>, hash: string): JsonObject => ({
  [SIGNATURE]: '0def7320c3a5731c473e5ecbe6d01bc7',
  hash,
  assets: Object.fromEntries(
    Object.entries(assets).map(([name, text]) => [
      name,
      { [SIGNATURE]: 'c44067f5952c0a294b673a41bacd8c17', text },
    ]),
  ),
});

export interface Failure {
  property: string;
  reason: string;
}
export interface Diff {
  changed: boolean;
  /** Paths with their kinds, such as `update` or `update-replace`. */
  detailed: Record<string, string>;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

const KINDS = ['add', 'add-replace', 'delete', 'delete-replace', 'update', 'update-replace'];

export class Provider {
  constructor(
    readonly client: ResourceProviderClient,
    readonly stop: () => void,
  ) {}

  /** @param environment the process environment that the plugin would have been started with */
  static async start<Session>(
    definition: PackageDefinition<Session>,
    environment: NodeJS.ProcessEnv = {},
  ): Promise<Provider> {
    const { port, stop } = await serve(definition, environment);
    const client = new ResourceProviderClient(`127.0.0.1:${String(port)}`, credentials.createInsecure());
    return new Provider(client, () => {
      client.close();
      stop();
    });
  }

  checkConfig(news: JsonObject): Promise<Failure[]> {
    const request = new messages.CheckRequest()
      .setUrn('urn:pulumi:dev::test::pulumi:providers:aws::default')
      .setNews(toStruct(news));
    return unary<messages.CheckResponse>((done) => this.client.checkConfig(request, done)).then((response) =>
      response.getFailuresList().map((failure) => failure.toObject()),
    );
  }

  configure(args: JsonObject): Promise<messages.ConfigureResponse> {
    const request = new messages.ConfigureRequest().setArgs(toStruct(args)).setAcceptsecrets(true);
    return unary((done) => this.client.configure(request, done));
  }

  resource(type: string, name = 'thing'): Resource {
    return new Resource(this.client, type, name);
  }

  async invoke(tok: string, args: JsonObject = {}): Promise<{ result: JsonObject; failures: Failure[] }> {
    const request = new messages.InvokeRequest().setTok(tok).setArgs(toStruct(args));
    const response = await unary<messages.InvokeResponse>((done) => this.client.invoke(request, done));
    return {
      result: fromStruct(response.getReturn()),
      failures: response.getFailuresList().map((failure) => failure.toObject()),
    };
  }
}

/** The engine's calls for one resource. */
export class Resource {
  readonly urn: string;
  constructor(
    readonly client: ResourceProviderClient,
    readonly type: string,
    readonly name: string,
  ) {
    this.urn = `urn:pulumi:dev::test::${type}::${name}`;
  }

  async check(
    news: JsonObject,
    olds?: JsonObject,
    adjust: (request: messages.CheckRequest) => void = () => undefined,
  ): Promise<{ inputs: JsonObject; failures: Failure[] }> {
    const request = new messages.CheckRequest()
      .setUrn(this.urn)
      .setNews(toStruct(news))
      .setRandomseed(new Uint8Array([1, 2, 3]));
    if (olds !== undefined) request.setOlds(toStruct(olds));
    adjust(request);
    const response = await unary<messages.CheckResponse>((done) => this.client.check(request, done));
    return {
      inputs: fromStruct(response.getInputs()),
      failures: response.getFailuresList().map((failure) => failure.toObject()),
    };
  }

  /** Check that must find nothing wrong. */
  async checked(news: JsonObject, olds?: JsonObject): Promise<JsonObject> {
    const { inputs, failures } = await this.check(news, olds);
    if (failures.length > 0) throw new Error(`check failed: ${JSON.stringify(failures)}`);
    return inputs;
  }

  async diff(
    state: JsonObject,
    news: JsonObject,
    oldInputs: JsonObject,
    ignoreChanges: string[] = [],
  ): Promise<Diff> {
    const request = new messages.DiffRequest()
      .setUrn(this.urn)
      .setOlds(toStruct(state))
      .setNews(toStruct(news))
      .setOldInputs(toStruct(oldInputs))
      .setIgnorechangesList(ignoreChanges);
    const response = await unary<messages.DiffResponse>((done) => this.client.diff(request, done));
    return {
      changed: response.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
      detailed: Object.fromEntries(
        [...response.getDetaileddiffMap().entries()].map(([path, diff]) => [
          path,
          KINDS[diff.getKind()] ?? '?',
        ]),
      ),
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async previewCreate(inputs: JsonObject): Promise<JsonObject> {
    const request = new messages.CreateRequest()
      .setUrn(this.urn)
      .setProperties(toStruct(inputs))
      .setPreview(true);
    const response = await unary<messages.CreateResponse>((done) => this.client.create(request, done));
    return fromStruct(response.getProperties());
  }

  async create(inputs: JsonObject): Promise<{ id: string; state: JsonObject }> {
    const request = new messages.CreateRequest().setUrn(this.urn).setProperties(toStruct(inputs));
    const response = await unary<messages.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), state: fromStruct(response.getProperties()) };
  }

  async read(
    id: string,
    state: JsonObject = {},
    inputs: JsonObject = {},
  ): Promise<{ id: string; state: JsonObject; inputs: JsonObject }> {
    const request = new messages.ReadRequest()
      .setUrn(this.urn)
      .setId(id)
      .setProperties(toStruct(state))
      .setInputs(toStruct(inputs));
    const response = await unary<messages.ReadResponse>((done) => this.client.read(request, done));
    return {
      id: response.getId(),
      state: fromStruct(response.getProperties()),
      inputs: fromStruct(response.getInputs()),
    };
  }

  async update(
    id: string,
    state: JsonObject,
    news: JsonObject,
    oldInputs: JsonObject,
    preview = false,
  ): Promise<JsonObject> {
    const request = new messages.UpdateRequest()
      .setUrn(this.urn)
      .setId(id)
      .setOlds(toStruct(state))
      .setNews(toStruct(news))
      .setOldInputs(toStruct(oldInputs))
      .setPreview(preview);
    const response = await unary<messages.UpdateResponse>((done) => this.client.update(request, done));
    return fromStruct(response.getProperties());
  }

  async delete(id: string, state: JsonObject): Promise<void> {
    const request = new messages.DeleteRequest().setUrn(this.urn).setId(id).setProperties(toStruct(state));
    await unary((done) => this.client.delete(request, done));
  }
}

/** A failed call, with what the status details say of a resource that exists nevertheless. */
export class CallError extends Error {
  constructor(
    message: string,
    readonly code: number,
    readonly metadata: Metadata,
  ) {
    super(message);
  }

  /** Whether the engine would keep the resource in its state. */
  get keepsResource(): boolean {
    const [details] = this.metadata.get('grpc-status-details-bin');
    return details?.toString('latin1').includes('pulumirpc.ErrorResourceInitFailed') === true;
  }
}

export function unary<Response>(
  call: (done: (error: ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error === null) resolve(response);
      else reject(new CallError(error.details, error.code, error.metadata));
    });
  });
}
