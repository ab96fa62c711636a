// What a deployer needs beside the management policy so that `pulumi up` of storage and service succeeds: keys,
// managed policies, service roles and functions, all within the project's names. No data, and no way to it:
// a role can be made only under the service boundary, and what bootstrap made cannot be touched.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import { bucketNamePattern, deployerRoleName, keyAlias, policyName } from '../../names';
import { policyDocument } from '../document';
import type { OneOrMany, PolicyDocument } from '../document';
import { viaStorageServices } from './key-use';
import { namePatterns } from './name-patterns';
import type { Scope } from './name-patterns';
import { SERVICE_PRINCIPALS } from './service-trust';

/** The tags by which the deployer's rights over a key are limited: a key has no name to be written against. */
export const KEY_PROJECT_TAG = 'Project';
export const KEY_ENVIRONMENT_TAG = 'Environment';

/**
 * The document of `${project}-s3-vector-deployment`.
 * @param deployer ARN of the deployer's role, which may not change itself; of the one that bootstrap makes by default.
 */
export function deploymentDocument(
  place: Place,
  scope: Scope,
  deployer = arn.role(place, deployerRoleName(scope.project)),
): PolicyDocument {
  const { project, environments = [] } = scope;
  const patterns = namePatterns(scope);
  const keys = `arn:${place.partition}:kms:${place.region}:${place.accountId}:key/*`;
  const roles = patterns.map((pattern) => arn.role(place, pattern));
  const boundary = arn.managedPolicy(place, policyName.serviceBoundary(project));
  return policyDocument(
    {
      Sid: 'KeyCreation',
      Effect: 'Allow',
      Action: ['kms:CreateKey', 'kms:TagResource'],
      Resource: '*',
      Condition: {
        StringEquals: keyTags('aws:RequestTag', scope),
        // A new key has no tags yet. Without this, a key of another project could be made ours by tagging it.
        Null: { [`aws:ResourceTag/${KEY_PROJECT_TAG}`]: 'true' },
      },
    },
    {
      Sid: 'KeyAdministration',
      Effect: 'Allow',
      Action: [
        'kms:CreateAlias',
        'kms:DeleteAlias',
        'kms:DescribeKey',
        'kms:EnableKeyRotation',
        'kms:GetKeyPolicy',
        'kms:GetKeyRotationStatus',
        'kms:ListResourceTags',
        'kms:PutKeyPolicy',
        'kms:ScheduleKeyDeletion',
        'kms:TagResource',
        'kms:UntagResource',
        'kms:UpdateAlias',
        'kms:UpdateKeyDescription',
      ],
      Resource: keys,
      Condition: { StringEquals: keyTags('aws:ResourceTag', scope) },
    },
    {
      Sid: 'KeyAliases',
      Effect: 'Allow',
      Action: ['kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias'],
      Resource: (environments.length === 0 ? ['*'] : environments).map(
        (environment) =>
          `arn:${place.partition}:kms:${place.region}:${place.accountId}:${keyAlias(project, environment)}`,
      ),
    },
    { Sid: 'KeyAliasListing', Effect: 'Allow', Action: 'kms:ListAliases', Resource: '*' },
    {
      // S3 Vectors tries the key in the caller's name when a bucket or an index is created with it.
      Sid: 'KeyUseAtCreation',
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: keys,
      Condition: viaStorageServices(place, ['s3vectors']),
    },
    {
      Sid: 'ManagedPolicies',
      Effect: 'Allow',
      Action: [
        'iam:CreatePolicy',
        'iam:CreatePolicyVersion',
        'iam:DeletePolicy',
        'iam:DeletePolicyVersion',
        'iam:GetPolicy',
        'iam:GetPolicyVersion',
        'iam:ListPolicyTags',
        'iam:ListPolicyVersions',
        'iam:TagPolicy',
        'iam:UntagPolicy',
      ],
      Resource: patterns.map((pattern) => arn.managedPolicy(place, pattern)),
    },
    {
      Sid: 'ServiceRoles',
      Effect: 'Allow',
      Action: [
        'iam:DeleteRole',
        'iam:GetRole',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListInstanceProfilesForRole',
        'iam:ListRolePolicies',
        'iam:ListRoleTags',
        'iam:TagRole',
        'iam:UntagRole',
      ],
      Resource: roles,
    },
    {
      // Also what changes a role and whom it trusts: one of these names may have been made without the boundary.
      Sid: 'ServiceRolesWithinBoundary',
      Effect: 'Allow',
      Action: [
        'iam:AttachRolePolicy',
        'iam:CreateRole',
        'iam:DeleteRolePolicy',
        'iam:DetachRolePolicy',
        'iam:PutRolePermissionsBoundary',
        'iam:PutRolePolicy',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole',
        'iam:UpdateRoleDescription',
      ],
      Resource: roles,
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    },
    {
      Sid: 'ServiceRolePassing',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: roles,
      Condition: { StringEquals: { 'iam:PassedToService': Object.values(SERVICE_PRINCIPALS) } },
    },
    {
      Sid: 'Functions',
      Effect: 'Allow',
      Action: [
        'lambda:CreateFunction',
        'lambda:DeleteFunction',
        'lambda:GetFunction',
        'lambda:GetFunctionCodeSigningConfig',
        'lambda:GetFunctionConfiguration',
        'lambda:ListTags',
        'lambda:ListVersionsByFunction',
        'lambda:TagResource',
        'lambda:UntagResource',
        'lambda:UpdateFunctionCode',
        'lambda:UpdateFunctionConfiguration',
      ],
      Resource: patterns.map((pattern) => arn.lambdaFunction(place, pattern)),
    },
    {
      Sid: 'BootstrapStaysAsItIs',
      Effect: 'Deny',
      Action: 'iam:*',
      Resource: [
        arn.managedPolicy(place, `${project}-s3-vector-*`),
        arn.managedPolicy(place, policyName.bedrockInvocation(project)),
        deployer,
      ],
    },
    // Calling the function would read data with the function's rights.
    { Sid: 'NoInvocation', Effect: 'Deny', Action: 'lambda:InvokeFunction*', Resource: '*' },
    {
      // A role that the deployer makes may trust it, and in one account that allows by itself: only a deny stands above
      // it. Roles of the project and no others, because an adopted deployer may go on to roles that its owner gave it.
      // AssumeRoleWithWebIdentity and -SAML are called without credentials of AWS, so no caller's policy could forbid
      // them; a role's session cannot call GetSessionToken and GetFederationToken.
      // Source: STS API reference, AssumeRole; IAM User Guide, "Compare AWS STS credentials".
      Sid: 'NoServiceRoleSession',
      Effect: 'Deny',
      Action: 'sts:AssumeRole',
      Resource: arn.role(place, bucketNamePattern(project)),
    },
  );
}

/** The tags of a key of the project, and of its environments where some are named. */
function keyTags(
  of: 'aws:RequestTag' | 'aws:ResourceTag',
  { project, environments = [] }: Scope,
): Readonly<Record<string, OneOrMany<string>>> {
  return {
    [`${of}/${KEY_PROJECT_TAG}`]: project,
    ...(environments.length === 0 ? {} : { [`${of}/${KEY_ENVIRONMENT_TAG}`]: environments }),
  };
}
