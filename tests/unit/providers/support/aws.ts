// The aws stand-in against the test run's ministack, and clients of the AWS SDK that look at what it did.
import assert from 'node:assert/strict';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { awsPackage } from '../../../../local/providers/aws/package';
import type { JsonObject } from '../../../../local/providers/plugin/property-wire';
import { ministack } from '../../../support/ministack';
import { Provider, UNKNOWN, type Resource } from './provider';

const REGION = 'us-east-1';
/** The first use may have to install ministack, in ms. */
const START_WITHIN = 300_000;

export interface Aws {
  readonly provider: Provider;
  readonly s3: S3;
  readonly iam: IAM;
  readonly kms: KMS;
  readonly lambda: Lambda;
}

/** Starts the stand-in before the tests of the surrounding `describe`. */
export function useAws(configuration: JsonObject = {}): () => Aws {
  let aws: Aws | undefined;
  before(async function () {
    this.timeout(START_WITHIN);
    const url = await ministack();
    const provider = await Provider.start(awsPackage, { AWS_ENDPOINT_URL: url, AWS_REGION: REGION });
    await provider.configure(configuration);
    const client = {
      endpoint: url,
      region: REGION,
      credentials: { accessKeyId: '000000000000', secretAccessKey: 'test' },
    };
    aws = {
      provider,
      s3: new S3({ ...client, forcePathStyle: true }),
      iam: new IAM(client),
      kms: new KMS(client),
      lambda: new Lambda(client),
    };
  });
  after(() => aws?.provider.stop());
  return () => {
    assert.ok(aws !== undefined);
    return aws;
  };
}

export interface Lifecycle {
  readonly args: JsonObject;
  /** What a create preview cannot know. */
  readonly unknown?: readonly string[];
  /** Looks at the service, independently of the stand-in. */
  readonly observe?: (id: string) => Promise<unknown>;
  readonly created?: unknown;
  readonly changed?: JsonObject;
  /** Paths with kinds. */
  readonly changes?: Record<string, string>;
  readonly updated?: unknown;
  /** Properties that the service never returns, so that an import cannot have them. */
  readonly unreadable?: readonly string[];
  /** Deleted resources of this type can still be read: the service always has such a configuration. */
  readonly staysReadable?: true;
}

/**
 * The life of one resource as the engine leads it: check, preview, create, no difference, refresh, import, update in
 * place, no difference again, delete, gone, and deleted once more without complaint.
 * @returns id and state after the creation
 */
export async function live(resource: Resource, life: Lifecycle): Promise<{ id: string; state: JsonObject }> {
  const inputs = await resource.checked(life.args);
  const preview = await resource.previewCreate(inputs);
  const unknown = Object.keys(preview).filter((name) => preview[name] === UNKNOWN);
  assert.deepEqual(unknown.sort(), [...(life.unknown ?? [])].sort(), 'unknown in the preview');

  const { id, state } = await resource.create(inputs);
  for (const [name, value] of Object.entries(preview)) {
    if (value !== UNKNOWN && name !== '__defaults')
      assert.deepEqual(state[name], value, `${name} as previewed`);
  }
  if (life.observe !== undefined) assert.deepEqual(await life.observe(id), life.created);

  const again = await resource.checked(life.args, inputs);
  assert.deepEqual(again, inputs, 'inputs are stable');
  assert.deepEqual((await resource.diff(state, again, inputs)).detailed, {}, 'no change after the creation');
  const refreshed = await resource.read(id, state, inputs);
  assert.deepEqual(refreshed, { id, state, inputs }, 'refreshed');

  const imported = await resource.read(id);
  assert.equal(imported.id, id);
  const unread = Object.fromEntries((life.unreadable ?? []).map((name) => [name, life.args[name] ?? null]));
  const adopted = await resource.checked({ ...imported.inputs, ...unread });
  assert.deepEqual(
    Object.keys((await resource.diff(imported.state, adopted, imported.inputs)).detailed),
    Object.keys(unread),
    'imported',
  );

  let last = state;
  if (life.changed !== undefined) {
    const news = await resource.checked(life.changed, inputs);
    const { detailed, replaces } = await resource.diff(state, news, inputs);
    assert.deepEqual(detailed, life.changes);
    assert.deepEqual(replaces, []);
    last = await resource.update(id, state, news, inputs);
    if (life.observe !== undefined) assert.deepEqual(await life.observe(id), life.updated);
    assert.deepEqual((await resource.diff(last, news, news)).detailed, {}, 'no change after the update');
  }

  await resource.delete(id, last);
  if (life.staysReadable !== true) {
    assert.deepEqual(await resource.read(id, last, inputs), { id: '', state: {}, inputs: {} });
  }
  await resource.delete(id, last);
  return { id, state };
}
