// Rights that no policy of the role shows: policies of buckets, vector buckets and keys, and KMS grants that name it.
import { noBroadVectorGrants } from '../../../policy-pack/policies/no-broad-vector-grants';
import { noRoleWithBoth } from '../../../policy-pack/policies/no-role-with-both';
import { judge, judgeStack, passes, refused, type Resource, undecided, unknown } from './judge';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/acme-worker`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/acme-worker/run-1`;
const BUCKET = 'arn:aws:s3:::acme-dev-vector-docs';
const VECTORS = `arn:aws:s3vectors:eu-west-1:${ACCOUNT}:bucket/acme-dev-vector-docs`;
const KEY_ARN = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/0b8f`;
type Statement = Record<string, unknown>;
const document = (...Statement: Statement[]) => ({ Version: '2012-10-17', Statement });
const allow = (Sid: string, Action: unknown, Resource: unknown, over: object = {}): Statement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
  ...over,
});
const toRole = { Principal: { AWS: ROLE } };

const role = (own: object = document(), over: object = {}): Resource => ({
  type: 'aws:iam/role:Role',
  name: 'worker',
  props: {
    name: 'acme-worker',
    assumeRolePolicy: {},
    inlinePolicies: [{ name: 'own', policy: JSON.stringify(own) }],
    ...over,
  },
});
const ADMINISTRATOR = document(allow('Configure', 's3:PutBucketPolicy', BUCKET));
const READER = document(allow('Read', 's3vectors:QueryVectors', `${VECTORS}/index/*`));

const bucketPolicy = (...statements: Statement[]): Resource => ({
  type: 'aws:s3/bucketPolicy:BucketPolicy',
  name: 'docs',
  props: { bucket: 'acme-dev-vector-docs', policy: JSON.stringify(document(...statements)) },
});
const vectorBucketPolicies = (...statements: Statement[]): Resource[] => [
  {
    type: 'aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy',
    name: 'vectors',
    props: { vectorBucketArn: VECTORS, policy: JSON.stringify(document(...statements)) },
  },
  {
    type: 'aws-native:s3vectors:VectorBucketPolicy',
    name: 'vectors',
    props: { vectorBucketName: 'acme-dev-vector-docs', policy: document(...statements) },
  },
];
const key = (...statements: Statement[]): Resource => ({
  type: 'aws:kms/key:Key',
  name: 'key',
  props: { policy: JSON.stringify(document(...statements)) },
});
/** What makes the key one of embeddings. */
const encrypted: Resource = {
  type: 'aws-native:s3vectors:VectorBucket',
  name: 'bucket',
  props: {
    vectorBucketName: 'acme-dev-vector-docs',
    encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: unknown },
  },
  sources: { encryptionConfiguration: [key()] },
};
const grant = (over: object = {}, sources: Resource['sources'] = { keyId: [key()] }): Resource => ({
  type: 'aws:kms/grant:Grant',
  name: 'lent',
  props: { keyId: unknown, granteePrincipal: ROLE, operations: ['Decrypt', 'DescribeKey'], ...over },
  sources,
});
const check = (...resources: Resource[]) => judgeStack(noRoleWithBoth, resources);

const DATA_BY_BUCKET =
  /role "acme-worker" .*has both layers\. Data: statement "Lent" of the bucket policy "acme-dev-vector-docs" .*Administration: statement "Configure" of own/;

describe('no-role-with-both, of rights that are given by name', () => {
  it('refuses an administrator to whom a bucket policy gives the objects', () => {
    refused(
      check(role(ADMINISTRATOR), bucketPolicy(allow('Lent', 's3:G?tObject', `${BUCKET}/*`, toRole))),
      DATA_BY_BUCKET,
    );
  });

  it('refuses a reader to whom a bucket policy gives its administration', () => {
    refused(
      check(role(READER), bucketPolicy(allow('Lent', 's3:PutLifecycle*', BUCKET, toRole))),
      /Data: statement "Read" of own.*Administration: statement "Lent" of the bucket policy/,
    );
  });

  it('refuses an administrator to whom a vector bucket policy gives the vectors, by either provider', () => {
    for (const policy of vectorBucketPolicies(allow('Lent', 's3vectors:Query*', '*', toRole))) {
      refused(check(role(ADMINISTRATOR), policy), /Data: statement "Lent" of the vector bucket policy/);
      passes(check(role(READER), policy));
    }
  });

  it('refuses both halves in one resource policy, for a role that is in no stack', () => {
    refused(
      check(bucketPolicy(allow('Lent', 's3:*', [BUCKET, `${BUCKET}/*`], toRole))),
      /role "acme-worker" \(aws:s3\/bucketPolicy:BucketPolicy, resource "docs"\): it has both layers/,
    );
    refused(
      check(
        bucketPolicy(
          allow('Lent', 's3:*', [BUCKET, `${BUCKET}/*`], {
            Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/ada` },
          }),
        ),
      ),
      /user "ada"/,
    );
  });

  it('refuses an administrator to whom a key policy or a KMS grant opens the key of the embeddings', () => {
    const opened = key(allow('Lent', 'kms:Decr*', '*', toRole));
    refused(
      check(role(ADMINISTRATOR), encrypted, opened),
      /Data: statement "Lent" of the key policy "key" allows kms:Decrypt/,
    );
    refused(
      check(role(ADMINISTRATOR), encrypted, key(), grant()),
      /Data: statement 1 \(without Sid\) of the KMS grant "lent" allows kms:Decrypt/,
    );
    const worker = role(ADMINISTRATOR);
    refused(
      check(
        worker,
        encrypted,
        key(),
        grant({ granteePrincipal: unknown }, { keyId: [key()], granteePrincipal: [worker] }),
      ),
      /Data: .* of the KMS grant "lent"/,
    );
    refused(
      check(
        role(ADMINISTRATOR),
        {
          ...encrypted,
          props: { encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: KEY_ARN } },
          sources: {},
        },
        grant({ keyId: KEY_ARN }, {}),
      ),
      /KMS grant "lent"/,
    );
  });

  it('refuses a reader to whom a key policy gives the administration of the key', () => {
    refused(
      check(role(READER), encrypted, key(allow('Lent', 'kms:ScheduleKeyDeletion', '*', toRole))),
      /Administration: statement "Lent" of the key policy "key" allows kms:ScheduleKeyDeletion/,
    );
  });

  it('refuses a grant to everyone whom no condition tells apart from the role', () => {
    const toAll = (over: object) =>
      check(role(ADMINISTRATOR), bucketPolicy(allow('Lent', 's3:GetObject', `${BUCKET}/*`, over)));
    for (const Principal of ['*', { AWS: '*' }]) refused(toAll({ Principal }), DATA_BY_BUCKET);
    refused(toAll({ NotPrincipal: { AWS: `arn:aws:iam::${ACCOUNT}:user/ada` } }), DATA_BY_BUCKET);
    refused(
      toAll({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      DATA_BY_BUCKET,
    );
    const byArn = (pattern: string) =>
      toAll({ Principal: '*', Condition: { ArnLike: { 'aws:PrincipalArn': pattern } } });
    refused(byArn(`arn:aws:iam::${ACCOUNT}:role/acme-*`), DATA_BY_BUCKET);
    passes(byArn(`arn:aws:iam::${ACCOUNT}:role/other-*`));
    passes(byArn(`arn:aws:iam::${ACCOUNT}:user/*`));
    passes(toAll({ Principal: '*', Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } }));
    passes(toAll({ NotPrincipal: { AWS: ROLE } }));
  });

  it('passes what is given to somebody else, to the account or to a service', () => {
    const others = [
      { AWS: `arn:aws:iam::${ACCOUNT}:role/acme-other` },
      { AWS: `arn:aws:iam::${ACCOUNT}:user/acme-worker` },
      { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      { AWS: ACCOUNT },
      { Service: 'lambda.amazonaws.com' },
    ];
    for (const Principal of others) {
      passes(
        check(role(ADMINISTRATOR), bucketPolicy(allow('Lent', 's3:GetObject', `${BUCKET}/*`, { Principal }))),
      );
    }
    passes(
      check(
        role(ADMINISTRATOR, { arn: `arn:aws:iam::444455556666:role/acme-worker` }),
        bucketPolicy(allow('Lent', 's3:GetObject', `${BUCKET}/*`, toRole)),
      ),
    );
  });

  it('passes rights over buckets and keys that hold no embeddings', () => {
    const logs: Resource = {
      type: 'aws:s3/bucketPolicy:BucketPolicy',
      props: {
        bucket: 'acme-logs',
        policy: JSON.stringify(document(allow('Lent', 's3:*', ['arn:aws:s3:::acme-logs/*', '*'], toRole))),
      },
    };
    passes(check(role(ADMINISTRATOR), logs));
    passes(check(role(ADMINISTRATOR), key(allow('Lent', 'kms:*', '*', toRole)), grant()));
  });

  it('passes use of the key through a service, which asks for a right on the data too', () => {
    const through = (Condition: object) =>
      check(
        role(ADMINISTRATOR),
        encrypted,
        key(allow('Lent', ['kms:Decrypt', 'kms:CreateGrant'], '*', { ...toRole, Condition })),
      );
    passes(through({ StringEquals: { 'kms:ViaService': ['s3.eu-west-1.amazonaws.com'] } }));
    passes(through({ Bool: { 'kms:GrantIsForAWSResource': 'true' } }));
    refused(through({ StringLike: { 'kms:ViaService': '*' } }), /key policy/);
    refused(through({ StringNotEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } }), /key policy/);
  });

  it('counts a Deny of the resource policy itself and of the role', () => {
    const lent = allow('Lent', 's3:GetObject', `${BUCKET}/*`, toRole);
    const deny = { Effect: 'Deny', Action: 's3:*Object', Resource: '*' };
    passes(check(role(ADMINISTRATOR), bucketPolicy(lent, { ...deny, Principal: '*' })));
    refused(
      check(
        role(ADMINISTRATOR),
        bucketPolicy(lent, { ...deny, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/acme-other` } }),
      ),
      DATA_BY_BUCKET,
    );
    passes(check(role(document(...ADMINISTRATOR.Statement, deny)), bucketPolicy(lent)));
  });

  it('counts the boundary of a role that is named, and not where its session is', () => {
    const limit: Resource = {
      type: 'aws:iam/policy:Policy',
      name: 'limit',
      props: { name: 'limit', policy: JSON.stringify(document(allow('Limit', 's3:PutBucket*', '*'))) },
    };
    const bounded = role(ADMINISTRATOR, { permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/limit` });
    const lent = (AWS: string) =>
      bucketPolicy(allow('Lent', 's3:GetObject', `${BUCKET}/*`, { Principal: { AWS } }));
    passes(check(limit, bounded, lent(ROLE)));
    refused(check(limit, bounded, lent(SESSION)), DATA_BY_BUCKET);
  });

  it('neither passes nor refuses a resource policy that is unknown and comes from the role', () => {
    const worker = role(ADMINISTRATOR);
    const hidden = (sources: Resource['sources']): Resource => ({
      type: 'aws:s3/bucketPolicy:BucketPolicy',
      name: 'docs',
      props: { bucket: 'acme-dev-vector-docs', policy: unknown },
      ...(sources === undefined ? {} : { sources }),
    });
    undecided(check(worker, hidden({ policy: [worker] })), /the whole document of the bucket policy/);
    passes(check(worker, hidden({ policy: [encrypted] })));
    const native: Resource = {
      type: 'aws-native:s3vectors:VectorBucketPolicy',
      name: 'vectors',
      props: {
        vectorBucketName: 'acme-dev-vector-docs',
        policy: document(allow('Lent', 's3vectors:GetVectors', '*', { Principal: { AWS: unknown } })),
      },
      sources: { policy: [worker] },
    };
    undecided(check(worker, native), /Statement\[0\]\.Principal\.AWS of the vector bucket policy/);
  });
});

describe('no-role-with-both, of whom a resource policy means', () => {
  const OTHER = '444455556666';
  const lent = (over: object) => bucketPolicy(allow('Lent', 's3:GetObject', `${BUCKET}/*`, over));
  const toOther = lent({ Principal: { AWS: `arn:aws:iam::${OTHER}:role/acme-worker` } });
  const inStack = { arn: ROLE };
  /** Something whose ARN tells the account of the stack. */
  const queue: Resource = {
    type: 'aws:sqs/queue:Queue',
    props: { arn: `arn:aws:sqs:eu-west-1:${ACCOUNT}:q` },
  };

  it('refuses a role that is left of everyone by a condition, though it is in no stack', () => {
    for (const operator of ['ArnEquals', 'StringEquals', 'ArnLike']) {
      refused(
        check(
          bucketPolicy(
            allow('Lent', 's3:*', [BUCKET, `${BUCKET}/*`], {
              Principal: '*',
              Condition: { [operator]: { 'aws:PrincipalArn': ROLE } },
            }),
          ),
        ),
        /role "acme-worker" .*has both layers/,
      );
    }
  });

  it('does not take a role of another account for one of the stack', () => {
    passes(check(role(ADMINISTRATOR, inStack), toOther));
    undecided(
      check(role(ADMINISTRATOR, { arn: unknown }), toOther),
      /the account of role "acme-worker" cannot be known/,
    );
    undecided(check(role(ADMINISTRATOR, { arn: unknown }), queue, toOther), /the account of role/);
    refused(check(role(ADMINISTRATOR, { arn: unknown }), queue, lent(toRole)), DATA_BY_BUCKET);
    const everything = { Principal: { AWS: `arn:aws:iam::${OTHER}:role/acme-worker` } };
    refused(
      check(
        role(document(), inStack),
        bucketPolicy(allow('Lent', 's3:*', [BUCKET, `${BUCKET}/*`], everything)),
      ),
      /resource "docs"\): it has both layers/,
    );
  });

  it('leaves out whom conditions exclude', () => {
    const everyone = (Condition: object) => lent({ Principal: '*', Condition });
    const other = { StringEquals: { 'aws:PrincipalAccount': OTHER } };
    passes(check(role(ADMINISTRATOR, inStack), everyone(other)));
    undecided(check(role(ADMINISTRATOR, { arn: unknown }), everyone(other)), /the account of role/);
    passes(check(role(ADMINISTRATOR, inStack), everyone({ ArnNotEquals: { 'aws:PrincipalArn': ROLE } })));
    passes(
      check(
        role(ADMINISTRATOR, inStack),
        everyone({ StringNotLike: { 'aws:PrincipalArn': [`arn:aws:iam::*:role/acme-*`] } }),
      ),
    );
    refused(
      check(
        role(ADMINISTRATOR, inStack),
        everyone({
          ArnNotEquals: { 'aws:PrincipalArn': `${ROLE}-2` },
          StringEquals: { 'aws:PrincipalAccount': ACCOUNT },
        }),
      ),
      DATA_BY_BUCKET,
    );
  });
});

describe('no-role-with-both, of keys of every kind', () => {
  const both = document(allow('Lent', ['kms:Decrypt', 'kms:PutKeyPolicy'], '*', toRole));
  const harmless = document(allow('Root', 'kms:*', '*', { Principal: { AWS: ACCOUNT } }));
  const kinds: Readonly<Record<string, string>> = {
    'aws:kms/key:Key': 'policy',
    'aws:kms/replicaKey:ReplicaKey': 'policy',
    'aws:kms/externalKey:ExternalKey': 'policy',
    'aws:kms/replicaExternalKey:ReplicaExternalKey': 'policy',
    'aws-native:kms:Key': 'keyPolicy',
    'aws-native:kms:ReplicaKey': 'keyPolicy',
  };
  const one = (type: string, policy: object, over: object = {}): Resource => ({
    type,
    name: 'key',
    props: { [kinds[type] ?? 'policy']: policy, ...over },
  });
  const encryptedBy = (type: string): Resource => ({
    ...encrypted,
    sources: { encryptionConfiguration: [{ type, name: 'key' }] },
  });

  for (const type of Object.keys(kinds)) {
    it(`counts the policy of ${type}`, () => {
      refused(check(one(type, both), encryptedBy(type)), /role "acme-worker" .*has both layers/);
      passes(check(one(type, both)));
    });
  }

  const keyPolicy = (policy: object): Resource => ({
    type: 'aws:kms/keyPolicy:KeyPolicy',
    name: 'in-force',
    props: { keyId: unknown, policy: JSON.stringify(policy) },
    sources: { keyId: [key()] },
  });

  it('counts the policy that is in force, which a KeyPolicy sets', () => {
    const type = 'aws:kms/key:Key';
    passes(check(one(type, both), keyPolicy(harmless), encryptedBy(type)));
    refused(check(one(type, harmless), keyPolicy(both), encryptedBy(type)), /has both layers/);
  });

  it('knows the key of a bucket by its alias', () => {
    const alias = (name: string): Resource => ({
      type: 'aws:kms/alias:Alias',
      props: { name, targetKeyId: unknown },
      sources: { targetKeyId: [key()] },
    });
    const bucket = (kmsMasterKeyId: string): Resource => ({
      type: 'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
      props: {
        bucket: 'acme-dev-vector-docs',
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId } }],
      },
    });
    const judged = (name: string, written: string) =>
      check(one('aws:kms/key:Key', both), alias(name), bucket(written));
    refused(judged('alias/docs', 'alias/docs'), /has both layers/);
    refused(judged('alias/docs', `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/docs`), /has both layers/);
    passes(judged('alias/docs', 'alias/docs-2'));
  });
});

describe('no-broad-vector-grants, of vector bucket policies', () => {
  it('refuses data and administration in one entry, and accepts them one by one', () => {
    const to = (Action: unknown) =>
      vectorBucketPolicies(allow('S', Action, '*', { Principal: { AWS: ACCOUNT } }));
    for (const policy of to('s3vectors:*')) {
      refused(
        judge(noBroadVectorGrants, policy),
        /resource policy .*data and administration of S3 Vectors with "s3vectors:\*"/,
      );
    }
    for (const policy of to(['s3vectors:QueryVectors', 's3vectors:GetVectors'])) {
      passes(judge(noBroadVectorGrants, policy));
    }
  });
});
