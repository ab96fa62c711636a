// What a policy document by itself is, and the resources that it would stand in. It shows in its statements: who is
// named (Principal), and what the Resource and Action entries are about. Nothing else in the text counts.
import {
  KMS_KEY_ADMINISTRATION_ACTIONS,
  KMS_KEY_USE_ACTIONS,
  S3_BUCKET_ADMINISTRATION_ACTIONS,
  S3_BUCKET_READ_ACTIONS,
  S3_OBJECT_DATA_ACTIONS,
  S3_VECTORS_ADMINISTRATION_ACTIONS,
  S3_VECTORS_DATA_ACTIONS,
  S3_VECTORS_READ_ACTIONS,
} from '../contract/iam/actions';
import { matchesAction } from '../contract/iam/evaluator/action-match';
import { parseBucketName } from '../contract/names';
import type { Offered } from './resources/judged';

export interface HeldAlone {
  readonly kind:
    | 'identity policy'
    | 'trust policy'
    | 'vector bucket policy'
    | 'key policy'
    | 'access point policy'
    | 'resource policy';
  readonly resources: readonly Offered[];
  /** Names of the policies that a document alone can be asked for. */
  readonly policies: readonly string[];
}

type Document = Readonly<Record<string, unknown>>;

/**
 * @param name what the document is called in IAM, or its bucket; it says which layer an identity policy belongs to
 * @param isGiven the caller said so; a name that was only made up from the file's is none of a bucket
 */
export function heldAlone(document: Document, name: string, isGiven: boolean): HeldAlone {
  switch (kindOf(document)) {
    case 'identity':
      return identityPolicy(document, name);
    case 'trust':
      return {
        kind: 'trust policy',
        resources: [offered('aws:iam/role:Role', name, { name, assumeRolePolicy: document })],
        policies: ['deployer-trust', 'no-public-principal'],
      };
    case 's3vectors':
      return {
        kind: 'vector bucket policy',
        resources: [
          offered('aws-native:s3vectors:VectorBucketPolicy', name, {
            vectorBucketName: bucketOf(document) ?? name,
            policy: document,
          }),
        ],
        policies: ['no-public-principal', 'no-broad-vector-grants', 'no-role-with-both'],
      };
    case 'kms':
      return keyPolicy(document, name);
    case 'accessPoint':
      return {
        kind: 'access point policy',
        resources: [offered('aws:s3/accessPoint:AccessPoint', name, { name, policy: document })],
        policies: ['no-public-principal'],
      };
    case 's3':
      return bucketPolicy(document, name, bucketOf(document) ?? (isGiven ? name : undefined));
  }
}

const ACCOUNT_OF_NOBODY = '000000000000';

function identityPolicy(document: Document, name: string): HeldAlone {
  const policyArn = `arn:aws:iam::${ACCOUNT_OF_NOBODY}:policy/${name}`;
  return {
    kind: 'identity policy',
    resources: [
      offered('aws:iam/policy:Policy', name, { name, policy: document }),
      offered('aws:iam/role:Role', 'any', {
        name: 'any role with this policy alone',
        managedPolicyArns: [policyArn],
      }),
    ],
    policies: [
      'management-without-data',
      'service-without-administration',
      'no-role-with-both',
      'no-broad-vector-grants',
    ],
  };
}

/** A key is taken for one that encrypts vectors: what it gives to one role counts there. */
function keyPolicy(document: Document, name: string): HeldAlone {
  const arn = `arn:aws:kms:us-east-1:${ACCOUNT_OF_NOBODY}:key/${name}`;
  return {
    kind: 'key policy',
    resources: [
      offered('aws:kms/key:Key', name, { arn, keyId: name, policy: document }),
      offered('aws-native:s3vectors:VectorBucket', 'encrypted', {
        encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: arn },
      }),
    ],
    policies: ['no-public-principal', 'no-role-with-both'],
  };
}

/** A bucket that nothing names may hold embeddings, but only of one with a name can it be said that it does. */
function bucketPolicy(document: Document, name: string, bucket: string | undefined): HeldAlone {
  const policy = offered('aws:s3/bucketPolicy:BucketPolicy', name, {
    ...(bucket === undefined ? {} : { bucket }),
    policy: document,
  });
  return {
    kind: 'resource policy',
    resources: bucket === undefined ? [policy] : [policy, offered('aws:s3/bucket:Bucket', name, { bucket })],
    policies: ['embedding-bucket-tls-only', 'no-public-principal', 'no-role-with-both'],
  };
}

type Kind = 'identity' | 'trust' | 's3vectors' | 'kms' | 'accessPoint' | 's3';

function kindOf(document: Document): Kind {
  const given = (name: string) => elements(document, name).length > 0;
  if (!given('Principal') && !given('NotPrincipal')) return 'identity';
  const actions = [...texts(document, 'Action'), ...texts(document, 'NotAction')];
  const ofSts = actions.length > 0 && actions.every((action) => /^sts:/i.test(action));
  if (ofSts || (!given('Resource') && !given('NotResource'))) return 'trust';
  const resources = [...texts(document, 'Resource'), ...texts(document, 'NotResource')];
  const about = ARNS.find(([pattern]) => resources.some((resource) => pattern.test(resource)))?.[1];
  if (about !== undefined) return about;
  // Only an entry that matches the actions of one service says which service it is.
  const services = texts(document, 'Action').flatMap((entry) => {
    const matched = ACTIONS.filter(([, ofService]) =>
      ofService.some((action) => matchesAction(entry, action)),
    );
    return matched.length === 1 ? matched.map(([service]) => service) : [];
  });
  return services[0] ?? 's3';
}

const ARNS: readonly (readonly [RegExp, Kind])[] = [
  [/^arn:[^:]*:s3vectors:/i, 's3vectors'],
  [/^arn:[^:]*:kms:/i, 'kms'],
  [/^arn:[^:]*:s3:[^:]*:[^:]*:accesspoint\//i, 'accessPoint'],
  [/^arn:[^:]*:s3:/i, 's3'],
];

const ACTIONS: readonly (readonly [Kind, readonly string[]])[] = [
  [
    's3vectors',
    [...S3_VECTORS_DATA_ACTIONS, ...S3_VECTORS_ADMINISTRATION_ACTIONS, ...S3_VECTORS_READ_ACTIONS],
  ],
  ['kms', [...KMS_KEY_USE_ACTIONS, ...KMS_KEY_ADMINISTRATION_ACTIONS]],
  ['s3', [...S3_OBJECT_DATA_ACTIONS, ...S3_BUCKET_ADMINISTRATION_ACTIONS, ...S3_BUCKET_READ_ACTIONS]],
];

/** The bucket that the Resource entries name, where they name one in full. */
function bucketOf(document: Document): string | undefined {
  const names = texts(document, 'Resource').flatMap((resource) => {
    const name = /^arn:[^:]*:(?:s3:::|s3vectors:[^:]*:[^:]*:bucket\/)([^/]+)/i.exec(resource)?.[1];
    if (name === undefined) return [];
    // A star behind a whole name stands for what is in the bucket.
    const whole = name.replace(/\*$/, '');
    return [parseBucketName(whole) === undefined ? name : whole];
  });
  const [name, ...others] = new Set(names);
  return name !== undefined && others.length === 0 && !/[*?$]/.test(name) ? name : undefined;
}

function texts(document: Document, element: string): string[] {
  return elements(document, element).flatMap((value) =>
    [value].flat().filter((one): one is string => typeof one === 'string'),
  );
}

/** The values of one element in all statements, however it is spelled. */
function elements(document: Document, name: string): unknown[] {
  const statements = valuesOf(document, 'Statement').flat();
  return statements.flatMap((statement) => valuesOf(statement, name));
}

function valuesOf(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key, inner]) => key.toLowerCase() === name.toLowerCase() && inner !== null)
    .map(([, inner]) => inner as unknown);
}

function offered(type: string, name: string, props: Record<string, unknown>): Offered {
  return {
    type,
    name,
    urn: `urn:pulumi:explain::explain::${type}::${name}`,
    props,
    opts: { protect: false },
  };
}
