import assert from 'node:assert/strict';
import { policyDocument, type Statement } from '../../../../contract/iam/document';
import { type AccessRequest, evaluate } from '../../../../contract/iam/evaluator/evaluate';
import type { NamedDocument } from '../../../../contract/iam/evaluator/statement-reference';

const ACCOUNT = '111122223333';
const USER = `arn:aws:iam::${ACCOUNT}:user/ada`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/worker/one`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/worker`;
const OBJECT = 'arn:aws:s3:::acme-dev-vector-docs/a.json';

const named = (name: string, ...statements: Statement[]): NamedDocument => ({
  name,
  document: policyDocument(...statements),
});
const request = (over: Partial<AccessRequest> = {}): AccessRequest => ({
  caller: { kind: 'aws', arn: USER },
  action: 's3:GetObject',
  resource: OBJECT,
  ...over,
});
const allow = (over: Partial<Statement> = {}): Statement => ({
  Sid: 'Read',
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource: '*',
  ...over,
});
const without = (statement: Statement, element: keyof Statement): Statement =>
  Object.fromEntries(Object.entries(statement).filter(([key]) => key !== element)) as unknown as Statement;

describe('evaluating a request', () => {
  it('allows what a statement allows and names the statement', () => {
    const decision = evaluate(request(), { identity: [named('reader', allow())] });
    assert.equal(decision.outcome, 'allowed');
    assert.equal(decision.decidedBy?.sid, 'Read');
    assert.equal(decision.why, `statement "Read" of reader allows s3:GetObject on ${OBJECT}.`);
  });

  it('denies implicitly what no statement allows', () => {
    const decision = evaluate(request({ action: 's3:PutObject' }), { identity: [named('reader', allow())] });
    assert.deepEqual(decision, {
      outcome: 'implicitlyDenied',
      why: `No statement allows s3:PutObject on ${OBJECT}.`,
    });
  });

  it('lets an explicit Deny win over every Allow, and names a statement without Sid by its place', () => {
    const decision = evaluate(request(), {
      identity: [named('reader', allow(), { Effect: 'Deny', Action: 's3:*', Resource: '*' })],
    });
    assert.equal(decision.outcome, 'explicitlyDenied');
    assert.match(decision.why, /^statement 2 \(without Sid\) of reader denies/);
  });

  it('covers everything but what NotAction and NotResource name', () => {
    const identity = [
      named('most', { Effect: 'Allow', NotAction: ['s3:Delete*'], NotResource: ['arn:aws:s3:::secret/*'] }),
    ];
    assert.equal(evaluate(request(), { identity }).outcome, 'allowed');
    assert.equal(evaluate(request({ action: 'S3:deleteOBJECT' }), { identity }).outcome, 'implicitlyDenied');
    assert.equal(
      evaluate(request({ resource: 'arn:aws:s3:::secret/x' }), { identity }).outcome,
      'implicitlyDenied',
    );
  });

  it('allows within the permissions boundary only', () => {
    const identity = [named('reader', allow({ Action: 's3:*' }))];
    const boundary = named('limit', allow());
    assert.equal(evaluate(request(), { identity, boundary }).outcome, 'allowed');
    const stopped = evaluate(request({ action: 's3:PutObject' }), { identity, boundary });
    assert.equal(stopped.outcome, 'implicitlyDenied');
    assert.match(stopped.why, /permissions boundary does not allow/);
  });

  it('allows within the session policies only', () => {
    const identity = [named('reader', allow({ Action: 's3:*' }))];
    const session = [named('session', allow())];
    const caller = { kind: 'aws', arn: SESSION } as const;
    assert.equal(evaluate(request({ caller }), { identity, session }).outcome, 'allowed');
    assert.match(
      evaluate(request({ caller, action: 's3:PutObject' }), { identity, session }).why,
      /session policies do not allow/,
    );
  });

  describe('for the root of an account', () => {
    const root = { kind: 'aws', arn: `arn:aws:iam::${ACCOUNT}:root` } as const;

    it('allows everything in the account without a policy', () => {
      const decision = evaluate(request({ caller: root }), {});
      assert.equal(decision.outcome, 'allowed');
      assert.equal(
        decision.why,
        `statement "Everything" of the account root's own rights allows s3:GetObject on ${OBJECT}.`,
      );
      const user = { kind: 'aws', arn: `arn:aws:iam::${ACCOUNT}:user/root` } as const;
      assert.equal(evaluate(request({ caller: user }), {}).outcome, 'implicitlyDenied');
    });

    it('denies what a resource policy denies, and what another account does not give', () => {
      const deny: Statement = { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' };
      assert.equal(
        evaluate(request({ caller: root }), { resource: [named('bucket', deny)] }).outcome,
        'explicitlyDenied',
      );
      const elsewhere = request({ caller: root, resourceAccount: '444455556666' });
      assert.equal(evaluate(elsewhere, {}).outcome, 'implicitlyDenied');
      const given = [named('bucket', allow({ Principal: { AWS: ACCOUNT } }))];
      assert.equal(evaluate(elsewhere, { resource: given }).outcome, 'allowed');
    });

    it('still asks the policy of a key', () => {
      const decrypt = request({
        caller: root,
        action: 'kms:Decrypt',
        resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`,
      });
      assert.equal(evaluate(decrypt, {}).outcome, 'implicitlyDenied');
      const key = [named('key', allow({ Action: 'kms:*', Principal: { AWS: ACCOUNT } }))];
      assert.equal(evaluate(decrypt, { resource: key }).outcome, 'allowed');
    });
  });

  describe('with a resource policy', () => {
    const bucket = (principal: Statement['Principal']) => [
      named('bucket', allow({ Sid: 'Grant', ...(principal === undefined ? {} : { Principal: principal }) })),
    ];

    it('allows a caller of the same account by the resource policy alone', () => {
      assert.equal(evaluate(request(), { resource: bucket({ AWS: USER }) }).outcome, 'allowed');
      assert.equal(evaluate(request(), { resource: bucket('*') }).outcome, 'allowed');
    });

    it('knows a session by its role', () => {
      const caller = { kind: 'aws', arn: SESSION } as const;
      assert.equal(evaluate(request({ caller }), { resource: bucket({ AWS: ROLE }) }).outcome, 'allowed');
      assert.equal(
        evaluate(request({ caller }), { resource: bucket({ AWS: `${ROLE}x` }) }).outcome,
        'implicitlyDenied',
      );
    });

    it('takes the account as handing over to identity policies', () => {
      const resource = bucket({ AWS: ACCOUNT });
      assert.equal(evaluate(request(), { resource }).outcome, 'implicitlyDenied');
      assert.equal(
        evaluate(request(), { resource, identity: [named('reader', allow())] }).outcome,
        'allowed',
      );
    });

    it('holds a role back by its boundary, and a session that is named itself not', () => {
      const caller = { kind: 'aws', arn: SESSION } as const;
      const boundary = named('limit', allow({ Action: 's3:PutObject' }));
      assert.equal(
        evaluate(request({ caller }), { boundary, resource: bucket({ AWS: ROLE }) }).outcome,
        'implicitlyDenied',
      );
      assert.equal(
        evaluate(request({ caller }), { boundary, resource: bucket({ AWS: SESSION }) }).outcome,
        'allowed',
      );
    });

    it('lets everyone in past a boundary that leaves the action out, but not past one that denies it', () => {
      const elsewhere = named('limit', allow({ Action: 's3:PutObject' }));
      const against = named('limit', { Effect: 'Deny', Action: 's3:*', Resource: '*' });
      for (const everyone of ['*', { AWS: '*' }] as const) {
        const ask = (boundary: NamedDocument) =>
          evaluate(request(), { boundary, resource: bucket(everyone) }).outcome;
        assert.equal(ask(elsewhere), 'allowed');
        assert.equal(ask(against), 'explicitlyDenied');
      }
    });

    it('takes a star among AWS principals for everyone, services included', () => {
      const service = { kind: 'service', name: 'lambda.amazonaws.com' } as const;
      assert.equal(
        evaluate(request({ caller: service }), { resource: bucket({ AWS: '*' }) }).outcome,
        'allowed',
      );
    });

    it('wants both sides across accounts', () => {
      const over = { resourceAccount: '444455556666' };
      const identity = [named('reader', allow())];
      assert.equal(evaluate(request(over), { identity }).outcome, 'implicitlyDenied');
      assert.equal(evaluate(request(over), { resource: bucket({ AWS: USER }) }).outcome, 'implicitlyDenied');
      assert.equal(evaluate(request(over), { identity, resource: bucket({ AWS: USER }) }).outcome, 'allowed');
    });

    it('always asks the key policy for keys, and the trust policy for roles', () => {
      const decrypt = request({ action: 'kms:Decrypt', resource: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1` });
      const identity = [named('crypto', allow({ Action: 'kms:*' }))];
      assert.equal(evaluate(decrypt, { identity }).outcome, 'implicitlyDenied');
      const key = (principal: Statement['Principal']) => [
        named(
          'key',
          allow({ Action: 'kms:*', ...(principal === undefined ? {} : { Principal: principal }) }),
        ),
      ];
      assert.equal(evaluate(decrypt, { identity, resource: key({ AWS: ACCOUNT }) }).outcome, 'allowed');
      assert.equal(evaluate(decrypt, { resource: key({ AWS: ACCOUNT }) }).outcome, 'implicitlyDenied');
      assert.equal(evaluate(decrypt, { resource: key({ AWS: USER }) }).outcome, 'allowed');
      const boundary = named('limit', allow({ Action: 's3:*' }));
      assert.equal(evaluate(decrypt, { boundary, resource: key({ AWS: USER }) }).outcome, 'allowed');
      assert.equal(
        evaluate(decrypt, { identity, boundary, resource: key({ AWS: ACCOUNT }) }).outcome,
        'implicitlyDenied',
      );
      for (const [action, resource] of [
        ['kms:ListKeys', '*'],
        ['kms:CreateAlias', `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/acme`],
      ] as const) {
        assert.equal(evaluate(request({ action, resource }), { identity }).outcome, 'allowed');
      }

      const trust = [
        named(
          'trust',
          without(
            allow({ Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }),
            'Resource',
          ),
        ),
      ];
      const assume = { action: 'sts:AssumeRole', resource: ROLE };
      assert.equal(
        evaluate(request({ ...assume, caller: { kind: 'service', name: 'lambda.amazonaws.com' } }), {
          resource: trust,
        }).outcome,
        'allowed',
      );
      assert.equal(
        evaluate(request({ ...assume, caller: { kind: 'service', name: 'ec2.amazonaws.com' } }), {
          resource: trust,
        }).outcome,
        'implicitlyDenied',
      );
    });

    it('asks the trust policy for what is passed to the session, too', () => {
      const identity = [named('all', allow({ Action: 'sts:*' }))];
      const trust = (Action: Statement['Action'] & {}) => [
        named('trust', without(allow({ Action, Principal: { AWS: ACCOUNT } }), 'Resource')),
      ];
      for (const action of ['sts:TagSession', 'sts:SetSourceIdentity']) {
        const ask = request({ action, resource: ROLE });
        assert.equal(evaluate(ask, { identity }).outcome, 'implicitlyDenied');
        assert.equal(
          evaluate(ask, { identity, resource: trust('sts:AssumeRole') }).outcome,
          'implicitlyDenied',
        );
        assert.equal(
          evaluate(ask, { identity, resource: trust(['sts:AssumeRole', action]) }).outcome,
          'allowed',
        );
      }
      // A federated user has no trust policy.
      const federated = { action: 'sts:TagSession', resource: `arn:aws:sts::${ACCOUNT}:federated-user/ada` };
      assert.equal(evaluate(request(federated), { identity }).outcome, 'allowed');
    });

    it('denies everyone but whom NotPrincipal names', () => {
      const resource = [
        named('bucket', allow({ Principal: '*' }), {
          Effect: 'Deny',
          NotPrincipal: { AWS: [USER, ACCOUNT] },
          Action: 's3:*',
          Resource: '*',
        }),
      ];
      assert.equal(evaluate(request(), { resource }).outcome, 'allowed');
      const stranger = { kind: 'aws', arn: 'arn:aws:iam::999999999999:user/eve' } as const;
      assert.equal(evaluate(request({ caller: stranger }), { resource }).outcome, 'explicitlyDenied');
      const boundary = named('limit', allow({ Action: '*' }));
      assert.equal(evaluate(request(), { resource, boundary }).outcome, 'explicitlyDenied');
      assert.equal(
        evaluate(request({ caller: { kind: 'anonymous' } }), { resource }).outcome,
        'explicitlyDenied',
      );
    });

    it('spares only whom NotPrincipal of a Deny names, not all of the account or role that it lists too', () => {
      const outcome = (NotPrincipal: Statement['NotPrincipal'], arn: string) =>
        evaluate(request({ caller: { kind: 'aws', arn } }), {
          identity: [named('all', allow({ Action: '*' }))],
          resource: [
            named('bucket', {
              Effect: 'Deny',
              ...(NotPrincipal === undefined ? {} : { NotPrincipal }),
              Action: 's3:*',
              Resource: '*',
            }),
          ],
        }).outcome;
      const root = `arn:aws:iam::${ACCOUNT}:root`;
      assert.equal(outcome({ AWS: [USER, root] }, USER), 'allowed');
      assert.equal(outcome({ AWS: [USER, root] }, root), 'allowed');
      assert.equal(outcome({ AWS: [USER, ACCOUNT] }, root), 'allowed');
      for (const account of [root, ACCOUNT]) {
        assert.equal(
          outcome({ AWS: [USER, account] }, `arn:aws:iam::${ACCOUNT}:user/alice`),
          'explicitlyDenied',
        );
      }
      const chain = [SESSION, ROLE, root];
      assert.equal(outcome({ AWS: chain }, SESSION), 'allowed');
      assert.equal(
        outcome({ AWS: chain }, `arn:aws:sts::${ACCOUNT}:assumed-role/worker/two`),
        'explicitlyDenied',
      );
      assert.equal(outcome({ AWS: [ROLE, root] }, SESSION), 'explicitlyDenied');
    });

    it('leaves out of an Allow all whom NotPrincipal names, by their account too', () => {
      const ask = (NotPrincipal: NonNullable<Statement['NotPrincipal']>) =>
        evaluate(request(), { resource: [named('bucket', allow({ NotPrincipal }))] }).outcome;
      assert.equal(ask({ AWS: ACCOUNT }), 'implicitlyDenied');
      assert.equal(ask({ AWS: '999999999999' }), 'allowed');
    });

    it('lets federated callers in by their provider only', () => {
      const provider = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
      const resource = [
        named(
          'trust',
          without(
            allow({ Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: provider } }),
            'Resource',
          ),
        ),
      ];
      const ask = (by: string) =>
        evaluate(
          request({
            caller: { kind: 'federated', provider: by },
            action: 'sts:AssumeRoleWithWebIdentity',
            resource: ROLE,
          }),
          { resource },
        ).outcome;
      assert.equal(ask(provider), 'allowed');
      assert.equal(ask('cognito-identity.amazonaws.com'), 'implicitlyDenied');
    });

    it('lets the anonymous in where everyone is named', () => {
      assert.equal(
        evaluate(request({ caller: { kind: 'anonymous' } }), { resource: bucket('*') }).outcome,
        'allowed',
      );
      assert.equal(
        evaluate(request({ caller: { kind: 'anonymous' } }), { resource: bucket({ AWS: ACCOUNT }) }).outcome,
        'implicitlyDenied',
      );
    });
  });

  describe('with policy variables', () => {
    const own = [named('own', allow({ Resource: 'arn:aws:s3:::home/${aws:username}/*' }))];
    const home = (name: string) =>
      request({ resource: `arn:aws:s3:::home/${name}/x`, context: { 'AWS:UserName': 'a*' } });

    it('puts in the value of the request, literally', () => {
      assert.equal(evaluate(home('a*'), { identity: own }).outcome, 'allowed');
      assert.equal(evaluate(home('ab'), { identity: own }).outcome, 'implicitlyDenied');
    });

    it('matches nothing when the request has no value, and the default where one is written', () => {
      assert.equal(
        evaluate(request({ resource: 'arn:aws:s3:::home//x' }), { identity: own }).outcome,
        'implicitlyDenied',
      );
      const withDefault = [named('own', allow({ Resource: "arn:aws:s3:::home/${aws:username, 'guest'}/*" }))];
      assert.equal(
        evaluate(request({ resource: 'arn:aws:s3:::home/guest/x' }), { identity: withDefault }).outcome,
        'allowed',
      );
    });

    it('reads ${*} as a star', () => {
      const identity = [named('star', allow({ Resource: 'arn:aws:s3:::b/${*}' }))];
      assert.equal(evaluate(request({ resource: 'arn:aws:s3:::b/*' }), { identity }).outcome, 'allowed');
      assert.equal(
        evaluate(request({ resource: 'arn:aws:s3:::b/x' }), { identity }).outcome,
        'implicitlyDenied',
      );
    });

    it('reads them as plain text in the older language version', () => {
      const identity: NamedDocument[] = [
        {
          name: 'old',
          document: {
            Version: '2008-10-17',
            Statement: allow({ Resource: 'arn:aws:s3:::home/${aws:username}/*' }),
          },
        },
      ];
      assert.equal(evaluate(home('a*'), { identity }).outcome, 'implicitlyDenied');
      assert.equal(evaluate(home('${aws:username}'), { identity }).outcome, 'allowed');
    });
  });
});
