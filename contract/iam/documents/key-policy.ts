// Who may administer and use an environment's key. Administration and use are apart: the account's IAM policies
// decide about administration, and use is possible through S3 and S3 Vectors only.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import { policyDocument } from '../document';
import type { PolicyDocument, Principal, Statement } from '../document';
import { viaStorageServices } from './key-use';

/**
 * What administers a key and neither encrypts nor decrypts, nor hands that on (`kms:CreateGrant` would).
 * Source: KMS Developer Guide, "Default key policy".
 */
const KEY_ADMINISTRATION_ACTIONS = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListAliases',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
] as const;

export interface KeyPolicyOptions {
  /** ARNs of principals that use the key through S3 and S3 Vectors without an IAM policy of their own; also of other accounts. */
  readonly userArns?: readonly string[] | undefined;
  /** ARNs of principals that administer the key without an IAM policy of their own; also of other accounts. */
  readonly administratorArns?: readonly string[] | undefined;
}

/** IAM User Guide, "AWS JSON policy elements: Principal". */
const PRINCIPAL_ARN =
  /^arn:aws[a-z-]*:(?:iam::[0-9]{12}:(?:root|(?:role|user)\/[\w+=,.@/-]+)|sts::[0-9]{12}:assumed-role\/[\w+=,.@/-]+)$/;

/** Every reason why these principals cannot stand in a key policy, administrators and users apart; empty when they can. */
export function keyPrincipalProblems({ userArns = [], administratorArns = [] }: KeyPolicyOptions): string[] {
  const noPrincipals = (
    [
      ['userArns', userArns],
      ['administratorArns', administratorArns],
    ] as const
  ).flatMap(([input, arns]) =>
    arns
      .filter((principal) => !PRINCIPAL_ARN.test(principal))
      .map(
        (principal) =>
          `${input}: "${principal}" must be the ARN of a role, a user or an account's root, for example ` +
          '"arn:aws:iam::123456789012:role/reader".',
      ),
  );
  const both = administratorArns
    .filter((principal) => userArns.includes(principal))
    .map(
      (principal) =>
        `"${principal}" is among administratorArns and userArns; who administers does not decrypt.`,
    );
  return [...noPrincipals, ...both];
}

/**
 * The key policy. Its grant to `indexing.s3vectors.amazonaws.com` is what S3 Vectors needs to build and
 * maintain indexes; without it the creation of a vector bucket with the key is refused ("Insufficient access to
 * perform asynchronous indexing"). Source: S3 User Guide, "Data protection and encryption in S3 Vectors".
 */
export function keyPolicyDocument(place: Place, options: KeyPolicyOptions = {}): PolicyDocument {
  const account: Principal = { AWS: arn.accountRoot(place) };
  const statements: Statement[] = [
    {
      Sid: 'AccountAdministration',
      Effect: 'Allow',
      Principal: account,
      Action: [...KEY_ADMINISTRATION_ACTIONS],
      Resource: '*',
    },
    {
      Sid: 'UseThroughStorageServices',
      Effect: 'Allow',
      Principal: account,
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: viaStorageServices(place),
    },
    {
      Sid: 'S3VectorsIndexing',
      Effect: 'Allow',
      Principal: { Service: 'indexing.s3vectors.amazonaws.com' },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: {
        StringEquals: { 'aws:SourceAccount': place.accountId },
        ArnLike: { 'aws:SourceArn': arn.vectorBucket(place, '*') },
        'ForAnyValue:StringEquals': {
          'kms:EncryptionContextKeys': ['aws:s3vectors:arn', 'aws:s3vectors:resource-id'],
        },
      },
    },
  ];
  const { userArns = [], administratorArns = [] } = options;
  if (administratorArns.length > 0) {
    statements.push({
      Sid: 'NamedAdministrators',
      Effect: 'Allow',
      Principal: { AWS: administratorArns },
      Action: [...KEY_ADMINISTRATION_ACTIONS],
      Resource: '*',
    });
  }
  if (userArns.length > 0) {
    statements.push({
      Sid: 'NamedUsers',
      Effect: 'Allow',
      Principal: { AWS: userArns },
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: viaStorageServices(place),
    });
  }
  return policyDocument(...statements);
}
