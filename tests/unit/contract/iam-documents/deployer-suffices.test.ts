// The deployer's policies against everything that the published aws provider calls for what storage and service deploy,
// by name and with the conditions that the policies make. What the local stand-in calls is recorded and judged by
// tests/engine/permissions.test.ts.
import assert from 'node:assert/strict';
import { arn } from '../../../../contract/arns';
import { deploymentDocument } from '../../../../contract/iam/documents/deployment';
import type { Scope } from '../../../../contract/iam/documents/name-patterns';
import { keyPolicyDocument } from '../../../../contract/iam/documents/key-policy';
import { managementDocument } from '../../../../contract/iam/documents/management';
import { many } from '../../../../contract/iam/document';
import { evaluate, type Decision } from '../../../../contract/iam/evaluator/evaluate';
import type { NamedDocument } from '../../../../contract/iam/evaluator/statement-reference';
import { bucketName, deployerRoleName, keyAlias, policyName, serviceName } from '../../../../contract/names';
import { permissionsOf } from '../../../support/permissions-of-call';
import { REAL_PROVIDER_CALLS, type ProviderCalls } from '../../../support/real-provider-calls';

const place = { partition: 'aws', region: 'us-east-1', accountId: '123456789012' };
const PROJECT = 'acme';
const ENVIRONMENT = 'prod';
const boundary = arn.managedPolicy(place, policyName.serviceBoundary(PROJECT));
const keyArn = `arn:aws:kms:us-east-1:${place.accountId}:key/1234`;
const roleName = serviceName(PROJECT, ENVIRONMENT);
/** As EncryptionKey sets them. */
const KEY_TAGS = { Project: PROJECT, Environment: ENVIRONMENT };
const caller = {
  kind: 'aws',
  arn: `arn:aws:sts::${place.accountId}:assumed-role/${deployerRoleName(PROJECT)}/run`,
} as const;

const policiesOf = (scope: Scope): readonly NamedDocument[] => [
  { name: 'management', document: managementDocument(place, scope) },
  { name: 'deployment', document: deploymentDocument(place, scope) },
];
const POLICIES = policiesOf({ project: PROJECT });
const SCOPES: Readonly<Record<string, readonly NamedDocument[]>> = {
  'all environments': POLICIES,
  'named environments': policiesOf({ project: PROJECT, environments: ['dev', ENVIRONMENT] }),
};

/** The inputs by which a provider names our resources, with the tags and the boundary that the stacks give. */
function inputOf(call: string): Record<string, unknown> {
  const [service = '', operation = ''] = call.split('.');
  const tags = [{ Key: 'Project', Value: PROJECT }];
  const bucket = bucketName({ project: PROJECT, environment: ENVIRONMENT, purpose: 'documents' });
  switch (service) {
    case 'S3':
      return {
        Bucket: bucket,
        ...(operation === 'CreateBucket' ? { CreateBucketConfiguration: { Tags: tags } } : {}),
      };
    case 'S3Control':
      return { ResourceArn: arn.bucket(place, bucket) };
    case 'S3Vectors':
      return {
        vectorBucketArn: arn.vectorBucket(
          place,
          bucketName({ project: PROJECT, environment: ENVIRONMENT, purpose: 'knowledge' }),
        ),
      };
    case 'Lambda':
      return {
        FunctionName: roleName,
        ...(operation === 'CreateFunction'
          ? { Role: arn.role(place, roleName), Tags: { Project: PROJECT } }
          : {}),
        ...(operation === 'UpdateFunctionConfiguration' ? { Role: arn.role(place, roleName) } : {}),
      };
    case 'KMS':
      if (operation === 'CreateKey') {
        return { Tags: Object.entries(KEY_TAGS).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) };
      }
      return /Alias$/.test(operation)
        ? { AliasName: keyAlias(PROJECT, ENVIRONMENT), TargetKeyId: '1234' }
        : { KeyId: '1234' };
    default:
      if (/Role/.test(operation)) {
        return operation === 'CreateRole'
          ? { RoleName: roleName, PermissionsBoundary: boundary, Tags: tags }
          : { RoleName: roleName };
      }
      return operation === 'CreatePolicy'
        ? { PolicyName: policyName.vectorAccess(PROJECT, ENVIRONMENT, 'knowledge'), Tags: tags }
        : { PolicyArn: arn.managedPolicy(place, policyName.vectorAccess(PROJECT, ENVIRONMENT, 'knowledge')) };
  }
}

function callsOf({ create, read, update, delete: remove }: ProviderCalls): string[] {
  return [...create, ...read, ...update, ...remove];
}

interface Judgement {
  readonly permission: string;
  readonly decision: Decision;
}

function judged(call: string, policies = POLICIES): Judgement[] {
  const [service = '', operation = ''] = call.split('.');
  const needed = permissionsOf(
    { service, operation, input: inputOf(call) },
    {
      place,
      boundaryOf: () => boundary,
      key: () => ({
        arn: keyArn,
        tags: KEY_TAGS,
        policy: { name: 'the key policy', document: keyPolicyDocument(place) },
      }),
    },
  );
  return needed.map(({ action, resource, context, resourcePolicies }) => ({
    permission: `${action} on ${resource}`,
    decision: evaluate(
      { caller, action, resource, context },
      { identity: policies, resource: resourcePolicies },
    ),
  }));
}

describe('the deployer role suffices for', () => {
  for (const [type, calls] of Object.entries(REAL_PROVIDER_CALLS)) {
    for (const [scope, policies] of Object.entries(SCOPES)) {
      it(`everything that the published provider calls for ${type}, with the rights over ${scope}`, () => {
        const missing = callsOf(calls)
          .flatMap((call) => judged(call, policies))
          .filter(({ decision }) => decision.outcome !== 'allowed')
          .map(({ permission, decision }) => `${permission}: ${decision.why}`);
        assert.deepEqual(missing, []);
      });
    }
  }

  it('nothing without one of its statements: each action that is called is missed when it is taken away', () => {
    const called = new Set(
      Object.values(REAL_PROVIDER_CALLS)
        .flatMap((calls) => callsOf(calls))
        .flatMap((call) => judged(call).map(({ permission }) => permission.split(' ')[0] ?? '')),
    );
    for (const action of called) {
      const without = POLICIES.map(({ name, document }) => ({
        name,
        document: {
          ...document,
          Statement: many(document.Statement).map((statement) => ({
            ...statement,
            Action: many(statement.Action).filter((written) => written !== action),
          })),
        },
      }));
      const noticed = Object.values(REAL_PROVIDER_CALLS)
        .flatMap((calls) => callsOf(calls))
        .some((call) => judged(call, without).some(({ decision }) => decision.outcome !== 'allowed'));
      assert.ok(noticed, `${action} could be taken from the deployer, and nothing would notice`);
    }
  });

  it('no key of another project: it can be neither administered nor made our own by tagging it', () => {
    const others = { 'aws:ResourceTag/Project': 'other' };
    for (const [action, context] of [
      ['kms:PutKeyPolicy', others],
      ['kms:ScheduleKeyDeletion', others],
      ['kms:TagResource', { ...others, 'aws:RequestTag/Project': PROJECT }],
    ] as const) {
      const { outcome } = evaluate(
        { caller, action, resource: keyArn, context },
        { identity: POLICIES, resource: [{ name: 'the key policy', document: keyPolicyDocument(place) }] },
      );
      assert.equal(outcome, 'implicitlyDenied', action);
    }
  });
});
