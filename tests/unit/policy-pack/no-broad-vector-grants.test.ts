import assert from 'node:assert/strict';
import { noBroadVectorGrants } from '../../../policy-pack/policies/no-broad-vector-grants';
import { judge, passes, refused, undecided, unknown } from './judge';

const VECTORS = 'arn:aws:s3vectors:eu-west-1:111122223333:bucket';
const allow = (Action: unknown, Resource: unknown, over: object = {}) => ({
  Sid: 'X',
  Effect: 'Allow',
  Action,
  Resource,
  ...over,
});

const HOLDERS = {
  aws: (document: unknown, name = 'p') => ({
    type: 'aws:iam/policy:Policy',
    props: { name, policy: document },
  }),
  'aws as JSON': (document: unknown, name = 'p') => ({
    type: 'aws:iam/rolePolicy:RolePolicy',
    props: { name, role: 'r', policy: typeof document === 'object' ? JSON.stringify(document) : document },
  }),
  'aws-native': (policyDocument: unknown, managedPolicyName = 'p') => ({
    type: 'aws-native:iam:ManagedPolicy',
    props: { managedPolicyName, policyDocument },
  }),
};

for (const [provider, hold] of Object.entries(HOLDERS)) {
  describe(`no-broad-vector-grants of ${provider}`, () => {
    const check = (...Statement: unknown[]) =>
      judge(noBroadVectorGrants, hold({ Version: '2012-10-17', Statement }));

    it('accepts actions one by one, or of one kind, in buckets of the pattern', () => {
      passes(
        check(allow(['s3vectors:QueryVectors', 's3vectors:Get*'], `${VECTORS}/acme-dev-vector-docs/index/*`)),
      );
      passes(check(allow('s3vectors:*Vectors', `${VECTORS}/acme-*-vector-*`)));
      passes(check(allow(['s3vectors:CreateIndex'], `${VECTORS}/acme-*-vector-*/index/*`)));
      passes(check(allow('s3vectors:ListVectorBuckets', '*')));
    });

    it('accepts a bucket that is named in full, whatever its name', () => {
      passes(check(allow('s3vectors:QueryVectors', `${VECTORS}/legacy/index/episodes`)));
    });

    it('accepts what does not concern vectors', () => {
      passes(check(allow(['s3:*', 'kms:*'], '*')));
      passes(check(allow('*', 'arn:aws:s3:::*')));
      passes(check({ Effect: 'Deny', Action: 's3vectors:*', Resource: '*' }));
    });

    it('refuses data and administration in one entry, however it is spelled', () => {
      const bucket = `${VECTORS}/acme-dev-vector-docs*`;
      refused(
        check(allow('s3vectors:*', bucket)),
        /statement "X" of p allows data and administration of S3 Vectors with "s3vectors:\*"/,
      );
      refused(check(allow('S3VECTORS:*', bucket)), /with "S3VECTORS:\*"/);
      refused(check(allow('s3vec*:*e*', bucket)), /with "s3vec\*:\*e\*"/);
      refused(check(allow('*', bucket)), /with "\*"/);
      refused(check(allow('s3vectors:?ut*', bucket)), /with "s3vectors:\?ut\*"/);
      refused(
        check(allow(undefined, bucket, { NotAction: ['s3vectors:DeleteIndex'] })),
        /all of S3 Vectors but for/,
      );
    });

    it('refuses resources that reach buckets of every name', () => {
      refused(
        check(allow('s3vectors:QueryVectors', '*')),
        /s3vectors:QueryVectors on \*, which reaches vector buckets of every name/,
      );
      refused(check(allow('s3vectors:QueryVectors', 'arn:aws:s3vectors:*')), /every name/);
      refused(check(allow('s3vectors:QueryVectors', `${VECTORS}/*`)), /every name/);
      refused(check(allow('s3vectors:QueryVectors', `${VECTORS}/acme-*`)), /every name/);
      refused(
        check(allow('s3vectors:QueryVectors', undefined, { NotResource: `${VECTORS}/secret` })),
        /NotResource/,
      );
      refused(check(allow('s3vectors:QueryVectors', `${VECTORS}/\${aws:username}/index/x`)), /every name/);
    });

    it('counts a Deny that covers the rest', () => {
      passes(
        check(allow('s3vectors:QueryVectors', '*'), {
          Effect: 'Deny',
          Action: '*',
          NotResource: `${VECTORS}/acme-dev-vector-*`,
        }),
      );
      refused(
        check(allow('s3vectors:QueryVectors', '*'), {
          Effect: 'Deny',
          Action: '*',
          NotResource: `${VECTORS}/acme-dev-vector-*`,
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        }),
        /every name/,
      );
    });

    it('leaves exempt policies alone', () => {
      passes(
        judge(
          noBroadVectorGrants,
          hold({ Version: '2012-10-17', Statement: [allow('*', '*')] }, 'break-glass-admin'),
          {
            exempt: ['break-glass-*'],
          },
        ),
      );
    });

    it('neither passes nor refuses what is unknown', () => {
      undecided(judge(noBroadVectorGrants, hold(unknown)), /the whole document cannot be known/);
    });

    it('refuses what cannot be read', () => {
      refused(judge(noBroadVectorGrants, hold('{')), /no JSON/);
    });
  });
}

describe('no-broad-vector-grants', () => {
  it('judges an unknown resource at the update only', () => {
    const held = (statement: object) =>
      HOLDERS['aws-native']({ Version: '2012-10-17', Statement: [statement] });
    undecided(
      judge(noBroadVectorGrants, held(allow('s3vectors:QueryVectors', unknown))),
      /Statement\[0\].Resource/,
    );
    passes(judge(noBroadVectorGrants, held(allow('kms:Decrypt', unknown))));
  });
});

describe('no-broad-vector-grants of a document of entangled patterns', () => {
  /** Seconds of CPU time, with room for a machine at work. */
  const LIMIT = 20;
  const judged = (allowed: readonly string[], denied: readonly string[]) => {
    const before = process.cpuUsage();
    const verdict = judge(
      noBroadVectorGrants,
      HOLDERS.aws({
        Version: '2012-10-17',
        Statement: [
          allow('s3vectors:*', allowed),
          { Effect: 'Deny', Action: 's3vectors:*', Resource: denied },
        ],
      }),
    );
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1e6 < LIMIT, `${(user + system) / 1e6} s`);
    return verdict;
  };
  const sixty = (pattern: (at: number) => string) =>
    Array.from({ length: 60 }, (_, at) => `arn:aws:s3vectors:*:*:bucket/${pattern(at)}`);
  const gap = '?'.repeat(12);

  it('takes seconds at most, and refuses it', function () {
    this.timeout(120_000);
    const allowed = sixty((at) => `*${gap}a*${at}b*?c*`);
    const denied = allowed.map((pattern) => `${pattern}q*`);
    refused(judged(allowed, denied), /allows data and administration of S3 Vectors/);
  });

  it('is never taken for fine where nobody can decide in that time', function () {
    this.timeout(120_000);
    const allowed = sixty((at) => `*a${gap}?b${gap}*${at}`);
    const denied = sixty((at) => `*a${gap}?b*${at}`);
    refused(judged(allowed, denied), /allows data and administration of S3 Vectors/);
  });

  it('is left alone where each entry that is allowed is denied', () => {
    const entries = sixty((at) => `team${at}-*-vector-*`);
    passes(judged(entries, entries));
  });
});
