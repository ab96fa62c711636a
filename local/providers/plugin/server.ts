// The ResourceProvider service of a stand-in: protobuf in, the plain decisions of a PackageDefinition, protobuf
// out. Secrets are opened on the way in and put back at the same places on the way out.
import { Metadata, status, type handleUnaryCall, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Status } from '@pulumi/pulumi/proto/status_pb';
import type { EngineNaming } from './auto-name';
import { checkInputs, type Failure } from './check';
import type { Change } from './diff';
import { empty, fromStruct, pack, toStruct, type Empty, type Struct } from './messages';
import { packageSchema } from './package-schema';
import { mapWithSecretsOf, reveal, type PropertyMap } from './property-value';
import { decodeMap, decodeValue, encodeMap, type Json } from './property-wire';
import { PartlyDone, type FunctionType, type PackageDefinition, type ResourceType } from './resource-type';

/** A refusal with its gRPC status. */
class Refusal extends Error {
  constructor(
    readonly code: status,
    message: string,
    readonly metadata = new Metadata(),
  ) {
    super(message);
  }
}

interface Addressed {
  getUrn(): string;
  getName(): string;
  getType(): string;
}

const decode = (struct: Struct | undefined): PropertyMap => decodeMap(fromStruct(struct));
const encode = (map: PropertyMap): Struct => toStruct(encodeMap(map));

/** The logical name and type of a request; engines before 3.138 send the URN alone. */
function addressOf(request: Addressed): { name: string; type: string } {
  const parts = request.getUrn().split('::');
  const qualified = parts[2] ?? '';
  return {
    name: request.getName() || parts.slice(3).join('::'),
    type: request.getType() || qualified.slice(qualified.lastIndexOf('$') + 1),
  };
}

/** Serves one package. @param environment the process environment as it was at start */
export class StandInServer<Session> {
  #session: Session | undefined;

  constructor(
    readonly definition: PackageDefinition<Session>,
    readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** The handlers, as @grpc/grpc-js takes them. Calls that are not here answer UNIMPLEMENTED. */
  implementation(): UntypedServiceImplementation {
    return {
      handshake: unary(() => this.#handshake()),
      getPluginInfo: unary(() => new PluginInfo().setVersion(this.definition.version)),
      getSchema: unary(() =>
        new messages.GetSchemaResponse().setSchema(JSON.stringify(packageSchema(this.definition))),
      ),
      checkConfig: unary((request: messages.CheckRequest) => this.#checkConfig(request)),
      diffConfig: unary((request: messages.DiffRequest) => this.#diffConfig(request)),
      configure: unary((request: messages.ConfigureRequest) => this.#configure(request)),
      invoke: unary((request: messages.InvokeRequest) => this.#invoke(request)),
      check: unary((request: messages.CheckRequest) => this.#check(request)),
      diff: unary((request: messages.DiffRequest) => this.#diff(request)),
      create: unary((request: messages.CreateRequest) => this.#create(request)),
      read: unary((request: messages.ReadRequest) => this.#read(request)),
      update: unary((request: messages.UpdateRequest) => this.#update(request)),
      delete: unary((request: messages.DeleteRequest) => this.#delete(request)),
      cancel: unary(() => this.#cancel()),
    };
  }

  #handshake(): messages.ProviderHandshakeResponse {
    return new messages.ProviderHandshakeResponse()
      .setAcceptSecrets(true)
      .setAcceptResources(false)
      .setAcceptOutputs(false)
      .setSupportsAutonamingConfiguration(true);
  }

  #checkConfig(request: messages.CheckRequest): messages.CheckResponse {
    const news = decode(request.getNews());
    const { failures } = this.definition.configure(reveal(news), this.environment);
    return checkResponse(news, failures);
  }

  /** Where the services run is no property of the resources: a new port must not replace everything. */
  #diffConfig(request: messages.DiffRequest): messages.DiffResponse {
    const olds = encodeMap(decode(request.hasOldInputs() ? request.getOldInputs() : request.getOlds()));
    const news = encodeMap(decode(request.getNews()));
    const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
      (name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]),
    );
    return new messages.DiffResponse()
      .setChanges(changed.length > 0 ? SOME : NONE)
      .setDiffsList(changed.sort());
  }

  #configure(request: messages.ConfigureRequest): messages.ConfigureResponse {
    const args: PropertyMap = request.hasArgs() ? decode(request.getArgs()) : variables(request);
    const { failures, session } = this.definition.configure(reveal(args), this.environment);
    if (session === undefined) {
      const lines = failures.map(({ property, reason }) => `${this.definition.name}:${property}: ${reason}`);
      throw new Refusal(status.INVALID_ARGUMENT, lines.join('\n'));
    }
    this.#session = session;
    return new messages.ConfigureResponse()
      .setAcceptsecrets(true)
      .setAcceptresources(false)
      .setAcceptoutputs(false)
      .setSupportspreview(true)
      .setSupportsAutonamingConfiguration(true);
  }

  async #invoke(request: messages.InvokeRequest): Promise<messages.InvokeResponse> {
    const type = this.#function(request.getTok());
    const failures: Failure[] = [];
    const args = reveal(checkInputs(type.inputs, decode(request.getArgs()), failures));
    const response = new messages.InvokeResponse();
    if (failures.length > 0) return response.setFailuresList(failures.map(checkFailure));
    const result = await this.#during(`calling ${type.token}`, () => type.call(this.session, args));
    return response.setReturn(encode(result));
  }

  #check(request: messages.CheckRequest): messages.CheckResponse {
    const { name, type } = addressOf(request);
    const checked = this.#resource(type).check(this.session, {
      news: decode(request.getNews()),
      olds: request.hasOlds() ? decode(request.getOlds()) : undefined,
      naming: { logicalName: name, seed: request.getRandomseed_asU8(), engine: engineNaming(request) },
    });
    return checkResponse(checked.inputs, checked.failures);
  }

  #diff(request: messages.DiffRequest): messages.DiffResponse {
    const { type } = addressOf(request);
    const { changes, deleteBeforeReplace } = this.#resource(type).diff(this.session, {
      state: reveal(decode(request.getOlds())),
      oldInputs: reveal(decode(request.getOldInputs())),
      news: reveal(decode(request.getNews())),
      ignoreChanges: request.getIgnorechangesList(),
    });
    const response = new messages.DiffResponse()
      .setChanges(changes.size > 0 ? SOME : NONE)
      .setHasdetaileddiff(true)
      .setDeletebeforereplace(deleteBeforeReplace);
    const roots = new Set<string>();
    const replaces = new Set<string>();
    for (const [path, change] of changes) {
      const root = /^[^.[]+/.exec(path)?.[0] ?? path;
      roots.add(root);
      if (change.replaces) replaces.add(root);
      response.getDetaileddiffMap().set(path, propertyDiff(change));
    }
    return response.setDiffsList([...roots].sort()).setReplacesList([...replaces].sort());
  }

  async #create(request: messages.CreateRequest): Promise<messages.CreateResponse> {
    const { name, type } = addressOf(request);
    const resource = this.#resource(type);
    const inputs = decode(request.getProperties());
    const response = new messages.CreateResponse();
    if (request.getPreview()) {
      return response.setProperties(
        encode(mapWithSecretsOf(resource.previewCreate(this.session, reveal(inputs)), inputs)),
      );
    }
    const made = await this.#during(
      `creating ${type} "${name}"`,
      () => resource.create(this.session, reveal(inputs)),
      inputs,
    );
    return response.setId(made.id).setProperties(encode(mapWithSecretsOf(made.state, inputs)));
  }

  async #read(request: messages.ReadRequest): Promise<messages.ReadResponse> {
    const { name, type } = addressOf(request);
    const resource = this.#resource(type);
    const id = request.getId();
    const [state, inputs] = [decode(request.getProperties()), decode(request.getInputs())];
    const found = await this.#during(`reading ${type} "${name}" (${id})`, () =>
      resource.read(this.session, { id, state: reveal(state), inputs: reveal(inputs) }),
    );
    const response = new messages.ReadResponse();
    if (found === undefined) return response;
    // Once secret, always secret: in the state as in the inputs.
    const known = mapWithSecretsOf(mapWithSecretsOf(found.state, inputs), state);
    return response
      .setId(found.id)
      .setProperties(encode(known))
      .setInputs(encode(mapWithSecretsOf(mapWithSecretsOf(found.inputs, inputs), state)));
  }

  async #update(request: messages.UpdateRequest): Promise<messages.UpdateResponse> {
    const { name, type } = addressOf(request);
    const resource = this.#resource(type);
    const id = request.getId();
    const news = decode(request.getNews());
    const change = {
      state: reveal(decode(request.getOlds())),
      oldInputs: reveal(decode(request.getOldInputs())),
      news: reveal(news),
    };
    const state = request.getPreview()
      ? resource.previewUpdate(this.session, change)
      : await this.#during(
          `updating ${type} "${name}" (${id})`,
          () => resource.update(this.session, { id, ...change }),
          news,
        );
    return new messages.UpdateResponse().setProperties(encode(mapWithSecretsOf(state, news)));
  }

  async #delete(request: messages.DeleteRequest): Promise<Empty> {
    const { name, type } = addressOf(request);
    const id = request.getId();
    const state = reveal(decode(request.getProperties()));
    await this.#during(`deleting ${type} "${name}" (${id})`, () =>
      this.#resource(type).delete(this.session, { id, state }),
    );
    return empty();
  }

  #cancel(): Empty {
    if (this.#session !== undefined) this.definition.cancel(this.#session);
    return empty();
  }

  get session(): Session {
    if (this.#session === undefined) {
      throw new Refusal(status.FAILED_PRECONDITION, 'the provider has not been configured yet');
    }
    return this.#session;
  }

  #resource(token: string): ResourceType<Session> {
    return this.#known(this.definition.resources, token, 'resource type');
  }

  #function(token: string): FunctionType<Session> {
    return this.#known(this.definition.functions, token, 'function');
  }

  #known<Type extends { token: string }>(types: readonly Type[], token: string, what: string): Type {
    const found = types.find((type) => type.token === token);
    if (found !== undefined) return found;
    const implemented = types.map((type) => type.token).sort();
    throw new Refusal(
      status.UNIMPLEMENTED,
      `the local stand-in for pulumi-resource-${this.definition.name} does not implement the ${what} ${token}; ` +
        `it implements ${implemented.join(', ')}`,
    );
  }

  /** Runs an operation on the service; its errors leave as gRPC errors that say what was being done. */
  async #during<T>(doing: string, operation: () => Promise<T>, inputs: PropertyMap = {}): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const cause = error instanceof PartlyDone ? error.cause : error;
      const message = `${doing}: ${this.definition.explain(cause)}`;
      if (!(error instanceof PartlyDone)) throw new Refusal(status.UNKNOWN, message);
      throw new Refusal(status.UNKNOWN, message, initFailed(error, message, inputs));
    }
  }
}

const SOME = messages.DiffResponse.DiffChanges.DIFF_SOME;
const NONE = messages.DiffResponse.DiffChanges.DIFF_NONE;

function unary<Request, Response>(
  handle: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          if (error instanceof Refusal) {
            callback({ code: error.code, details: error.message, metadata: error.metadata });
          } else {
            const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
            callback({ code: status.INTERNAL, details });
          }
        },
      );
  };
}

/** Configuration from an engine that sends variables (`aws:config:region`) and no struct. */
function variables(request: messages.ConfigureRequest): PropertyMap {
  return Object.fromEntries(
    [...request.getVariablesMap().entries()].map(([key, text]) => {
      const name = key.slice(key.lastIndexOf(':') + 1);
      try {
        return [name, decodeValue(JSON.parse(text) as Json)];
      } catch {
        return [name, text];
      }
    }),
  );
}

const checkFailure = ({ property, reason }: Failure): messages.CheckFailure =>
  new messages.CheckFailure().setProperty(property).setReason(reason);

function checkResponse(inputs: PropertyMap, failures: readonly Failure[]): messages.CheckResponse {
  const response = new messages.CheckResponse().setFailuresList(failures.map(checkFailure));
  return response.setInputs(encode(inputs));
}

function engineNaming(request: messages.CheckRequest): EngineNaming | undefined {
  const options = request.getAutonaming();
  if (options === undefined) return undefined;
  const modes = messages.CheckRequest.AutonamingOptions.Mode;
  const mode = options.getMode();
  return {
    proposedName: options.getProposedName(),
    mode: mode === modes.DISABLE ? 'disable' : mode === modes.ENFORCE ? 'enforce' : 'propose',
  };
}

function propertyDiff({ kind, replaces }: Change): messages.PropertyDiff {
  const kinds = messages.PropertyDiff.Kind;
  const value = {
    add: replaces ? kinds.ADD_REPLACE : kinds.ADD,
    delete: replaces ? kinds.DELETE_REPLACE : kinds.DELETE,
    update: replaces ? kinds.UPDATE_REPLACE : kinds.UPDATE,
  }[kind];
  return new messages.PropertyDiff().setKind(value).setInputdiff(false);
}

/** The status details by which the engine learns that a resource exists although the call failed. */
function initFailed(error: PartlyDone, message: string, inputs: PropertyMap): Metadata {
  const detail = new messages.ErrorResourceInitFailed()
    .setId(error.existing.id)
    .setProperties(encode(mapWithSecretsOf(error.existing.state, inputs)))
    .setInputs(encode(inputs))
    .setReasonsList([message]);
  const rpc = new Status().setCode(status.UNKNOWN).setMessage(message);
  // The generated typings name a copy of google-protobuf that is not ours to import; the class is the same.
  rpc.addDetails(
    pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed') as Parameters<
      Status['addDetails']
    >[0],
  );
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(rpc.serializeBinary()));
  return metadata;
}
