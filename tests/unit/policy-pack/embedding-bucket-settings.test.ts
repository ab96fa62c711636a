import type { StackValidationPolicy } from '@pulumi/policy';
import assert from 'node:assert/strict';
import { embeddingBucketEncryption } from '../../../policy-pack/policies/embedding-bucket-encryption';
import { embeddingBucketLifecycle } from '../../../policy-pack/policies/embedding-bucket-lifecycle';
import { embeddingBucketPublicAccess } from '../../../policy-pack/policies/embedding-bucket-public-access';
import { embeddingBucketTlsOnly } from '../../../policy-pack/policies/embedding-bucket-tls-only';
import { embeddingBucketVersioning } from '../../../policy-pack/policies/embedding-bucket-versioning';
import { givenInputs } from '../../../policy-pack/resources/given-inputs';
import { judgeStack, passes, refused, type Resource, undecided, unknown, urnOf, type Verdict } from './judge';

const DEV = 'acme-dev-vector-docs';
const PROD = 'acme-prod-vector-docs';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0b8f';

const bucket = (name: unknown = DEV, more: object = {}): Resource => ({
  type: 'aws:s3/bucket:Bucket',
  name: 'docs',
  props: { bucket: name, ...more },
});
const native = (more: object, bucketName = DEV): Resource => ({
  type: 'aws-native:s3:Bucket',
  name: 'docs',
  props: { bucketName, ...more },
});
const setting = (kind: string, props: object, name: unknown = DEV): Resource => ({
  type: `aws:s3/bucket${kind}:Bucket${kind}`,
  name: kind,
  props: { bucket: name, ...props },
  sources: { bucket: [bucket()] },
});

interface Case {
  readonly policy: StackValidationPolicy;
  /** One of the resources that make a bucket pass. */
  readonly good: Resource;
  readonly goodNative: object;
  /** description → resources beside or in place of the bucket, and what is said */
  readonly bad: Readonly<Record<string, readonly [readonly Resource[], RegExp]>>;
  readonly unknownSetting: Resource;
}

const encrypt = (rule: object, name: unknown = DEV) =>
  setting('ServerSideEncryptionConfiguration', { rules: [rule] }, name);
const aes = { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } };
const kms = (keyId: unknown, bucketKeyEnabled: unknown = true) => ({
  applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyId },
  bucketKeyEnabled,
});
const block = (over: object = {}) => ({
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
  ...over,
});
const rule = (over: object = {}) => ({
  id: 'all',
  status: 'Enabled',
  filter: {},
  noncurrentVersionExpiration: { noncurrentDays: 180 },
  abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  ...over,
});
const lifecycle = (...rules: object[]) => setting('LifecycleConfiguration', { rules });
const tls = (over: object = {}, name = DEV) => ({
  Version: '2012-10-17',
  Statement: {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    ...over,
  },
});
const policy = (document: unknown): Resource => setting('Policy', { policy: document });

const CASES: readonly Case[] = [
  {
    policy: embeddingBucketVersioning,
    good: setting('Versioning', { versioningConfiguration: { status: 'Enabled' } }),
    goodNative: { versioningConfiguration: { status: 'Enabled' } },
    bad: {
      'no versioning': [[bucket()], /versioning is not set/],
      'suspended versioning': [
        [bucket(), setting('Versioning', { versioningConfiguration: { status: 'Suspended' } })],
        /is Suspended/,
      ],
      'versioning switched off in the bucket': [
        [bucket(DEV, { versioning: { enabled: false } })],
        /is Suspended/,
      ],
      'versioning of another bucket': [
        [
          bucket(),
          setting('Versioning', { versioningConfiguration: { status: 'Enabled' } }, 'acme-dev-vector-other'),
        ],
        /not set/,
      ],
      'an aws-native bucket without it': [[native({})], /not set/],
      'an aws-native bucket with it suspended': [
        [native({ versioningConfiguration: { status: 'Suspended' } })],
        /is Suspended/,
      ],
    },
    unknownSetting: setting('Versioning', { versioningConfiguration: { status: unknown } }),
  },
  {
    policy: embeddingBucketEncryption,
    good: encrypt(aes),
    goodNative: {
      bucketEncryption: {
        serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
      },
    },
    bad: {
      'no encryption': [[bucket()], /sets no default encryption/],
      'an unknown algorithm': [
        [bucket(), encrypt({ applyServerSideEncryptionByDefault: { sseAlgorithm: 'rot13' } })],
        /"rot13" must be/,
      ],
      'KMS without a bucket key': [[bucket(), encrypt(kms(KEY, false))], /set bucketKeyEnabled/],
      'AES256 in production': [
        [bucket(PROD), encrypt(aes, PROD)],
        /production bucket uses aws:kms, and this one AES256/,
      ],
      "AWS's own key in production": [[bucket(PROD), encrypt(kms(undefined), PROD)], /AWS's own key/],
      'an aws-native bucket without it': [[native({}, PROD)], /sets no default encryption/],
      'an aws-native production bucket with AES256': [
        [
          native(
            {
              bucketEncryption: {
                serverSideEncryptionConfiguration: [
                  { serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } },
                ],
              },
            },
            PROD,
          ),
        ],
        /and this one AES256/,
      ],
    },
    unknownSetting: encrypt({ applyServerSideEncryptionByDefault: { sseAlgorithm: unknown } }),
  },
  {
    policy: embeddingBucketPublicAccess,
    good: setting('PublicAccessBlock', block()),
    goodNative: { publicAccessBlockConfiguration: block() },
    bad: {
      'no block': [[bucket()], /no public access block/],
      'one switch off': [
        [bucket(), setting('PublicAccessBlock', block({ ignorePublicAcls: false }))],
        /leaves ignorePublicAcls off; set it/,
      ],
      'switches left out': [
        [bucket(), setting('PublicAccessBlock', { blockPublicAcls: true })],
        /leaves blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets off/,
      ],
      'a block of another bucket': [
        [bucket(), setting('PublicAccessBlock', block(), 'acme-dev-vector-other')],
        /no public access block/,
      ],
      'an aws-native bucket with one switch off': [
        [native({ publicAccessBlockConfiguration: block({ blockPublicPolicy: false }) })],
        /leaves blockPublicPolicy off/,
      ],
    },
    unknownSetting: setting('PublicAccessBlock', block({ blockPublicAcls: unknown })),
  },
  {
    policy: embeddingBucketLifecycle,
    good: lifecycle(rule()),
    goodNative: {
      lifecycleConfiguration: {
        rules: [
          {
            status: 'Enabled',
            noncurrentVersionExpiration: { noncurrentDays: 30 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
    },
    bad: {
      'no rules': [[bucket()], /removes noncurrent versions; add noncurrentVersionExpiration/],
      'a rule that is switched off': [[bucket(), lifecycle(rule({ status: 'Disabled' }))], /no enabled rule/],
      'a rule for a prefix only': [
        [bucket(), lifecycle(rule({ filter: { prefix: 'old/' } }))],
        /no enabled rule for the whole bucket/,
      ],
      'versions kept for too long': [
        [bucket(), lifecycle(rule({ noncurrentVersionExpiration: { noncurrentDays: 4000 } }))],
        /after 4000 days and must be after 365/,
      ],
      'abandoned uploads kept': [
        [bucket(), lifecycle(rule({ abortIncompleteMultipartUpload: undefined }))],
        /removes abandoned uploads/,
      ],
      'an aws-native bucket without rules': [[native({})], /no enabled rule/],
    },
    unknownSetting: lifecycle(rule({ noncurrentVersionExpiration: { noncurrentDays: unknown } })),
  },
  {
    policy: embeddingBucketTlsOnly,
    good: policy(JSON.stringify(tls())),
    goodNative: {},
    bad: {
      'no policy': [[bucket()], /are possible without TLS/],
      'a policy for the objects only': [
        [bucket(), policy(tls({ Resource: `arn:aws:s3:::${DEV}/*` }))],
        /possible without TLS/,
      ],
      'a policy for some objects': [
        [bucket(), policy(tls({ Resource: [`arn:aws:s3:::${DEV}`, `arn:aws:s3:::${DEV}/public/*`] }))],
        /s3:AbortMultipartUpload.*possible/,
      ],
      'a policy for reading only': [[bucket(), policy(tls({ Action: 's3:Get*' }))], /possible without TLS/],
      'a policy with a second condition': [
        [
          bucket(),
          policy(
            tls({
              Condition: {
                Bool: { 'aws:SecureTransport': 'false' },
                StringEquals: { 'aws:PrincipalOrgID': 'o-1' },
              },
            }),
          ),
        ],
        /possible without TLS/,
      ],
      'a policy for objects that happen to begin with a letter': [
        [bucket(), policy(tls({ Resource: [`arn:aws:s3:::${DEV}`, `arn:aws:s3:::${DEV}/a*`] }))],
        /possible without TLS/,
      ],
      'a policy for all but some objects': [
        [bucket(), policy(tls({ Resource: undefined, NotResource: `arn:aws:s3:::${DEV}/public/*` }))],
        /possible without TLS/,
      ],
      'a policy for all but one organisation': [
        [
          bucket(),
          policy(
            tls({
              Condition: {
                Bool: { 'aws:SecureTransport': 'false' },
                StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' },
              },
            }),
          ),
        ],
        /possible without TLS/,
      ],
      'a policy for all but one principal': [
        [bucket(), policy(tls({ Principal: undefined, NotPrincipal: { AWS: '111122223333' } }))],
        /possible without TLS/,
      ],
      'a policy that denies requests with TLS': [
        [bucket(), policy(tls({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }))],
        /possible/,
      ],
      'a policy against some principals': [
        [bucket(), policy(tls({ Principal: { AWS: '111122223333' } }))],
        /possible/,
      ],
      'an aws-native bucket without a policy': [[native({})], /possible/],
    },
    unknownSetting: policy(unknown),
  },
];

for (const { policy, good, goodNative, bad, unknownSetting } of CASES) {
  const check = (...resources: Resource[]): Verdict => judgeStack(policy, resources);

  describe(policy.name, () => {
    it('accepts the setting in a resource of its own, and in the bucket', () => {
      passes(check(bucket(), good));
      if (Object.keys(goodNative).length > 0) passes(check(native(goodNative)));
    });

    it('accepts a setting whose bucket is known only by where its name comes from', () => {
      passes(check(bucket(), { ...good, props: { ...good.props, bucket: unknown } }));
    });

    for (const [what, [resources, message]] of Object.entries(bad)) {
      it(`refuses ${what}`, () => {
        refused(check(...resources), message);
      });
    }

    it('leaves buckets of other names to embedding-bucket-naming, and exempt ones alone', () => {
      passes(check(bucket('company-logs')));
      passes(judgeStack(policy, [bucket()], { exempt: ['acme-dev-*'] }));
    });

    it('neither passes nor refuses what is unknown', () => {
      undecided(check(bucket(), unknownSetting), /known/);
      undecided(check(bucket(unknown)), /its name is not known yet/);
    });
  });
}

describe('embedding-bucket-encryption', () => {
  it('accepts a key of the account in production, also one that is not known yet', () => {
    passes(judgeStack(embeddingBucketEncryption, [bucket(PROD), encrypt(kms(KEY), PROD)]));
    passes(judgeStack(embeddingBucketEncryption, [bucket(PROD), encrypt(kms(unknown), PROD)]));
  });

  it('knows production by its configured names', () => {
    const resources = [bucket('acme-live-vector-docs'), encrypt(aes, 'acme-live-vector-docs')];
    passes(judgeStack(embeddingBucketEncryption, resources));
    refused(judgeStack(embeddingBucketEncryption, resources, { productionEnvironments: ['live'] }), /AES256/);
  });
});

describe('embedding-bucket-encryption, of keys', () => {
  it("refuses AWS's own key in production, however it is written", () => {
    for (const key of ['', 'alias/aws/s3', 'arn:aws:kms:eu-west-1:111122223333:alias/aws/s3'])
      refused(
        judgeStack(embeddingBucketEncryption, [bucket(PROD), encrypt(kms(key), PROD)]),
        /AWS's own key/,
      );
    passes(judgeStack(embeddingBucketEncryption, [bucket(PROD), encrypt(kms('alias/acme'), PROD)]));
  });

  it("reads Cloud Control's spelling of acronyms", () => {
    const made = (KMSMasterKeyID: string): Resource => ({
      type: 'aws:cloudcontrol/resource:Resource',
      props: {
        typeName: 'AWS::S3::Bucket',
        desiredState: JSON.stringify({
          BucketName: PROD,
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              {
                BucketKeyEnabled: true,
                ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID },
              },
            ],
          },
        }),
      },
    });
    passes(judgeStack(embeddingBucketEncryption, [made(KEY)]));
    refused(judgeStack(embeddingBucketEncryption, [made('alias/aws/s3')]), /AWS's own key/);
  });
});

describe('settings of embedding buckets that are given twice', () => {
  const twice = (one: Resource, other: Resource = one): Resource[] => [
    bucket(),
    { ...one, name: 'first' },
    { ...other, name: 'second' },
  ];
  const versioning = (status: string) => setting('Versioning', { versioningConfiguration: { status } });
  const cases: readonly (readonly [StackValidationPolicy, readonly Resource[]])[] = [
    [embeddingBucketVersioning, twice(versioning('Enabled'), versioning('Suspended'))],
    [embeddingBucketEncryption, twice(encrypt(aes))],
    [embeddingBucketPublicAccess, twice(setting('PublicAccessBlock', block()))],
    [embeddingBucketLifecycle, twice(lifecycle(rule()))],
    [embeddingBucketTlsOnly, twice(policy(tls()), policy(tls({ Effect: 'Allow' })))],
  ];
  for (const [judgedBy, resources] of cases) {
    it(`are refused by ${judgedBy.name}, with both names`, () => {
      refused(judgeStack(judgedBy, resources), /"first" .* and "second" .* set the same thing/);
    });
  }
});

describe('embedding buckets at a preview', () => {
  const computed = {
    policy: unknown,
    lifecycleRules: unknown,
    versioning: unknown,
    serverSideEncryptionConfiguration: unknown,
  };

  it('take a setting in a resource of its own for what counts, whatever the bucket computes', () => {
    for (const { policy: judgedBy, good } of CASES)
      passes(judgeStack(judgedBy, [bucket(DEV, computed), good]));
    refused(
      judgeStack(embeddingBucketTlsOnly, [
        bucket(DEV, { policy: tls() }),
        policy(tls({ Action: 's3:GetObject' })),
      ]),
      /possible without TLS/,
    );
  });

  describe('with the inputs that the program gave', () => {
    afterEach(() => {
      givenInputs.forget();
    });

    it('are refused where nothing is set, and noted where it is set and not known yet', () => {
      const judgedBy = [
        embeddingBucketVersioning,
        embeddingBucketEncryption,
        embeddingBucketLifecycle,
        embeddingBucketTlsOnly,
      ];
      for (const one of judgedBy) undecided(judgeStack(one, [bucket(DEV, computed)]), /not known yet/);
      givenInputs.remember(urnOf(bucket()), { bucket: DEV });
      for (const one of judgedBy) {
        const { violations, advisories } = judgeStack(one, [bucket(DEV, computed)]);
        assert.deepEqual([violations.length > 0, advisories], [true, []]);
      }
      givenInputs.remember(urnOf(bucket()), { bucket: DEV, ...computed });
      for (const one of judgedBy) undecided(judgeStack(one, [bucket(DEV, computed)]), /not known yet/);
    });
  });
});

describe('embedding-bucket-lifecycle', () => {
  const judged = (...rules: object[]) =>
    judgeStack(embeddingBucketLifecycle, [bucket(), lifecycle(...rules)]);

  it('refuses a rule that keeps versions for ever, or is for some objects only', () => {
    refused(
      judged(rule({ noncurrentVersionExpiration: { noncurrentDays: 1, newerNoncurrentVersions: 100 } })),
      /removes noncurrent versions/,
    );
    for (const filter of [
      { objectSizeGreaterThan: 5_000 },
      { and: { prefix: '', tags: { a: 'b' } } },
      { tag: { key: 'a', value: 'b' } },
    ])
      refused(judged(rule({ filter })), /no enabled rule for the whole bucket/);
    const inBucket = (over: object) =>
      judgeStack(embeddingBucketLifecycle, [
        bucket(DEV, {
          lifecycleRules: [
            {
              enabled: true,
              noncurrentVersionExpiration: { days: 1 },
              abortIncompleteMultipartUploadDays: 1,
              ...over,
            },
          ],
        }),
      ]);
    passes(inBucket({ tags: {} }));
    refused(inBucket({ tags: { a: 'b' } }), /no enabled rule for the whole bucket/);
    const inNative = (over: object) =>
      judgeStack(embeddingBucketLifecycle, [native({ lifecycleConfiguration: { rules: [rule(over)] } })]);
    passes(inNative({ filter: undefined, tagFilters: [] }));
    refused(inNative({ filter: undefined, tagFilters: [{ key: 'a', value: 'b' }] }), /whole bucket/);
    refused(inNative({ filter: undefined, objectSizeGreaterThan: '5000' }), /whole bucket/);
  });

  it('accepts empty filters, days as text, and a second rule that leaves nothing over', () => {
    passes(judged(rule({ filter: { prefix: '', and: null } })));
    passes(judged(rule({ noncurrentVersionExpiration: { noncurrentDays: '30' } })));
    passes(judged(rule(), rule({ filter: { prefix: unknown } })));
  });

  it('waits for a filter or a status that is not known yet', () => {
    undecided(judged(rule({ filter: { prefix: unknown } })), /not known yet/);
    undecided(judged(rule({ filter: unknown })), /not known yet/);
    undecided(judged(rule({ status: unknown })), /not known yet/);
  });

  it('takes the limits of the configuration', () => {
    refused(
      judgeStack(embeddingBucketLifecycle, [bucket(), lifecycle(rule())], { maximumRetentionDays: 90 }),
      /after 180 days and must be after 90/,
    );
    refused(
      judgeStack(embeddingBucketLifecycle, [bucket(), lifecycle(rule())], { maximumUploadDays: 3 }),
      /abandoned uploads are removed after 7 days/,
    );
  });
});

describe('embedding-bucket-tls-only', () => {
  it('accepts a policy spread over statements, and of another partition', () => {
    const [on, off] = [tls().Statement, tls().Statement];
    passes(
      judgeStack(embeddingBucketTlsOnly, [
        bucket(),
        policy({
          Version: '2012-10-17',
          Statement: [
            { ...on, Resource: `arn:aws-cn:s3:::${DEV}` },
            { ...off, Resource: `arn:aws-cn:s3:::${DEV}/*` },
          ],
        }),
      ]),
    );
  });
});
