// For every policy of the pack: what it accepts and what it refuses, with the evasion that a case tries where it tries
// one. A table to be read; the tests of the single policies go further.
import { EPISODES_SHAPE } from '../../../contract/index-shape';
import type { Resource } from './judge';

/** Ways in which a fault is written so that it does not look like one. */
export type Evasion =
  | 'partial wildcard'
  | 'NotAction'
  | 'NotResource'
  | 'mixed case'
  | 'a pattern that only intersects'
  | 'two innocent policies'
  | "the other provider's type"
  | 'through Cloud Control'
  | 'a grant by a bucket policy'
  | 'a KMS grant'
  | 'a value spelled as text'
  | 'a near miss of the name'
  | 'set for another bucket'
  | 'a condition that confines nobody';

export interface PolicyCases {
  readonly accepts: Readonly<Record<string, readonly Resource[]>>;
  readonly refuses: readonly {
    readonly what: string;
    readonly resources: readonly Resource[];
    readonly evasion?: Evasion;
  }[];
}

const ACCOUNT = '111122223333';
const DEV = 'acme-dev-vector-docs';
const PROD = 'acme-prod-vector-docs';
const BUCKET = `arn:aws:s3:::${DEV}`;
const VECTORS = `arn:aws:s3vectors:eu-west-1:${ACCOUNT}:bucket/${DEV}`;
const INDEX = `${VECTORS}/index/*`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/0b8f`;
const GITHUB = 'token.actions.githubusercontent.com';
const TAGS = { Project: 'acme', ManagedBy: 'pulumi' };

type Bad = PolicyCases['refuses'][number];
const bad = (what: string, resources: Resource | readonly Resource[], evasion?: Evasion): Bad => ({
  what,
  resources: [resources].flat(),
  ...(evasion === undefined ? {} : { evasion }),
});
const of = (type: string, props: object, more: Partial<Resource> = {}): Resource => ({
  type,
  props,
  ...more,
});
const vectorBucket = (props: object, more?: Partial<Resource>) =>
  of('aws-native:s3vectors:VectorBucket', props, more);
const awsVectorBucket = (props: object) => of('aws:s3/vectorsVectorBucket:VectorsVectorBucket', props);
const bucket = (props: object = { bucket: DEV }, more?: Partial<Resource>) =>
  of('aws:s3/bucket:Bucket', props, more);
const nativeBucket = (props: object) => of('aws-native:s3:Bucket', { bucketName: DEV, ...props });
const setting = (kind: string, props: object, name = DEV) =>
  of(`aws:s3/bucket${kind}:Bucket${kind}`, { bucket: name, ...props });
const cloudControl = (typeName: string, properties: object) =>
  of('aws:cloudcontrol/resource:Resource', { typeName, desiredState: JSON.stringify(properties) });
const extension = (type: string, properties: object) =>
  of('aws-native:index:ExtensionResource', { type, properties });

type Statement = Readonly<Record<string, unknown>>;
const document = (...Statement: Statement[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: unknown, Resource: unknown, more: object = {}): Statement => ({
  Sid: 'S',
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const without = (statement: Statement, element: string): Statement =>
  Object.fromEntries(Object.entries(statement).filter(([key]) => key !== element));
const policy = (name: string, ...statements: Statement[]) =>
  of('aws:iam/policy:Policy', { name, policy: JSON.stringify(document(...statements)) }, { name });
const nativePolicy = (managedPolicyName: string, ...statements: Statement[]) =>
  of('aws-native:iam:ManagedPolicy', { managedPolicyName, policyDocument: document(...statements) });
const role = (inline: readonly Statement[], more: object = {}) =>
  of(
    'aws:iam/role:Role',
    {
      name: 'worker',
      inlinePolicies: inline.map((one, at) => ({ name: `p${at}`, policy: JSON.stringify(document(one)) })),
      ...more,
    },
    { name: 'worker' },
  );

const index = (props: object, type = 'aws-native:s3vectors:Index') =>
  of(type, {
    indexName: 'episodes',
    vectorBucketName: DEV,
    dimension: EPISODES_SHAPE.dimension,
    distanceMetric: EPISODES_SHAPE.distanceMetric,
    dataType: 'float32',
    metadataConfiguration: { nonFilterableMetadataKeys: EPISODES_SHAPE.nonFilterableMetadataKeys },
    ...props,
  });
const AWS_INDEX = 'aws:s3/vectorsIndex:VectorsIndex';

const naming = (
  ours: (name: string) => Resource,
  others: (name: string) => Resource,
  type: string,
  property: string,
): PolicyCases => ({
  accepts: { 'a name of the pattern': [ours(DEV)], 'one of another provider': [others(PROD)] },
  refuses: [
    bad('a name without environment', ours('acme-vector-docs'), 'a near miss of the name'),
    bad('vectors in place of vector', ours('acme-dev-vectors-docs'), 'a near miss of the name'),
    bad('capitals', ours('Acme-Dev-Vector-Docs'), 'mixed case'),
    bad('a name of the other provider', others('docs'), "the other provider's type"),
    bad('a name behind Cloud Control', cloudControl(type, { [property]: 'docs' }), 'through Cloud Control'),
  ],
});

const encryption = (sseAlgorithm: string, more: object = {}, name = DEV) =>
  setting(
    'ServerSideEncryptionConfiguration',
    { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm, ...more } }] },
    name,
  );
const lifecycleRule = {
  status: 'Enabled',
  noncurrentVersionExpiration: { noncurrentDays: 180 },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
};
const switches = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const tlsOnly = (more: object = {}, name = DEV) =>
  setting(
    'Policy',
    {
      policy: document({
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        ...more,
      }),
    },
    name,
  );

const encryptedBy = (key: Resource): Resource =>
  vectorBucket(
    { vectorBucketName: DEV, encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: KEY } },
    { name: 'bucket', sources: { encryptionConfiguration: [key] } },
  );
const keyWith = (...statements: Statement[]) =>
  of('aws:kms/key:Key', { policy: JSON.stringify(document(...statements)) }, { name: 'key' });
const forIndexer = (more: object = {}) =>
  allow('kms:Decrypt', '*', {
    Principal: { Service: 'indexing.s3vectors.amazonaws.com' },
    Condition: {
      StringEquals: { 'aws:SourceAccount': ACCOUNT },
      ArnLike: { 'aws:SourceArn': `arn:aws:s3vectors:eu-west-1:${ACCOUNT}:bucket/*` },
    },
    ...more,
  });
const grantCase = (...statements: Statement[]) => {
  const key = keyWith(...statements);
  return [key, encryptedBy(key)];
};

const trust = (condition: object, more: object = {}) =>
  of('aws:iam/role:Role', {
    name: 'deployer',
    assumeRolePolicy: JSON.stringify(document(trustStatement(condition, more))),
  });
const trustStatement = (Condition: object, more: object = {}): Statement => ({
  Sid: 'GitHub',
  Effect: 'Allow',
  Action: 'sts:AssumeRoleWithWebIdentity',
  Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}` },
  Condition,
  ...more,
});
const claims = (sub: unknown, operator = 'StringEquals') => ({
  StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' },
  ...(operator === 'StringEquals'
    ? { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: sub } }
    : { [operator]: { [`${GITHUB}:sub`]: sub } }),
});

const bucketPolicy = (...statements: Statement[]) =>
  of('aws:s3/bucketPolicy:BucketPolicy', { bucket: DEV, policy: JSON.stringify(document(...statements)) });
const toWorker = { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/worker` } };
const ADMINISTERS = allow('s3:PutBucketPolicy', BUCKET);
const READS = allow('s3vectors:QueryVectors', INDEX);

const MANAGEMENT = 'acme-s3-vector-management';
const SERVICE = 'acme-s3-vector-service-access';

export const CASES: Readonly<Record<string, PolicyCases>> = {
  'vector-bucket-naming': naming(
    (vectorBucketName) => vectorBucket({ vectorBucketName }),
    (vectorBucketName) => awsVectorBucket({ vectorBucketName }),
    'AWS::S3Vectors::VectorBucket',
    'VectorBucketName',
  ),
  'embedding-bucket-naming': naming(
    (name) => bucket({ bucket: name }),
    (bucketName) => nativeBucket({ bucketName }),
    'AWS::S3::Bucket',
    'BucketName',
  ),
  'vector-index-naming': {
    accepts: { 'a name in a bucket of the pattern': [index({ indexName: 'notes' })] },
    refuses: [
      bad('a name that is too short', index({ indexName: 'ab' })),
      bad('capitals', index({ indexName: 'Episodes' }), 'mixed case'),
      bad(
        'a bucket outside the pattern',
        index({ vectorBucketName: 'acme-vector-docs' }),
        'a near miss of the name',
      ),
      bad(
        'such a bucket by its ARN, of the other provider',
        index({ vectorBucketName: undefined, vectorBucketArn: VECTORS.replace(DEV, 'somewhere') }, AWS_INDEX),
        "the other provider's type",
      ),
    ],
  },
  'episodes-index-shape': {
    accepts: { 'the shape': [index({})], 'the shape, the dimension as text': [index({ dimension: '3072' })] },
    refuses: [
      bad('another dimension', index({ dimension: 1536 })),
      bad('another dimension as text', index({ dimension: '1536' }), 'a value spelled as text'),
      bad(
        'another metric of a later version',
        index({ indexName: 'episodes-v2', distanceMetric: 'euclidean' }),
        'a near miss of the name',
      ),
      bad(
        'no non-filterable keys',
        index({ metadataConfiguration: undefined }, AWS_INDEX),
        "the other provider's type",
      ),
    ],
  },
  'vector-bucket-encryption': {
    accepts: {
      'AES256 in development': [vectorBucket({ vectorBucketName: DEV })],
      'a key in production': [
        vectorBucket({
          vectorBucketName: PROD,
          encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: KEY },
        }),
      ],
    },
    refuses: [
      bad('nothing in production', vectorBucket({ vectorBucketName: PROD })),
      bad(
        'AES256 in production',
        vectorBucket({ vectorBucketName: PROD, encryptionConfiguration: { sseType: 'AES256' } }),
      ),
      bad(
        'KMS without a key',
        vectorBucket({ vectorBucketName: PROD, encryptionConfiguration: { sseType: 'aws:kms' } }),
      ),
      bad(
        'AES256 by the other provider',
        awsVectorBucket({ vectorBucketName: PROD, encryptionConfigurations: [{ sseType: 'AES256' }] }),
        "the other provider's type",
      ),
      bad(
        'nothing behind Cloud Control',
        extension('AWS::S3Vectors::VectorBucket', { VectorBucketName: PROD }),
        'through Cloud Control',
      ),
    ],
  },
  'embedding-bucket-encryption': {
    accepts: { 'AES256 in development': [bucket(), encryption('AES256')] },
    refuses: [
      bad('none', bucket()),
      bad('AES256 in production', [bucket({ bucket: PROD }), encryption('AES256', {}, PROD)]),
      bad('KMS without a bucket key', [bucket(), encryption('aws:kms', { kmsMasterKeyId: KEY })]),
      bad(
        'that of another bucket',
        [bucket(), encryption('AES256', {}, 'acme-dev-vector-other')],
        'set for another bucket',
      ),
      bad('none by the other provider', nativeBucket({}), "the other provider's type"),
    ],
  },
  'embedding-bucket-versioning': {
    accepts: {
      'enabled versioning': [
        bucket(),
        setting('Versioning', { versioningConfiguration: { status: 'Enabled' } }),
      ],
    },
    refuses: [
      bad('none', bucket()),
      bad('suspended versioning', [
        bucket(),
        setting('Versioning', { versioningConfiguration: { status: 'Suspended' } }),
      ]),
      bad(
        'that of another bucket',
        [
          bucket(),
          setting('Versioning', { versioningConfiguration: { status: 'Enabled' } }, 'acme-dev-vector-other'),
        ],
        'set for another bucket',
      ),
      bad(
        'suspended versioning by the other provider',
        nativeBucket({ versioningConfiguration: { status: 'Suspended' } }),
        "the other provider's type",
      ),
    ],
  },
  'embedding-bucket-public-access': {
    accepts: { 'all four switches': [bucket(), setting('PublicAccessBlock', switches)] },
    refuses: [
      bad('none', bucket()),
      bad('one switch off', [
        bucket(),
        setting('PublicAccessBlock', { ...switches, ignorePublicAcls: false }),
      ]),
      bad(
        'that of another bucket',
        [bucket(), setting('PublicAccessBlock', switches, 'acme-dev-vector-other')],
        'set for another bucket',
      ),
      bad(
        'one switch off by the other provider',
        nativeBucket({ publicAccessBlockConfiguration: { ...switches, blockPublicPolicy: false } }),
        "the other provider's type",
      ),
    ],
  },
  'embedding-bucket-lifecycle': {
    accepts: {
      'a rule for the whole bucket': [
        bucket(),
        setting('LifecycleConfiguration', { rules: [lifecycleRule] }),
      ],
    },
    refuses: [
      bad('none', bucket()),
      bad('a rule that is off', [
        bucket(),
        setting('LifecycleConfiguration', { rules: [{ ...lifecycleRule, status: 'Disabled' }] }),
      ]),
      bad(
        'a rule for a prefix',
        [
          bucket(),
          setting('LifecycleConfiguration', { rules: [{ ...lifecycleRule, filter: { prefix: 'x/' } }] }),
        ],
        'a pattern that only intersects',
      ),
      bad(
        'a rule that keeps for ten years, by the other provider',
        nativeBucket({
          lifecycleConfiguration: {
            rules: [{ ...lifecycleRule, noncurrentVersionExpiration: { noncurrentDays: 3650 } }],
          },
        }),
        "the other provider's type",
      ),
    ],
  },
  'embedding-bucket-tls-only': {
    accepts: { 'a Deny without TLS': [bucket(), tlsOnly()] },
    refuses: [
      bad('none', bucket()),
      bad('a Deny of some actions', [bucket(), tlsOnly({ Action: 's3:*Object' })], 'partial wildcard'),
      bad(
        'a Deny on some objects',
        [bucket(), tlsOnly({ Resource: [BUCKET, `${BUCKET}/public/*`] })],
        'a pattern that only intersects',
      ),
      bad(
        'a Deny of all but reading',
        [bucket(), tlsOnly({ Action: undefined, NotAction: 's3:GetObject' })],
        'NotAction',
      ),
      bad(
        'a Deny on all but some objects',
        [bucket(), tlsOnly({ Resource: undefined, NotResource: `${BUCKET}/public/*` })],
        'NotResource',
      ),
    ],
  },
  'encryption-key-rotation': {
    accepts: { rotation: [of('aws:kms/key:Key', { enableKeyRotation: true })] },
    refuses: [
      bad('none', of('aws:kms/key:Key', {})),
      bad('rotation that is off', of('aws:kms/key:Key', { enableKeyRotation: false })),
      bad(
        '"false" as text',
        of('aws:kms/key:Key', { enableKeyRotation: 'false' }),
        'a value spelled as text',
      ),
      bad('none by the other provider', of('aws-native:kms:Key', {}), "the other provider's type"),
      bad('none behind Cloud Control', cloudControl('AWS::KMS::Key', {}), 'through Cloud Control'),
    ],
  },
  'encryption-key-indexing-grant': {
    accepts: { 'the grant for the own account': grantCase(forIndexer()) },
    refuses: [
      bad('no grant', grantCase(allow('kms:*', '*', { Principal: { AWS: ACCOUNT } }))),
      bad('a grant for everybody', grantCase(forIndexer({ Condition: undefined }))),
      bad(
        'a grant that a Deny takes back',
        grantCase(forIndexer(), { Effect: 'Deny', Principal: '*', Action: 'kms:Decr*', Resource: '*' }),
        'partial wildcard',
      ),
      bad(
        'a grant of all but decryption',
        grantCase({ ...without(forIndexer(), 'Action'), NotAction: 'KMS:decrypt' }),
        'NotAction',
      ),
      bad(
        'a grant to another service',
        grantCase(forIndexer({ Principal: { Service: 's3vectors.amazonaws.com' } })),
        'a near miss of the name',
      ),
    ],
  },
  'management-without-data': {
    accepts: { 'administration alone': [policy(MANAGEMENT, ADMINISTERS)] },
    refuses: [
      bad('a read of objects', policy(MANAGEMENT, allow('s3:G?tObject', `${BUCKET}/*`)), 'partial wildcard'),
      bad('all actions on objects', policy(MANAGEMENT, allow('s3:*Object', '*')), 'partial wildcard'),
      bad('a search in capitals', policy(MANAGEMENT, allow('S3VECTORS:QUERYVECTORS', INDEX)), 'mixed case'),
      bad(
        'all but IAM',
        policy(MANAGEMENT, { ...without(allow('', '*'), 'Action'), NotAction: 'iam:*' }),
        'NotAction',
      ),
      bad(
        'objects of all other buckets',
        policy(MANAGEMENT, { ...without(allow('s3:Get*', ''), 'Resource'), NotResource: BUCKET }),
        'NotResource',
      ),
      bad(
        'objects by a pattern',
        policy(MANAGEMENT, allow('s3:GetObject', 'arn:aws:s3:::acme-*')),
        'a pattern that only intersects',
      ),
      bad(
        'a read of objects by the other provider',
        nativePolicy(MANAGEMENT, allow('s3:GetObject', '*')),
        "the other provider's type",
      ),
    ],
  },
  'service-without-administration': {
    accepts: { 'data alone': [policy(SERVICE, READS)] },
    refuses: [
      bad('creation', policy(SERVICE, allow('s3vectors:Create*', '*')), 'partial wildcard'),
      bad('configuration in mixed case', policy(SERVICE, allow('s3:putBUCKETpolicy', BUCKET)), 'mixed case'),
      bad(
        'all but reading',
        policy(SERVICE, { ...without(allow('', '*'), 'Action'), NotAction: ['s3:Get*', 's3vectors:Get*'] }),
        'NotAction',
      ),
      bad(
        'deletion by the other provider',
        nativePolicy(SERVICE, allow('s3vectors:DeleteIndex', INDEX)),
        "the other provider's type",
      ),
      bad(
        'configuration of all but one',
        policy(SERVICE, { ...without(allow('s3:PutLifecycle*', ''), 'Resource'), NotResource: BUCKET }),
        'NotResource',
      ),
    ],
  },
  'no-role-with-both': {
    accepts: { 'a role that reads': [role([READS])], 'a role that administers': [role([ADMINISTERS])] },
    refuses: [
      bad('both in two policies', role([READS, ADMINISTERS]), 'two innocent policies'),
      bad(
        'both in an inline and an attached policy',
        [
          role([READS]),
          policy('admin', ADMINISTERS),
          of('aws:iam/rolePolicyAttachment:RolePolicyAttachment', {
            role: 'worker',
            policyArn: `arn:aws:iam::${ACCOUNT}:policy/admin`,
          }),
        ],
        'two innocent policies',
      ),
      bad(
        "AWS's AdministratorAccess",
        role([], { managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
      ),
      bad(
        "AWS's AmazonS3FullAccess",
        role([], { managedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess'] }),
      ),
      bad(
        'data by a bucket policy',
        [role([ADMINISTERS]), bucketPolicy(allow('s3:Get*', `${BUCKET}/*`, toWorker))],
        'a grant by a bucket policy',
      ),
      bad(
        'the key of the vectors by a KMS grant',
        [
          role([ADMINISTERS]),
          ...grantCase(forIndexer()),
          of(
            'aws:kms/grant:Grant',
            { keyId: KEY, granteePrincipal: toWorker.Principal.AWS, operations: ['Decrypt'] },
            { name: 'lent' },
          ),
        ],
        'a KMS grant',
      ),
      bad(
        'both by the other provider',
        of('aws-native:iam:Role', {
          roleName: 'worker',
          policies: [READS, ADMINISTERS].map((one, at) => ({
            policyName: `p${at}`,
            policyDocument: document(one),
          })),
        }),
        "the other provider's type",
      ),
    ],
  },
  'no-broad-vector-grants': {
    accepts: { 'named actions on a named bucket': [policy('search', READS)] },
    refuses: [
      bad('all actions', policy('search', allow('s3vectors:*', INDEX))),
      bad('all actions in capitals', policy('search', allow('S3Vectors:*', INDEX)), 'mixed case'),
      bad(
        'all but one',
        policy('search', { ...without(allow('', INDEX), 'Action'), NotAction: 's3vectors:PutVectors' }),
        'NotAction',
      ),
      bad('all buckets', policy('search', allow('s3vectors:QueryVectors', '*'))),
      bad(
        'all buckets but one',
        policy('search', { ...without(READS, 'Resource'), NotResource: INDEX }),
        'NotResource',
      ),
      bad(
        'buckets by half a name',
        policy('search', allow('s3vectors:Query*', VECTORS.replace(DEV, 'acme-*'))),
        'a pattern that only intersects',
      ),
      bad(
        'all actions by the other provider',
        nativePolicy('search', allow('s3vectors:*', INDEX)),
        "the other provider's type",
      ),
      bad(
        'all actions by a vector bucket policy',
        of('aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy', {
          vectorBucketArn: VECTORS,
          policy: JSON.stringify(document(allow('s3vectors:*', '*', { Principal: { AWS: ACCOUNT } }))),
        }),
        'a grant by a bucket policy',
      ),
    ],
  },
  'deployer-trust': {
    accepts: { 'one repository and environment': [trust(claims('repo:acme/vectors:environment:prod'))] },
    refuses: [
      bad('every repository', trust({ StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } })),
      bad('every repository of an owner', trust(claims('repo:acme/*', 'StringLike')), 'partial wildcard'),
      bad(
        'every workflow of a repository',
        trust(claims('repo:acme/vectors:*', 'StringLike')),
        'partial wildcard',
      ),
      bad(
        'a claim that may be missing',
        trust(claims('repo:acme/vectors:environment:prod', 'StringEqualsIfExists')),
        'a condition that confines nobody',
      ),
      bad(
        'another spelling of the action',
        trust(claims('repo:acme/*', 'StringLike'), { Action: 'STS:assumerolewith*' }),
        'mixed case',
      ),
      bad(
        'every repository, by the other provider',
        of('aws-native:iam:Role', {
          roleName: 'deployer',
          assumeRolePolicyDocument: document(trustStatement(claims('repo:*', 'StringLike'))),
        }),
        "the other provider's type",
      ),
    ],
  },
  'no-public-principal': {
    accepts: {
      'a named account': [
        bucketPolicy(allow('s3:GetObject', `${BUCKET}/*`, { Principal: { AWS: ACCOUNT } })),
      ],
    },
    refuses: [
      bad(
        'everyone',
        bucketPolicy(allow('s3:GetObject', `${BUCKET}/*`, { Principal: '*' })),
        'a grant by a bucket policy',
      ),
      bad(
        'everyone in a list',
        bucketPolicy(allow('s3:GetObject', `${BUCKET}/*`, { Principal: { AWS: [ACCOUNT, '*'] } })),
      ),
      bad(
        'everyone but one',
        bucketPolicy(allow('s3:GetObject', `${BUCKET}/*`, { NotPrincipal: { AWS: ACCOUNT } })),
      ),
      bad(
        'everyone over TLS',
        bucketPolicy(
          allow('s3:GetObject', '*', {
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'true' } },
          }),
        ),
        'a condition that confines nobody',
      ),
      bad(
        'everyone, in a vector bucket policy of the other provider',
        of('aws-native:s3vectors:VectorBucketPolicy', {
          vectorBucketName: DEV,
          policy: document(allow('s3vectors:QueryVectors', '*', { Principal: { AWS: '*' } })),
        }),
        "the other provider's type",
      ),
    ],
  },
  'data-protected': {
    accepts: {
      'protected data of production': [vectorBucket({ vectorBucketName: PROD }, { protect: true })],
      'unprotected data of development': [vectorBucket({ vectorBucketName: DEV })],
    },
    refuses: [
      bad('an unprotected vector bucket', vectorBucket({ vectorBucketName: PROD })),
      bad('an unprotected index', index({ vectorBucketName: PROD })),
      bad('a bucket that may be emptied', bucket({ bucket: PROD, forceDestroy: true }, { protect: true })),
      bad(
        'the same as text',
        bucket({ bucket: PROD, forceDestroy: 'true' }, { protect: true }),
        'a value spelled as text',
      ),
      bad(
        'an unprotected bucket of the other provider',
        nativeBucket({ bucketName: PROD }),
        "the other provider's type",
      ),
    ],
  },
  'required-tags': {
    accepts: { 'both tags': [bucket({ bucket: DEV, tags: TAGS })] },
    refuses: [
      bad('no tags', bucket()),
      bad('one of two', bucket({ bucket: DEV, tags: { Project: 'acme' } })),
      bad(
        'another spelling',
        bucket({ bucket: DEV, tags: { project: 'acme', managedby: 'pulumi' } }),
        'mixed case',
      ),
      bad('an empty value', bucket({ bucket: DEV, tags: { ...TAGS, Project: '' } })),
      bad(
        'one of two by the other provider',
        vectorBucket({ vectorBucketName: DEV, tags: [{ key: 'Project', value: 'acme' }] }),
        "the other provider's type",
      ),
    ],
  },
};
