import assert from 'node:assert/strict';
import { keyPolicyDocument } from '../../../contract/iam/documents/key-policy';
import { dataProtected } from '../../../policy-pack/policies/data-protected';
import { encryptionKeyIndexingGrant } from '../../../policy-pack/policies/encryption-key-indexing-grant';
import { encryptionKeyRotation } from '../../../policy-pack/policies/encryption-key-rotation';
import { vectorBucketEncryption } from '../../../policy-pack/policies/vector-bucket-encryption';
import { judge, judgeStack, passes, refused, type Resource, undecided, unknown } from './judge';

const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/0b8f';
const PLACE = { partition: 'aws', region: 'eu-west-1', accountId: '111122223333' };

const VECTOR_BUCKETS: Readonly<Record<string, (name: string, encryption?: object) => Resource>> = {
  'aws-native': (vectorBucketName, encryptionConfiguration) => ({
    type: 'aws-native:s3vectors:VectorBucket',
    props: { vectorBucketName, encryptionConfiguration },
  }),
  aws: (vectorBucketName, encryption) => ({
    type: 'aws:s3/vectorsVectorBucket:VectorsVectorBucket',
    props: {
      vectorBucketName,
      encryptionConfigurations: encryption === undefined ? undefined : [encryption],
    },
  }),
};

for (const [provider, bucket] of Object.entries(VECTOR_BUCKETS)) {
  describe(`vector-bucket-encryption of ${provider}`, () => {
    const check = (environment: string, encryption?: object, config = {}) =>
      judge(vectorBucketEncryption, bucket(`acme-${environment}-vector-x`, encryption), config);

    it('accepts AES256 outside production, and a key anywhere', () => {
      passes(check('dev'));
      passes(check('dev', { sseType: 'AES256' }));
      passes(check('prod', { sseType: 'aws:kms', kmsKeyArn: KEY_ARN }));
      passes(check('prod', { sseType: 'aws:kms', kmsKeyArn: unknown }));
    });

    it('refuses production without a key', () => {
      refused(check('prod'), /service's default, AES256/);
      refused(check('production', { sseType: 'AES256' }), /with AES256/);
      refused(check('live', undefined, { productionEnvironments: ['live'] }), /production bucket/);
    });

    it('refuses a key that S3 Vectors would refuse', () => {
      refused(check('dev', { sseType: 'aws:kms' }), /without a key/);
      refused(check('dev', { sseType: 'aws:kms', kmsKeyArn: 'alias/acme' }), /not an id or an alias/);
      refused(
        check('prod', { sseType: 'aws:kms', kmsKeyArn: KEY_ARN.replace('key/', 'alias/') }),
        /must be the ARN of a key/,
      );
      refused(check('dev', { sseType: 'AWS:KMS', kmsKeyArn: KEY_ARN }), /must be "AES256" or "aws:kms"/);
    });

    it('leaves exempt buckets alone, and waits for what is unknown', () => {
      passes(check('prod', undefined, { exempt: ['acme-prod-*'] }));
      undecided(check('prod', { sseType: unknown }), /not known yet/);
    });
  });
}

describe('vector-bucket-encryption of indexes', () => {
  const native = (environment: string, encryptionConfiguration?: object): Resource => ({
    type: 'aws-native:s3vectors:Index',
    props: {
      indexName: 'episodes',
      vectorBucketName: `acme-${environment}-vector-x`,
      encryptionConfiguration,
    },
  });

  it('accepts an index that is encrypted as its bucket is, or by a key', () => {
    passes(judge(vectorBucketEncryption, native('prod')));
    passes(judge(vectorBucketEncryption, native('dev', { sseType: 'AES256' })));
    passes(judge(vectorBucketEncryption, native('prod', { sseType: 'aws:kms', kmsKeyArn: KEY_ARN })));
  });

  it('refuses an index of production without a key', () => {
    refused(
      judge(vectorBucketEncryption, native('prod', { sseType: 'AES256' })),
      /production index .* AES256/,
    );
    refused(
      judge(vectorBucketEncryption, {
        type: 'aws:s3/vectorsIndex:VectorsIndex',
        props: {
          indexName: 'episodes',
          vectorBucketName: 'acme-prod-vector-x',
          encryptionConfigurations: [{ sseType: 'AES256' }],
        },
      }),
      /vector index "episodes"/,
    );
    passes(
      judge(vectorBucketEncryption, native('prod', { sseType: 'AES256' }), {
        exempt: ['acme-prod-vector-x'],
      }),
    );
  });
});

for (const type of ['aws:kms/key:Key', 'aws-native:kms:Key']) {
  describe(`encryption-key-rotation of ${type}`, () => {
    const check = (props: object) => judge(encryptionKeyRotation, { type, props });

    it('accepts a key that rotates, and one that cannot', () => {
      passes(check({ enableKeyRotation: true }));
      passes(check({ [type.startsWith('aws:') ? 'customerMasterKeySpec' : 'keySpec']: 'RSA_4096' }));
      passes(judge(encryptionKeyRotation, { type: 'aws:kms/alias:Alias', props: {} }));
      for (const cannot of [
        { origin: 'EXTERNAL' },
        { origin: 'AWS_CLOUDHSM' },
        { customKeyStoreId: 'cks-1' },
        { keySpec: 'HMAC_256' },
      ])
        passes(check(cannot));
      passes(judge(encryptionKeyRotation, { type: 'aws:kms/replicaKey:ReplicaKey', props: {} }));
    });

    it('refuses one that does not', () => {
      refused(check({}), /set enableKeyRotation to true/);
      refused(check({ enableKeyRotation: false }), /does not rotate/);
      refused(check({ enableKeyRotation: null }), /does not rotate/);
      refused(check({ keySpec: 'SYMMETRIC_DEFAULT', enableKeyRotation: 'no' }), /does not rotate/);
    });

    it('waits for what is unknown', () => {
      undecided(check({ enableKeyRotation: unknown }), /not known yet/);
    });
  });

  describe(`encryption-key-indexing-grant of ${type}`, () => {
    const property = type.startsWith('aws:') ? 'policy' : 'keyPolicy';
    const key = (policy: unknown): Resource => ({ type, name: 'key', props: { [property]: policy } });
    const bucket: Resource = {
      type: 'aws-native:s3vectors:VectorBucket',
      name: 'vectors',
      props: {
        vectorBucketName: 'acme-prod-vector-x',
        encryptionConfiguration: { sseType: 'aws:kms', kmsKeyArn: unknown },
      },
      sources: { encryptionConfiguration: [key(undefined)] },
    };
    const check = (policy: unknown) => judgeStack(encryptionKeyIndexingGrant, [key(policy), bucket]);
    const grant = (over: object) => ({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Index',
          Effect: 'Allow',
          Principal: { Service: 'indexing.s3vectors.amazonaws.com' },
          Action: 'kms:Decrypt',
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
          ...over,
        },
      ],
    });

    it("accepts the key component's policy, as object and as JSON", () => {
      passes(check(keyPolicyDocument(PLACE)));
      passes(check(JSON.stringify(keyPolicyDocument(PLACE))));
      passes(check(grant({ Action: 'kms:D*' })));
    });

    it('refuses a key that does not let S3 Vectors index', () => {
      refused(check(undefined), /has no policy of its own/);
      refused(check(grant({ Action: 'kms:DescribeKey' })), /does not allow kms:Decrypt/);
      refused(check(grant({ Principal: { Service: 's3vectors.amazonaws.com' } })), /does not allow/);
      refused(check(grant({ Effect: 'Deny' })), /does not allow/);
      refused(check(grant({ Condition: { StringEquals: { 'kms:ViaService': 'x' } } })), /does not allow/);
    });

    it('refuses a grant on behalf of every account', () => {
      refused(check(grant({ Condition: undefined })), /on behalf of every account/);
      refused(
        check(grant({ Condition: { StringLike: { 'aws:SourceAccount': '*' } } })),
        /on behalf of every account/,
      );
    });

    it('refuses a grant that confines to no account', () => {
      for (const Condition of [
        { StringLike: { 'aws:SourceAccount': '1*' } },
        { StringNotEquals: { 'aws:SourceAccount': '999999999999' } },
        { ArnLike: { 'aws:SourceArn': 'arn:aws:s3vectors:*:*:bucket/*' } },
      ])
        refused(check(grant({ Condition })), /on behalf of every account/);
    });

    it("accepts the key's own ARN, and the encryption context of S3 Vectors", () => {
      const known = (Resource: string) =>
        judgeStack(encryptionKeyIndexingGrant, [
          { type, name: 'key', props: { [property]: grant({ Resource }), arn: KEY_ARN } },
          bucket,
        ]);
      passes(known(KEY_ARN));
      refused(known(`${KEY_ARN}-other`), /does not allow/);
      passes(
        check(
          grant({
            Condition: {
              StringEquals: { 'aws:SourceAccount': '111122223333' },
              StringLike: {
                'kms:EncryptionContext:aws:s3vectors:arn':
                  'arn:aws:s3vectors:eu-west-1:111122223333:bucket/*',
              },
            },
          }),
        ),
      );
    });

    it('judges the policy that is in force, which a KeyPolicy sets', () => {
      const set = (policy: unknown): Resource => ({
        type: 'aws:kms/keyPolicy:KeyPolicy',
        name: 'in-force',
        props: { keyId: unknown, policy },
        sources: { keyId: [key(undefined)] },
      });
      const judged = (own: unknown, inForce: unknown) =>
        judgeStack(encryptionKeyIndexingGrant, [key(own), set(inForce), bucket]);
      passes(judged(grant({ Action: 'kms:DescribeKey' }), grant({})));
      passes(judged(unknown, grant({})));
      refused(judged(grant({}), grant({ Action: 'kms:DescribeKey' })), /does not allow kms:Decrypt/);
      undecided(judged(grant({}), unknown), /not known yet/);
    });

    it('refuses what cannot be read, and waits for what is unknown', () => {
      refused(check('{'), /no JSON/);
      undecided(check(unknown), /not known yet/);
      undecided(check(grant({ Action: unknown })), /Statement\[0\].Action/);
    });

    it('leaves keys alone that encrypt no vectors', () => {
      passes(judgeStack(encryptionKeyIndexingGrant, [key(undefined)]));
      passes(judgeStack(encryptionKeyIndexingGrant, [key(undefined), { ...bucket, sources: {} }]));
      const named = { ...bucket, sources: { vectorBucketName: [key(undefined)] } };
      passes(judgeStack(encryptionKeyIndexingGrant, [key(undefined), named]));
    });

    it('finds the key of a bucket by its ARN', () => {
      const known: Resource = { ...key(undefined), props: { arn: KEY_ARN } };
      const named: Resource = {
        type: 'aws:s3/vectorsVectorBucket:VectorsVectorBucket',
        props: {
          vectorBucketName: 'x',
          encryptionConfigurations: [{ sseType: 'aws:kms', kmsKeyArn: KEY_ARN }],
        },
      };
      refused(judgeStack(encryptionKeyIndexingGrant, [known, named]), /no policy of its own/);
    });
  });
}

describe('data-protected', () => {
  const holders: readonly (readonly [string, (environment: string) => object])[] = [
    ['aws-native:s3vectors:VectorBucket', (e) => ({ vectorBucketName: `acme-${e}-vector-x` })],
    [
      'aws-native:s3vectors:Index',
      (e) => ({ indexName: 'episodes', vectorBucketArn: `arn:aws:s3vectors:r:1:bucket/acme-${e}-vector-x` }),
    ],
    ['aws:s3/vectorsVectorBucket:VectorsVectorBucket', (e) => ({ vectorBucketName: `acme-${e}-vector-x` })],
    [
      'aws:s3/vectorsIndex:VectorsIndex',
      (e) => ({ indexName: 'episodes', vectorBucketName: `acme-${e}-vector-x` }),
    ],
    ['aws:s3/bucket:Bucket', (e) => ({ bucket: `acme-${e}-vector-x` })],
    ['aws-native:s3:Bucket', (e) => ({ bucketName: `acme-${e}-vector-x` })],
  ];
  for (const [type, props] of holders) {
    it(`asks for protection of ${type} in production only`, () => {
      passes(judge(dataProtected, { type, props: props('prod'), protect: true }));
      passes(judge(dataProtected, { type, props: props('dev') }));
      refused(
        judge(dataProtected, { type, props: props('prod') }),
        /not protected; set the resource option protect/,
      );
      refused(judge(dataProtected, { type, props: props('production') }), /not protected/);
      refused(
        judge(dataProtected, { type, props: props('live') }, { productionEnvironments: ['live'] }),
        /not protected/,
      );
    });
  }

  it('finds production in the name of the stack, and in the tag Environment', () => {
    const inStack = (stack: string, type: string, props: object, protect = false) => {
      const messages: string[] = [];
      (dataProtected.validateResource as (args: object, report: (message: string) => void) => void)(
        {
          type,
          name: 'it',
          urn: `urn:pulumi:${stack}::acme::${type}::it`,
          props,
          opts: { protect },
          getConfig: () => ({ productionEnvironments: ['prod', 'production'] }),
        },
        (message) => {
          messages.push(message);
        },
      );
      return messages.length > 0;
    };
    const key = 'aws:kms/key:Key';
    for (const stack of ['prod', 'prod-eu', 'acme-prod', 'Prod', 'acme.production.eu'])
      assert.ok(inStack(stack, key, {}), stack);
    for (const stack of ['dev', 'product', 'non-prod', 'pre-prod', 'nonprod'])
      assert.ok(!inStack(stack, key, {}), stack);
    assert.ok(!inStack('prod-eu', key, {}, true));
    assert.ok(inStack('main', key, { tags: { Environment: 'prod' } }));
    assert.ok(!inStack('prod', key, { tags: { Environment: 'dev' } }));
    assert.ok(inStack('main', 'aws-native:kms:Key', { tags: [{ key: 'Environment', value: 'Prod' }] }));
    // A name of the pattern says more than the stack's.
    assert.ok(!inStack('prod-eu', 'aws:s3/bucket:Bucket', { bucket: 'acme-dev-vector-x' }));
    assert.ok(!inStack('prod-eu', 'aws:s3/bucket:Bucket', { bucket: 'company-logs' }));
    assert.ok(
      inStack('prod-eu', 'aws:s3/vectorsVectorBucket:VectorsVectorBucket', { vectorBucketName: 'legacy' }),
    );
  });

  it('refuses forceDestroy, protected or not, and waits where it is unknown', () => {
    const check = (forceDestroy: unknown) =>
      judge(dataProtected, {
        type: 'aws:s3/bucket:Bucket',
        props: { bucket: 'acme-prod-vector-x', forceDestroy },
        protect: true,
      });
    refused(check(true), /forceDestroy would delete all/);
    passes(check(false));
    undecided(check(unknown), /forceDestroy is not known yet/);
  });

  it('knows production by the stack where no name says it', () => {
    const inStack = { productionEnvironments: ['dev'] }; // the harness's stack
    refused(judge(dataProtected, { type: 'aws:kms/key:Key', props: {} }, inStack), /not protected/);
    refused(
      judge(dataProtected, { type: 'aws:s3/bucket:Bucket', props: { bucket: unknown } }, inStack),
      /not protected/,
    );
    passes(judge(dataProtected, { type: 'aws:kms/key:Key', props: {} }));
    passes(judge(dataProtected, { type: 'aws:sqs/queue:Queue', props: {} }, inStack));
  });
});
