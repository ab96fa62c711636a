// The condition keys that a request of this service carries.
// Sources: IAM User Guide, "AWS global condition context keys"; Service Authorization Reference of S3 Vectors; KMS
// Developer Guide, "AWS KMS condition keys".
import { dnsSuffixOf, type Place } from '../../../contract/arns';
import { roleOf } from '../../../contract/iam/evaluator/principal-match';
import type { Context } from '../../../contract/iam/evaluator/variables';
import { ENCRYPTION_CONTEXT_KEYS } from '../../../contract/iam/required-permissions';
import type { Principal } from './principal';

type Tags = Readonly<Record<string, string>>;

/** What every request carries, whatever it asks for. */
export function callerContext(principal: Principal, place: Place, now: number): Context {
  const { caller, accountId, type, id, userName, tags } = principal;
  return {
    'aws:PrincipalArn': roleOf(caller) ?? caller.arn,
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalType': type,
    'aws:PrincipalIsAWSService': false,
    'aws:ViaAWSService': false,
    'aws:userid': id,
    ...(userName === undefined ? {} : { 'aws:username': userName }),
    ...tagKeys('aws:PrincipalTag/', tags),
    'aws:RequestedRegion': place.region,
    'aws:ResourceAccount': place.accountId,
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': Math.floor(now / 1000),
    'aws:SourceIp': '127.0.0.1',
    // The service has no endpoint without TLS. Here loopback stands in for it: a policy that insists is content.
    'aws:SecureTransport': true,
  };
}

/** What a request of S3 Vectors says about its resource and brings with it. */
export function vectorsContext(about: {
  readonly resourceTags: Tags | undefined;
  readonly bucketTags: Tags | undefined;
  readonly requestTags: Tags | undefined;
  readonly requestTagKeys: readonly string[] | undefined;
  readonly encryption: { readonly sseType?: string; readonly kmsKeyArn?: string } | undefined;
}): Context {
  const { resourceTags = {}, bucketTags = {}, requestTags = {}, requestTagKeys, encryption } = about;
  const keys = requestTagKeys ?? Object.keys(requestTags);
  return {
    ...tagKeys('aws:ResourceTag/', resourceTags),
    ...tagKeys('s3vectors:VectorBucketTag/', bucketTags),
    ...tagKeys('aws:RequestTag/', requestTags),
    ...(keys.length === 0 ? {} : { 'aws:TagKeys': keys }),
    ...(encryption?.sseType === undefined ? {} : { 's3vectors:sseType': encryption.sseType }),
    ...(encryption?.kmsKeyArn === undefined ? {} : { 's3vectors:kmsKeyArn': encryption.kmsKeyArn }),
  };
}

/** What KMS sees when S3 Vectors uses a key for somebody. */
export function keyContext(place: Place, resource: string): Context {
  const [arnKey, idKey] = ENCRYPTION_CONTEXT_KEYS;
  return {
    'kms:ViaService': `s3vectors.${place.region}.${dnsSuffixOf(place.partition)}`,
    'kms:CallerAccount': place.accountId,
    'kms:EncryptionContextKeys': [arnKey, idKey],
    [`kms:EncryptionContext:${arnKey}`]: resource,
    [`kms:EncryptionContext:${idKey}`]: resource,
    'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
    'aws:ViaAWSService': true,
  };
}

/** What KMS sees when the service's indexing uses a key by itself. */
export function indexingContext(place: Place, resource: string): Context {
  return {
    ...keyContext(place, resource),
    'aws:SourceAccount': place.accountId,
    'aws:SourceArn': resource,
    'aws:PrincipalIsAWSService': true,
    'aws:RequestedRegion': place.region,
    'aws:SecureTransport': true,
  };
}

function tagKeys(prefix: string, tags: Tags): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, value]));
}
