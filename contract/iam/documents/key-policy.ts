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
  const { userArns = [] } = options;
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
