import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { exitCodeOf, explain, type ExplainRequest } from '../../../policy-pack/explain-command';
import { BadInput } from '../../../policy-pack/explain-input';
import { printed } from '../../../policy-pack/explain-print';

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const QUERY = {
  Sid: 'Search',
  Effect: 'Allow',
  Action: 's3vectors:QueryVectors',
  Resource: 'arn:aws:s3vectors:eu-west-1:111122223333:bucket/acme-dev-vector-docs/index/*',
};
const EVERYTHING = { Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' };
const ask = (value: unknown, over: Partial<ExplainRequest> = {}) =>
  explain({
    source: 'given.json',
    text: typeof value === 'string' ? value : JSON.stringify(value),
    name: 'given',
    ...over,
  });
/** Without --name: only the file says what it is called. */
const unnamed = (value: unknown) => explain({ source: 'some/my policy.json', text: JSON.stringify(value) });
const config = (value: unknown) => ({ config: { source: 'config.json', text: JSON.stringify(value) } });
const names = (explanation: ReturnType<typeof ask>) => [
  ...new Set(explanation.findings.map(({ policy }) => policy)),
];
const problemsOf = (call: () => unknown): readonly string[] => {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof BadInput, String(error));
    return error.problems;
  }
  return assert.fail('accepted');
};

const URN = 'urn:pulumi:prod::acme::aws-native:s3vectors:VectorBucket::vectors';
const exported = (...resources: object[]) => ({ version: 3, deployment: { manifest: {}, resources } });
const vectorBucket = (inputs: object, over: object = {}) => ({
  urn: URN,
  type: 'aws-native:s3vectors:VectorBucket',
  custom: true,
  inputs,
  outputs: {},
  ...over,
});

describe('policy explain', () => {
  it('finds nothing in a document of one layer', () => {
    const explanation = ask(document(QUERY));
    assert.equal(explanation.judged, 'identity policy "given"');
    assert.deepEqual(explanation.findings, []);
    assert.equal(exitCodeOf(explanation), 0);
  });

  it('names policy, statement and change for one that is too broad', () => {
    const explanation = ask(document(QUERY, EVERYTHING));
    assert.deepEqual(names(explanation), ['no-role-with-both', 'no-broad-vector-grants']);
    assert.match(explanation.findings[0]?.message ?? '', /statement "All" of given/);
    assert.equal(exitCodeOf(explanation), 1);
  });

  it('takes the layer from the name', () => {
    const read = document({ ...QUERY, Action: 's3:GetObject', Resource: '*' });
    assert.deepEqual(names(ask(read)), []);
    assert.deepEqual(names(ask(read, { name: 'acme-s3-vector-management' })), ['management-without-data']);
  });

  it('knows resource policies and trust policies by their elements', () => {
    const open = ask(document({ ...EVERYTHING, Principal: '*' }));
    assert.equal(open.judged, 'resource policy "given"');
    assert.deepEqual(names(open), ['no-public-principal']);
    const trust = ask(
      document({
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: 'arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com' },
      }),
    );
    assert.equal(trust.judged, 'trust policy "given"');
    assert.deepEqual(names(trust), ['deployer-trust']);
  });

  it('judges an exported stack with every policy, and names the resources', () => {
    const tags = [
      { key: 'Project', value: 'acme' },
      { key: 'ManagedBy', value: 'pulumi' },
    ];
    const good = ask(
      exported(
        { urn: 'urn:pulumi:prod::acme::pulumi:pulumi:Stack::s', type: 'pulumi:pulumi:Stack', custom: false },
        vectorBucket({ vectorBucketName: 'acme-dev-vector-docs', tags }),
        vectorBucket({ vectorBucketName: 'gone' }, { delete: true }),
      ),
    );
    assert.equal(good.judged, 'a stack of 1 resource');
    assert.deepEqual(good.findings, []);
    const bad = ask(exported(vectorBucket({ vectorBucketName: 'acme-prod-vector-docs', tags })));
    assert.deepEqual(names(bad), ['vector-bucket-encryption', 'data-protected']);
    assert.ok(bad.findings.every(({ urn }) => urn === URN));
  });

  it('opens plain secrets, and takes encrypted ones for unknown', () => {
    const secret = (over: object) => ({
      '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
      ...over,
    });
    const naming = (value: object) =>
      ask(exported(vectorBucket({ vectorBucketName: secret(value) }))).findings.find(
        ({ policy }) => policy === 'vector-bucket-naming',
      );
    assert.equal(naming({ plaintext: '"vectors"' })?.level, 'mandatory');
    assert.equal(naming({ ciphertext: 'v1:abc' })?.level, 'advisory');
  });

  it('prints no secret, and survives one that is damaged', () => {
    const secret = (plaintext: string) => ({
      '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
      plaintext,
    });
    const judged = (value: object) => ask(exported(vectorBucket({ vectorBucketName: value })));
    const named = judged(secret('"Top-Secret"'));
    assert.ok(names(named).includes('vector-bucket-naming'));
    assert.doesNotMatch(JSON.stringify(named) + printed(named), /Top-Secret/);
    assert.match(JSON.stringify(named), /\[secret\]/);
    const damaged = judged(secret('"half'));
    assert.equal(damaged.findings.find(({ policy }) => policy === 'vector-bucket-naming')?.level, 'advisory');
    assert.doesNotMatch(JSON.stringify(damaged), /half/);
  });

  it('prints no text of a secret object or list, however it is written, and leaves other words alone', () => {
    const secret = (value: unknown) => ({
      '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
      plaintext: JSON.stringify(value),
    });
    const judged = (inputs: object, type = 'aws-native:s3vectors:VectorBucket') =>
      ask(exported(vectorBucket(inputs, { type })));
    const silent = (explanation: ReturnType<typeof ask>, policy: string) => {
      assert.ok(names(explanation).includes(policy), JSON.stringify(explanation));
      assert.doesNotMatch(JSON.stringify(explanation) + printed(explanation), /TOP|SECRET/);
      assert.match(JSON.stringify(explanation), /\[secret\]/);
    };
    silent(
      judged({
        vectorBucketName: 'acme-prod-vector-docs',
        encryptionConfiguration: secret({ sseType: 'aws:kms', kmsKeyArn: 'TOPSECRETKEY' }),
      }),
      'vector-bucket-encryption',
    );
    const attached = secret(['arn:aws:iam::111122223333:policy/TOPSECRET']);
    silent(judged({ name: 'r', managedPolicyArns: attached }, 'aws:iam/role:Role'), 'no-role-with-both');
    silent(judged({ vectorBucketName: secret(' TOP  SECRET\n"name" ') }), 'vector-bucket-naming');
    const short = judged({ vectorBucketName: 'bad', tags: [{ key: 'k', value: secret('e') }] });
    assert.match(
      short.findings.find(({ policy }) => policy === 'vector-bucket-naming')?.message ?? '',
      /vector bucket "bad"/,
    );
    const itself = judged({ vectorBucketName: secret('e') });
    assert.doesNotMatch(JSON.stringify(itself.findings), /"e\\"/);
  });

  it('leaves providers out, with the credentials in their inputs', () => {
    const provider = {
      urn: 'urn:pulumi:prod::acme::pulumi:providers:aws::default',
      type: 'pulumi:providers:aws',
      custom: true,
      inputs: { secretKey: 'abc' },
    };
    assert.equal(ask(exported(provider)).judged, 'a stack of 0 resources');
  });

  it('judges a vector bucket policy, and what a bucket policy gives to one role', () => {
    const toRole = { Principal: { AWS: 'arn:aws:iam::111122223333:role/worker' } };
    const vectors = ask(document({ ...QUERY, ...toRole, Action: 's3vectors:*', Resource: '*' }));
    assert.equal(vectors.judged, 'vector bucket policy "given"');
    assert.deepEqual(names(vectors), ['no-role-with-both', 'no-broad-vector-grants']);
    const objects = document({
      ...EVERYTHING,
      ...toRole,
      Action: 's3:*',
      Resource: ['arn:aws:s3:::acme-dev-vector-docs', 'arn:aws:s3:::acme-dev-vector-docs/*'],
    });
    for (const name of ['acme-dev-vector-docs', 'given']) {
      assert.deepEqual(names(ask(objects, { name })), ['embedding-bucket-tls-only', 'no-role-with-both']);
    }
    const ofLogs = JSON.stringify(objects).replaceAll('acme-dev-vector-docs', 'acme-logs');
    assert.deepEqual(names(ask(ofLogs)), []);
    // A bucket that nothing names may be one of embeddings; one that is named is not.
    const anywhere = document({ ...EVERYTHING, ...toRole, Action: 's3:*' });
    assert.deepEqual(names(unnamed(anywhere)), ['no-role-with-both']);
    assert.deepEqual(names(ask(anywhere, { name: 'acme-logs' })), []);
    const partly = JSON.stringify(objects).replaceAll('acme-dev-vector-docs', 'acme-*');
    assert.deepEqual(names(unnamed(JSON.parse(partly))), ['no-role-with-both']);
  });

  it('knows a policy of a vector bucket by its ARNs, and by actions that only S3 Vectors has', () => {
    const toRole = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:role/worker' } };
    const Resource = 'arn:aws:s3vectors:eu-west-1:111122223333:bucket/acme-dev-vector-docs*';
    for (const statement of [
      { ...toRole, Action: '*', Resource },
      { ...toRole, NotAction: 's3:x', Resource },
      { ...toRole, Action: 's3v*:*', Resource: '*' },
    ]) {
      const explanation = unnamed(document(statement));
      assert.equal(explanation.judged, 'vector bucket policy "my-policy"');
      assert.deepEqual(names(explanation), ['no-role-with-both', 'no-broad-vector-grants']);
    }
  });

  it('asks a key policy what it gives to one role', () => {
    const key = document({
      Sid: 'Both',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:role/worker' },
      Action: ['kms:Decrypt', 'kms:PutKeyPolicy'],
      Resource: '*',
    });
    const explanation = unnamed(key);
    assert.equal(explanation.judged, 'key policy "my-policy"');
    assert.deepEqual(names(explanation), ['no-role-with-both']);
    const everyone = document({ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' });
    assert.deepEqual(names(unnamed(everyone)), ['no-public-principal']);
  });

  it('takes only the Principal of a statement for one, and a trust policy for one with a Resource too', () => {
    const condition = { StringEquals: { principal: 'x', resource: 'y' } };
    const identity = unnamed(document({ ...EVERYTHING, Condition: condition }));
    assert.equal(identity.judged, 'identity policy "my-policy"');
    assert.deepEqual(names(identity), ['no-role-with-both', 'no-broad-vector-grants']);
    const trust = document({
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: 'arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com' },
      Resource: '*',
    });
    assert.deepEqual(names(unnamed(trust)), ['deployer-trust']);
  });

  it('refuses a name that IAM would refuse, and keys that stand twice', () => {
    for (const name of ['team/x', '', 'a b', 'x'.repeat(129)]) {
      assert.match(problemsOf(() => ask(document(EVERYTHING), { name }))[0] ?? '', /is no name in IAM/);
    }
    const twice =
      '{"Statement": [{\n"Effect": "Allow", "Action": "s3:*",\n"\\u0041ction": "logs:*", "Effect": "Deny"}]}';
    assert.deepEqual(
      problemsOf(() => ask(twice)).map((problem) => problem.replace(/\. Only.*/, '')),
      [
        'given.json has "Action" twice in one object, at line 3',
        'given.json has "Effect" twice in one object, at line 3',
      ],
    );
    // A key of another object, and text that looks like one.
    ask(
      '{"Statement": [{"Effect": "Allow", "Condition": {"a\\":": {"Effect": {}}}, "Action": "\\"Effect\\":"}]}',
    );
  });

  it('reads a file that begins with a byte order mark', () => {
    assert.deepEqual(names(ask(`\uFEFF${JSON.stringify(document(QUERY))}`)), []);
  });

  it('finds both layers in a stack through attachments', () => {
    const policy = (name: string, statement: object) => ({
      urn: `urn:pulumi:prod::acme::aws:iam/policy:Policy::${name}`,
      type: 'aws:iam/policy:Policy',
      custom: true,
      inputs: { policy: JSON.stringify(document(statement)), tags: { Project: 'a', ManagedBy: 'b' } },
      outputs: { name: `${name}-1234567` },
    });
    const attach = (name: string) => ({
      urn: `urn:pulumi:prod::acme::aws:iam/rolePolicyAttachment:RolePolicyAttachment::${name}`,
      type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
      custom: true,
      inputs: { role: 'worker', policyArn: `arn:aws:iam::111122223333:policy/${name}-1234567` },
    });
    const administration = {
      Sid: 'Administer',
      Effect: 'Allow',
      Action: 's3vectors:DeleteIndex',
      Resource: QUERY.Resource,
    };
    const explanation = ask(
      exported(policy('read', QUERY), policy('admin', administration), attach('read'), attach('admin')),
    );
    assert.deepEqual(names(explanation), ['no-role-with-both']);
  });

  it('takes the configuration of the pack', () => {
    assert.deepEqual(names(ask(document(EVERYTHING), config({ 'no-role-with-both': 'disabled' }))), [
      'no-broad-vector-grants',
    ]);
    assert.equal(exitCodeOf(ask(document(EVERYTHING), config({ all: 'advisory' }))), 0);
    const regions = { 'no-broad-vector-grants': { allowedRegions: ['us-east-1'] } };
    assert.match(ask(document(QUERY), config(regions)).findings[0]?.message ?? '', /outside us-east-1/);
  });

  it('refuses configuration with everything that is wrong in it', () => {
    const problems = problemsOf(() =>
      ask(
        document(QUERY),
        config({
          'no-such-policy': 'mandatory',
          all: 'sometimes',
          'required-tags': { required: 'Project', more: 1 },
          'embedding-bucket-lifecycle': { maximumRetentionDays: 0 },
        }),
      ),
    );
    assert.equal(problems.length, 5, problems.join('\n'));
    assert.match(problems.join('\n'), /config\.json: required-tags\.required is "Project"; write array/);
    assert.match(
      problems.join('\n'),
      /embedding-bucket-lifecycle\.maximumRetentionDays is 0; write 1 or more/,
    );
    assert.match(problemsOf(() => ask(document(QUERY), config([])))[0] ?? '', /must be an object/);
  });

  it('refuses a level that a policy cannot have, days that do not exist and blank reasons', () => {
    const exception = (over: object) => ({
      exceptions: [{ resource: '*', reason: 'Some good reason.', expires: '2999-12-31', ...over }],
    });
    const refusedFor = (value: unknown) =>
      problemsOf(() => ask(document(QUERY), config({ 'vector-bucket-naming': value })))[0] ?? '';
    assert.match(refusedFor('remediate'), /vector-bucket-naming: only required-tags can add/);
    assert.match(refusedFor(exception({ expires: '2999-02-30' })), /expires is "2999-02-30"/);
    assert.match(refusedFor(exception({ expires: '2999-04-31' })), /expires is "2999-04-31"/);
    assert.match(refusedFor(exception({ reason: ' '.repeat(20) })), /reason is " +"/);
    for (const given of [exception({}), exception({ expires: '2028-02-29' })])
      assert.deepEqual(ask(document(QUERY), config({ 'vector-bucket-naming': given })).findings, []);
    assert.deepEqual(ask(document(QUERY), config({ 'required-tags': 'remediate' })).findings, []);
  });

  it('says what is wrong with an input, where, and what to do', () => {
    assert.match(
      problemsOf(() => ask('{\n  "Statement" 1}'))[0] ?? '',
      /given\.json is no JSON at line 2, column \d+/,
    );
    assert.match(problemsOf(() => ask([]))[0] ?? '', /neither a policy document .* nor a stack export/);
    assert.match(problemsOf(() => ask(exported({})))[0] ?? '', /resources\[0\] has no urn/);
  });

  it('prints 80 columns, whatever the words', () => {
    const long = { ...EVERYTHING, Sid: 'S'.repeat(200) };
    for (const line of printed(ask(document(long))).split('\n')) assert.ok(line.length <= 80, line);
    assert.match(printed(ask(document(QUERY))), /0 violations, 0 notes from 4 policies/);
  });

  describe('as a command', function () {
    // Each run starts a process and loads the whole pack.
    this.timeout(60_000);
    const run = (input: string, ...more: string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', path.resolve('policy-pack/cli.ts'), ...more], {
        input,
        encoding: 'utf8',
      });

    it('exits with 0, 1 or 2', () => {
      assert.equal(run(JSON.stringify(document(QUERY)), 'explain', '-').status, 0);
      const violated = run(JSON.stringify(document(EVERYTHING)), 'explain', '-', '--json');
      assert.equal(violated.status, 1);
      assert.ok((JSON.parse(violated.stdout) as { findings: unknown[] }).findings.length > 0);
      const bad = run('', 'explain', 'no-such-file.json');
      assert.equal(bad.status, 2);
      assert.match(bad.stderr, /no-such-file\.json cannot be read/);
      assert.equal(run('', 'explain', '-', '--wrong').status, 2);
      assert.equal(run(JSON.stringify(document(EVERYTHING)), 'explain', '-', '--name', '').status, 2);
    });
  });
});
