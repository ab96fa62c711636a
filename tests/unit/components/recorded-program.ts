// Runs a piece of a Pulumi program against mocks and records what the engine would be asked for: every resource
// with its exact inputs, its parent, its protection and its hooks.
import * as pulumi from '@pulumi/pulumi';
import type { RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb';
import * as runtime from '@pulumi/pulumi/runtime';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks';
import type { Place } from '../../../contract/arns';

export interface Recorded {
  readonly type: string;
  readonly name: string;
  /** Inputs as the engine gets them; those that are not known yet hold `UNKNOWN`. */
  readonly inputs: Record<string, unknown>;
  /** Names of the inputs that the engine is told to keep secret, wholly or in a part. */
  readonly secretInputs: readonly string[];
  /** Name of the parent; empty at the top. */
  readonly parent: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Names of the resources that were waited for explicitly or through an input. */
  readonly dependencies: readonly string[];
  readonly beforeUpdateHooks: readonly string[];
  /** Earlier names of the resource that the engine is told; those of a parent reach its children in the engine. */
  readonly earlierNames: readonly string[];
  /** Id of what exists and is taken over; empty where the resource is to be created. */
  readonly importId: string;
}

/** What stands for an input that is not known yet. */
export const UNKNOWN: unknown = pulumi.unknown;

export interface Run<T> {
  readonly result: T;
  readonly resources: readonly Recorded[];
  /** The resource of a name; fails when there is none. */
  named(name: string): Recorded;
  /** Names of all resources of a type. */
  namesOf(type: string): string[];
}

export interface Settings {
  /** As at the first `pulumi preview`: what a resource computes is unknown. Default: false. */
  readonly preview?: boolean;
  readonly project?: string;
  readonly stack?: string;
  readonly config?: Readonly<Record<string, string>>;
  /** Keys of `config` that are secrets, with their namespaces. */
  readonly secretConfig?: readonly string[];
  /** Where explicit AWS providers work, by their logical name; others work in `PLACE`. */
  readonly places?: Readonly<Record<string, Place>>;
  /** Region of aws-native. Default: that of the AWS provider. */
  readonly nativeRegion?: string;
  /** Outputs of referenced stacks by full name. */
  readonly stacks?: Readonly<Record<string, unknown>>;
}

const NATIVE_REGION = 'aws-native:index:getRegion';

type Done = (error: Error | null, response: unknown) => void;

export const PLACE = { partition: 'aws', region: 'us-east-1', accountId: '123456789012' } as const;

export async function record<T>(program: () => T, settings: Settings = {}): Promise<Run<Awaited<T>>> {
  const { project = 'project', stack = 'stack', preview = false } = settings;
  const inputs = new Map<string, Record<string, unknown>>();
  const requests: RegisterResourceRequest[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs: given }) => {
        const values = given as Record<string, unknown>;
        inputs.set(`${type}::${name}`, values);
        if (type === 'pulumi:pulumi:StackReference') {
          return { id: name, state: { ...values, outputs: settings.stacks?.[String(values['name'])] } };
        }
        return {
          id: preview ? undefined : `${name}-id`,
          state: { ...values, ...(preview ? {} : computedOutputs(type, name, values)) },
        };
      },
      call: ({ token, provider }) =>
        token === NATIVE_REGION && settings.nativeRegion !== undefined
          ? { region: settings.nativeRegion }
          : answers(token, settings.places?.[provider?.split('::').at(-2) ?? ''] ?? PLACE),
    },
    project,
    stack,
    preview,
    'organization',
  );
  runtime.setAllConfig({ ...settings.config }, [...(settings.secretConfig ?? [])]);

  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const register = MockMonitor.prototype.registerResource;
  // Pulumi's mock monitor knows no hooks; with this it takes them as the engine does.
  const hooks = MockMonitor.prototype as { registerResourceHook?: (_: unknown, done: Done) => void };
  hooks.registerResourceHook = (_, done) => done(null, {});
  MockMonitor.prototype.registerResource = function (request, callback) {
    requests.push(request as RegisterResourceRequest);
    return register.call(this, request, callback);
  };
  try {
    const result = await program();
    await runtime.disconnect();
    const resources = requests.map((request) => recorded(request, inputs));
    return {
      result,
      resources,
      namesOf: (type) => resources.filter((each) => each.type === type).map(({ name }) => name),
      named(name) {
        const found = resources.find((each) => each.name === name);
        if (found !== undefined) return found;
        throw new Error(`no "${name}" among ${resources.map((each) => each.name).join(', ')}`);
      },
    };
  } finally {
    MockMonitor.prototype.registerResource = register;
    delete hooks.registerResourceHook;
  }
}

/** The value of an output that is known. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

function recorded(
  request: RegisterResourceRequest,
  inputs: ReadonlyMap<string, Record<string, unknown>>,
): Recorded {
  const [type, name] = [request.getType(), request.getName()];
  return {
    type,
    name,
    inputs: inputs.get(`${type}::${name}`) ?? {},
    secretInputs: secretsIn(request),
    parent: nameOf(request.getParent()),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    dependencies: request.getDependenciesList().map(nameOf),
    beforeUpdateHooks: request.getHooks()?.getBeforeUpdateList() ?? [],
    earlierNames: request.getAliasesList().map((alias) => alias.getSpec()?.getName() ?? alias.getUrn()),
    importId: request.getImportid(),
  };
}

/** Pulumi's mark of a secret on the wire (SDK, `runtime/rpc`, `specialSigKey` and `specialSecretSig`). */
const SECRET = '"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270"';

function secretsIn(request: RegisterResourceRequest): string[] {
  const inputs = request.getObject()?.toJavaScript() ?? {};
  return Object.keys(inputs).filter((name) => JSON.stringify(inputs[name]).includes(SECRET));
}

function nameOf(urn: string): string {
  return urn.split('::').at(-1) ?? '';
}

function computedOutputs(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
): Record<string, unknown> {
  const { region, accountId } = PLACE;
  switch (type) {
    case 'aws-native:s3vectors:VectorBucket':
      return {
        vectorBucketArn: `arn:aws:s3vectors:${region}:${accountId}:bucket/${String(inputs['vectorBucketName'])}`,
      };
    case 'aws-native:s3vectors:Index':
      return {
        indexArn:
          `arn:aws:s3vectors:${region}:${accountId}:bucket/${String(inputs['vectorBucketName'])}` +
          `/index/${String(inputs['indexName'])}`,
      };
    case 'aws:kms/key:Key':
      return { keyId: `${name}-key`, arn: `arn:aws:kms:${region}:${accountId}:key/${name}-key` };
    case 'aws:s3/bucket:Bucket':
      return { arn: `arn:aws:s3:::${String(inputs['bucket'])}` };
    case 'aws:iam/policy:Policy':
      return { arn: `arn:aws:iam::${accountId}:policy/${String(inputs['name'])}` };
    case 'aws:iam/role:Role':
      return { arn: `arn:aws:iam::${accountId}:role/${String(inputs['name'])}` };
    case 'aws:lambda/function:Function':
      return { arn: `arn:aws:lambda:${region}:${accountId}:function:${String(inputs['name'])}` };
    default:
      return {};
  }
}

function answers(token: string, place: Place): Record<string, unknown> {
  switch (token) {
    case 'aws:index/getPartition:getPartition':
      return { partition: place.partition, dnsSuffix: 'amazonaws.com' };
    case 'aws:index/getRegion:getRegion':
    case NATIVE_REGION:
      return { region: place.region };
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return { accountId: place.accountId };
    default:
      throw new Error(`the test knows no function ${token}`);
  }
}
