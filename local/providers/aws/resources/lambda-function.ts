// aws.lambda.Function: code from an archive of the program, zipped here. Everything that a local Lambda does not
// have (containers, layers, VPCs, versions) is refused.
import { readFile } from 'node:fs/promises';
import type { FunctionArgs, FunctionState } from '@pulumi/aws/lambda/function';
import type { FunctionConfiguration, Lambda } from '@aws-sdk/client-lambda';
import { isError, unlessError } from '../../plugin/aws-clients';
import { filesOf, singleFile } from '../../plugin/archive/files';
import { zip } from '../../plugin/archive/zip';
import { isArchive, type Archive } from '../../plugin/property-value';
import { archive, boolean, list, map, number, object, refused, string } from '../../plugin/shape';
import { bridged, type Inputs } from '../bridged';

const GONE = ['ResourceNotFoundException'];
/** How long a new role may take until Lambda can assume it. */
const ROLE_WAIT_MS = 30_000;
const ROLE_PAUSE_MS = 1_000;
/** How long a function may take to become active or to finish an update. */
const READY_WAIT_MS = 120_000;
const READY_PAUSE_MS = 200;

export const lambdaFunction = bridged<FunctionArgs, FunctionState>({
  token: 'aws:lambda/function:Function',
  source: 'terraform-provider-aws internal/service/lambda/function.go',
  inputs: {
    architectures: list(string({ oneOf: ['x86_64', 'arm64'] }), { computed: true }),
    capacityProviderConfig: refused(),
    code: archive({ unread: true }),
    codeSha256: refused(),
    codeSigningConfigArn: refused(),
    deadLetterConfig: refused(),
    description: string(),
    durableConfig: refused(),
    environment: object({ variables: map(string()) }),
    ephemeralStorage: object({ size: number({ computed: true, range: [512, 10240] }) }, { computed: true }),
    fileSystemConfig: refused(),
    handler: string(),
    imageConfig: refused(),
    imageUri: refused('code'),
    kmsKeyArn: refused(),
    layers: refused(),
    loggingConfig: refused(),
    memorySize: number({ default: 128, range: [128, 10240] }),
    name: string({ replaces: true }),
    packageType: string({ default: 'Zip', oneOf: ['Zip'], replaces: true }),
    publish: boolean({ default: false }),
    publishTo: refused(),
    region: string({ computed: true, replaces: true }),
    replaceSecurityGroupsOnDestroy: refused(),
    replacementSecurityGroupIds: refused(),
    reservedConcurrentExecutions: refused(),
    role: string({ required: true }),
    runtime: string(),
    s3Bucket: refused('code'),
    s3Key: refused('code'),
    s3ObjectVersion: refused('code'),
    skipDestroy: refused(),
    snapStart: refused(),
    sourceCodeHash: refused('code alone: its hash is found out'),
    sourceKmsKeyArn: refused(),
    tags: map(string()),
    tenancyConfig: refused(),
    timeout: number({ default: 3, range: [1, 900] }),
    tracingConfig: refused(),
    useResourceTimeoutForPropagation: refused(),
    vpcConfig: refused(),
  },
  outputs: [
    'arn',
    'codeSha256',
    'invokeArn',
    'lastModified',
    'qualifiedArn',
    'sourceCodeHash',
    'sourceCodeSize',
    'tagsAll',
    'version',
  ],
  autoName: { property: 'name', rule: { longest: 64 } },
  validate: ({ code, handler, runtime, publish }) => [
    ...(code === undefined ? [{ property: 'code', reason: 'missing required property' }] : []),
    ...(handler === undefined ? [{ property: 'handler', reason: 'missing: a zip package needs it' }] : []),
    ...(runtime === undefined ? [{ property: 'runtime', reason: 'missing: a zip package needs it' }] : []),
    ...(publish === true
      ? [{ property: 'publish', reason: 'the local stand-in publishes no versions; leave it false' }]
      : []),
  ],
  recomputed: (changes) => {
    const codeChanged = [...changes.keys()].some((path) => path.startsWith('code'));
    return codeChanged
      ? ['codeSha256', 'lastModified', 'sourceCodeHash', 'sourceCodeSize']
      : ['lastModified'];
  },

  async create({ aws, region }, inputs, tags, made) {
    const lambda = await aws.lambda(region);
    const ZipFile = await packageOf(inputs.code);
    const name = inputs.name ?? '';
    await onceRoleWorks(() =>
      lambda.createFunction({ ...settingsOf(name, inputs), Code: { ZipFile }, Tags: { ...tags } }),
    );
    made(name);
    await ready(lambda, name);
  },

  async read({ aws, region }, id) {
    const lambda = await aws.lambda(region);
    const found = await unlessError(GONE, () => lambda.getFunction({ FunctionName: id }));
    const configuration = found?.Configuration;
    if (configuration?.FunctionArn === undefined) return undefined;
    const arn = configuration.FunctionArn;
    const { Variables } = configuration.Environment ?? {};
    return {
      architectures: configuration.Architectures,
      arn,
      codeSha256: configuration.CodeSha256,
      description: configuration.Description,
      environment: Variables === undefined ? undefined : { variables: Variables },
      ephemeralStorage: configuration.EphemeralStorage && { size: configuration.EphemeralStorage.Size },
      handler: configuration.Handler,
      invokeArn: `arn:${aws.partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
      lastModified: configuration.LastModified,
      memorySize: configuration.MemorySize,
      name: configuration.FunctionName,
      packageType: configuration.PackageType,
      publish: false,
      qualifiedArn: `${arn}:${configuration.Version ?? '$LATEST'}`,
      role: configuration.Role,
      runtime: configuration.Runtime,
      sourceCodeHash: configuration.CodeSha256,
      sourceCodeSize: configuration.CodeSize,
      tagsAll: found?.Tags ?? {},
      timeout: configuration.Timeout,
      version: configuration.Version,
    };
  },

  async update({ aws, region }, id, news, state, tags) {
    const lambda = await aws.lambda(region);
    const architectures = news.architectures ?? state.architectures;
    const before = state.code;
    if (
      before?.hash === undefined ||
      before.hash !== news.code?.hash ||
      architectures?.[0] !== state.architectures?.[0]
    ) {
      await lambda.updateFunctionCode({
        FunctionName: id,
        ZipFile: await packageOf(news.code),
        Architectures: architectures as 'arm64'[] | undefined,
      });
      await ready(lambda, id);
    }
    await onceRoleWorks(() => lambda.updateFunctionConfiguration(settingsOf(id, news)));
    const { Configuration } = await ready(lambda, id);
    const at = { Resource: Configuration.FunctionArn };
    if (Object.keys(tags.set).length > 0) await lambda.tagResource({ ...at, Tags: { ...tags.set } });
    if (tags.remove.length > 0) await lambda.untagResource({ ...at, TagKeys: tags.remove });
  },

  async delete({ aws, region }, id) {
    const lambda = await aws.lambda(region);
    await unlessError(GONE, () => lambda.deleteFunction({ FunctionName: id }));
  },
});

function settingsOf(name: string, inputs: Inputs<FunctionArgs>) {
  return {
    FunctionName: name,
    Architectures: inputs.architectures as 'arm64'[] | undefined,
    Description: inputs.description ?? '',
    Environment: { Variables: inputs.environment?.variables ?? {} },
    EphemeralStorage: inputs.ephemeralStorage && { Size: inputs.ephemeralStorage.size },
    Handler: inputs.handler,
    MemorySize: inputs.memorySize,
    Role: inputs.role,
    Runtime: inputs.runtime as 'nodejs20.x' | undefined,
    Timeout: inputs.timeout,
  };
}

/** The bytes of the deployment package: a .zip as it is, anything else zipped. */
async function packageOf(code: Archive | undefined): Promise<Buffer> {
  if (!isArchive(code)) throw new Error('code is not known');
  const file = await singleFile(code);
  if (file === undefined) return zip(await filesOf(code));
  if (!file.endsWith('.zip') && !file.endsWith('.jar')) {
    throw new Error(`${file}: the local stand-in takes a folder or a .zip file as code`);
  }
  return readFile(file);
}

/** A role that was made a moment ago may not be assumable yet; anything else is an error at once. */
async function onceRoleWorks<T>(call: () => Promise<T>): Promise<T> {
  const until = Date.now() + ROLE_WAIT_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const roleNotYet =
        isError(error, 'InvalidParameterValueException') && /assumed|role/i.test((error as Error).message);
      if (!roleNotYet || Date.now() > until) throw error;
      await pause(ROLE_PAUSE_MS);
    }
  }
}

/** Waits until the function is active and its last update is through. */
async function ready(lambda: Lambda, name: string): Promise<{ Configuration: FunctionConfiguration }> {
  const until = Date.now() + READY_WAIT_MS;
  for (;;) {
    const found = await lambda.getFunctionConfiguration({ FunctionName: name });
    const { State, StateReason, LastUpdateStatus, LastUpdateStatusReason } = found;
    if (State === 'Failed' || LastUpdateStatus === 'Failed') {
      throw new Error(`the function failed: ${String(StateReason ?? LastUpdateStatusReason)}`);
    }
    if (State !== 'Pending' && LastUpdateStatus !== 'InProgress') return { Configuration: found };
    if (Date.now() > until) {
      throw new Error(`the function is still ${String(State)} after ${String(READY_WAIT_MS / 1000)} s`);
    }
    await pause(READY_PAUSE_MS);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
