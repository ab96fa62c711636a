import assert from 'node:assert/strict';
import {
  S3_ACCESS_PATH_ADMINISTRATION_ACTIONS,
  S3_BUCKET_ADMINISTRATION_ACTIONS,
  S3_DATA_CREDENTIAL_ACTIONS,
  S3_OBJECT_DATA_ACTIONS,
  S3_VECTORS_ADMINISTRATION_ACTIONS,
  S3_VECTORS_DATA_ACTIONS,
} from '../../../../contract/iam/actions';
import { many } from '../../../../contract/iam/document';
import type { PolicyDocument, Statement } from '../../../../contract/iam/document';
import { deploymentDocument } from '../../../../contract/iam/documents/deployment';
import { managementDocument } from '../../../../contract/iam/documents/management';
import { serviceAccessDocument } from '../../../../contract/iam/documents/service-access';
import { serviceBoundaryDocument } from '../../../../contract/iam/documents/service-boundary';
import { vectorAccessDocument } from '../../../../contract/iam/documents/vector-access';
import { ACME, PLACE, statement } from './documents';

const DATA: readonly string[] = [
  ...S3_OBJECT_DATA_ACTIONS,
  ...S3_DATA_CREDENTIAL_ACTIONS,
  ...S3_VECTORS_DATA_ACTIONS,
];
const ADMINISTRATION: readonly string[] = [
  ...S3_BUCKET_ADMINISTRATION_ACTIONS,
  ...S3_ACCESS_PATH_ADMINISTRATION_ACTIONS,
  ...S3_VECTORS_ADMINISTRATION_ACTIONS,
];

const statements = (document: PolicyDocument, effect: Statement['Effect']) =>
  many(document.Statement).filter((each) => each.Effect === effect);
const actions = (document: PolicyDocument, effect: Statement['Effect']) =>
  statements(document, effect).flatMap((each) => many(each.Action));

describe('the two layers', () => {
  const management = managementDocument(PLACE, ACME);
  const serviceAccess = serviceAccessDocument(PLACE, ACME);

  it('management allows no action on data and no wildcard that could become one', () => {
    const allowed = actions(management, 'Allow');
    assert.deepEqual(
      allowed.filter((action) => DATA.includes(action) || action.includes('*')),
      [],
    );
  });

  it('management denies all object data of the project, and all vector data', () => {
    const objects = statement(management, 'NoObjectData');
    assert.deepEqual(many(objects.Action), [...S3_OBJECT_DATA_ACTIONS]);
    assert.equal(objects.Resource, 'arn:aws:s3:::acme-*-vector-*/*');
    const vectors = statement(management, 'NoVectorData');
    assert.deepEqual(many(vectors.Action), [...S3_VECTORS_DATA_ACTIONS, ...S3_DATA_CREDENTIAL_ACTIONS]);
    assert.equal(vectors.Resource, '*');
  });

  it('management can do what the providers ask for: HeadBucket, Cloud Control, tags', () => {
    const allowed = actions(management, 'Allow');
    for (const action of [
      's3:CreateBucket',
      's3:ListBucket',
      's3:PutBucketTagging',
      's3:PutLifecycleConfiguration',
      's3vectors:CreateIndex',
      's3vectors:TagResource',
      's3vectors:ListVectorBuckets',
      'cloudformation:CreateResource',
      'cloudformation:GetResourceRequestStatus',
    ]) {
      assert.ok(allowed.includes(action), action);
    }
  });

  it('management of named environments reaches those and denies data in all', () => {
    const one = managementDocument(PLACE, { project: 'acme', environments: ['dev', 'test'] });
    assert.deepEqual(statement(one, 'EmbeddingBucketManagement').Resource, [
      'arn:aws:s3:::acme-dev-vector-*',
      'arn:aws:s3:::acme-test-vector-*',
    ]);
    assert.equal(statement(one, 'NoObjectData').Resource, 'arn:aws:s3:::acme-*-vector-*/*');
  });

  it('management allows nothing on every resource but what names none', () => {
    const everywhere = statements(management, 'Allow').filter((each) => many(each.Resource).includes('*'));
    assert.deepEqual(
      everywhere
        .flatMap((each) => many(each.Action))
        .filter((action) => !action.startsWith('cloudformation:')),
      ['s3vectors:ListVectorBuckets'],
    );
  });

  it('service access allows objects and listing only, and denies every kind of administration everywhere', () => {
    assert.deepEqual([...actions(serviceAccess, 'Allow')].sort(), [
      's3:DeleteObject',
      's3:GetBucketLocation',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
    assert.deepEqual([...actions(serviceAccess, 'Deny')].sort(), [...ADMINISTRATION].sort());
    for (const each of statements(serviceAccess, 'Deny')) assert.equal(each.Resource, '*');
  });

  it('what a service is given beside it holds no administration either', () => {
    const documents = [
      serviceBoundaryDocument(PLACE, ACME),
      vectorAccessDocument(PLACE, { vectorBucketName: 'acme-dev-vector-knowledge', write: true }),
    ];
    for (const document of documents) {
      const allowed = actions(document, 'Allow');
      assert.deepEqual(
        allowed.filter((action) => ADMINISTRATION.includes(action) || action.includes('*')),
        [],
      );
    }
  });

  it('the boundary allows everything that the runtime policies allow', () => {
    const within = actions(serviceBoundaryDocument(PLACE, ACME), 'Allow');
    const runtime = [
      ...actions(serviceAccess, 'Allow'),
      ...actions(vectorAccessDocument(PLACE, { vectorBucketName: 'a-b-vector-c', write: true }), 'Allow'),
    ];
    assert.deepEqual(
      runtime.filter((action) => !within.includes(action)),
      [],
    );
  });

  describe('deployment', () => {
    const deployment = deploymentDocument(PLACE, ACME);

    it('allows no action on data, never runs a function and never becomes a service role', () => {
      const allowed = actions(deployment, 'Allow');
      assert.deepEqual(
        allowed.filter((action) => DATA.includes(action) || action.includes('*')),
        [],
      );
      assert.deepEqual(many(statement(deployment, 'NoInvocation').Action), ['lambda:InvokeFunction*']);
      assert.deepEqual(statement(deployment, 'NoServiceRoleSession'), {
        Sid: 'NoServiceRoleSession',
        Effect: 'Deny',
        Action: 'sts:AssumeRole',
        Resource: 'arn:aws:iam::123456789012:role/acme-*-vector-*',
      });
    });

    it('makes and equips roles under the service boundary only', () => {
      const within = statement(deployment, 'ServiceRolesWithinBoundary');
      assert.deepEqual(within.Condition, {
        StringEquals: {
          'iam:PermissionsBoundary': 'arn:aws:iam::123456789012:policy/acme-s3-vector-service-boundary',
        },
      });
      const others = statements(deployment, 'Allow').filter((each) => each.Sid !== within.Sid);
      for (const action of [
        'iam:CreateRole',
        'iam:AttachRolePolicy',
        'iam:PutRolePolicy',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole',
        'iam:UpdateRoleDescription',
      ]) {
        assert.ok(many(within.Action).includes(action), action);
        assert.ok(!others.flatMap((each) => many(each.Action)).includes(action), action);
      }
      assert.ok(!actions(deployment, 'Allow').includes('iam:DeleteRolePermissionsBoundary'));
    });

    it('cannot touch what bootstrap made', () => {
      assert.deepEqual(statement(deployment, 'BootstrapStaysAsItIs'), {
        Sid: 'BootstrapStaysAsItIs',
        Effect: 'Deny',
        Action: 'iam:*',
        Resource: [
          'arn:aws:iam::123456789012:policy/acme-s3-vector-*',
          'arn:aws:iam::123456789012:policy/acme-bedrock-invocation',
          'arn:aws:iam::123456789012:role/acme-github-deployer',
        ],
      });
    });

    it('administers keys of the project only, and uses one through S3 Vectors only', () => {
      assert.deepEqual(statement(deployment, 'KeyAdministration').Condition, {
        StringEquals: { 'aws:ResourceTag/Project': 'acme' },
      });
      assert.deepEqual(statement(deployment, 'KeyUseAtCreation').Condition, {
        StringEquals: { 'kms:ViaService': ['s3vectors.us-east-1.amazonaws.com'] },
      });
    });
  });
});
