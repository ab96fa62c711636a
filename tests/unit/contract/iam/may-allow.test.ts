import assert from 'node:assert/strict';
import fc from 'fast-check';
import { S3_OBJECT_DATA_ACTIONS } from '../../../../contract/iam/actions';
import { policyDocument, type Statement } from '../../../../contract/iam/document';
import { evaluate } from '../../../../contract/iam/evaluator/evaluate';
import { type ActionsOnResources, type Grant, mayAllow } from '../../../../contract/iam/evaluator/may-allow';
import { sequence, wildcard } from '../../../../contract/iam/evaluator/pattern';
import { intersects } from '../../../../contract/iam/evaluator/pattern-search';
import {
  bucketAdministration,
  objectData,
  vectorAdministration,
  vectorData,
} from '../../../../contract/iam/resource-spaces';

const ask = (questions: readonly ActionsOnResources[], ...statements: Statement[]): Grant[] =>
  mayAllow({ documents: [{ name: 'p', document: policyDocument(...statements) }] }, questions);

const allow = (
  Action: Statement['Action'],
  Resource: Statement['Resource'],
  over: Partial<Statement> = {},
): Statement => ({
  Sid: 'S',
  Effect: 'Allow',
  ...(Action === undefined ? {} : { Action }),
  ...(Resource === undefined ? {} : { Resource }),
  ...over,
});
const deny = (
  Action: Statement['Action'],
  Resource: Statement['Resource'],
  over: Partial<Statement> = {},
): Statement => ({
  ...allow(Action, Resource, over),
  Effect: 'Deny',
});

const BUCKETS = 'arn:aws:s3:::acme-*-vector-*';
const OBJECTS = `${BUCKETS}/*`;
const INDEXES = 'arn:aws:s3vectors:eu-west-1:111122223333:bucket/acme-*-vector-*/index/*';

describe('asking what documents may allow', () => {
  const reaching: readonly (readonly [string, Statement])[] = [
    ['a literal action', allow('s3:GetObject', OBJECTS)],
    ['a partial wildcard', allow('s3:Get*', OBJECTS)],
    ['a wildcard at the front', allow('s3:*Object', OBJECTS)],
    ['a question mark', allow('s3:G?tObject', OBJECTS)],
    ['mixed case', allow('S3:gEtObJeCt', OBJECTS)],
    ['a star for all services', allow('*', '*')],
    ['a star across the colon', allow('s*Object', OBJECTS)],
    ['NotAction', allow(undefined, '*', { NotAction: ['s3:PutBucket*'] })],
    ['NotResource', allow('s3:GetObject', undefined, { NotResource: ['arn:aws:s3:::secrets/*'] })],
    ['a list of actions', allow(['s3:ListBucket', 's3:GetObjectVersion'], OBJECTS)],
    ['a bucket pattern that objects match too', allow('s3:GetObject', BUCKETS)],
    ['a resource that only meets the question', allow('s3:GetObject', 'arn:*:s3:::*-prod-*/*.json')],
    ['a variable in the resource', allow('s3:GetObject', 'arn:aws:s3:::${aws:PrincipalTag/bucket}/x')],
    ['a condition', allow('s3:GetObject', OBJECTS, { Condition: { Bool: { 'aws:SecureTransport': true } } })],
    ['objects of access points', allow('s3:GetObject', 'arn:aws:s3:*:*:accesspoint/*')],
    ['credentials for access grants', allow('s3:GetDataAccess', '*')],
    ['a statement without Resource', allow('s3:GetObject', undefined)],
  ];
  for (const [how, statement] of reaching) {
    it(`finds objects reached by ${how}`, () => {
      const [grant] = ask(objectData(), statement);
      assert.equal(grant?.sid, 'S');
      assert.ok(grant.actions.length > 0);
    });
  }

  const harmless: readonly (readonly [string, Statement])[] = [
    ['bucket configuration', allow(['s3:GetBucket*', 's3:PutBucketPolicy'], BUCKETS)],
    ['key listing', allow('s3:ListBucket', BUCKETS)],
    ['vectors, which s3:* does not reach', allow('s3vectors:*', '*')],
    ['a resource of another service', allow('s3:*', 'arn:aws:s3vectors:*')],
    ['a Deny', deny('s3:GetObject', OBJECTS)],
    ['an empty action list', allow([], '*')],
    ['NotAction that names the service', allow(undefined, '*', { NotAction: 's3:*' })],
    ['NotResource that names everything', allow('s3:*', undefined, { NotResource: '*' })],
  ];
  for (const [what, statement] of harmless) {
    it(`finds no objects reached by ${what}`, () => {
      assert.deepEqual(ask(objectData(), statement), []);
    });
  }

  it('does not take objects for buckets', () => {
    assert.deepEqual(ask(bucketAdministration(), allow('s3:*', OBJECTS)), []);
    assert.equal(ask(bucketAdministration(), allow('s3:*', BUCKETS)).length, 1);
  });

  it('tells vector data from vector administration', () => {
    assert.deepEqual(ask(vectorAdministration(), allow('s3vectors:*Vectors', INDEXES)), []);
    assert.deepEqual(ask(vectorData(), allow('s3vectors:*Index', INDEXES)), []);
    assert.equal(ask(vectorData(), allow('s3vectors:QueryV*', INDEXES)).length, 1);
    assert.equal(ask(vectorAdministration(), allow('s3vectors:*Mode', INDEXES)).length, 1);
  });

  it('narrows a question to names', () => {
    const other = allow('s3:GetObject', 'arn:aws:s3:::acme-state/*');
    assert.equal(ask(objectData('*'), other).length, 1);
    assert.deepEqual(ask(objectData('*-*-vector-*'), other), []);
  });

  it('names what was written and a resource that is reached', () => {
    const [grant] = ask(objectData(), allow(['s3:ListBucket', 's3:Get*'], ['arn:aws:sns:*:*:t', OBJECTS]));
    assert.ok(grant !== undefined);
    assert.deepEqual(grant.writtenActions, ['s3:Get*']);
    assert.deepEqual(grant.writtenResources, [OBJECTS]);
    assert.equal(grant.example, 'arn:aws:s3:::acme--vector-/');
    assert.ok(grant.actions.includes('s3:GetObject'));
    assert.ok(!grant.actions.includes('s3:PutObject'));
    assert.equal(grant.conditional, false);
  });

  describe('with a Deny', () => {
    const read = allow('s3:GetObject', OBJECTS);

    it('finds nothing where it covers all that is allowed', () => {
      assert.deepEqual(ask(objectData(), read, deny('s3:*Object', 'arn:aws:s3:::acme-*')), []);
      assert.deepEqual(ask(objectData(), read, deny('*', '*')), []);
      assert.deepEqual(ask(objectData(), read, deny(undefined, '*', { NotAction: 's3:PutBucket*' })), []);
      assert.deepEqual(
        ask(objectData(), read, deny('s3:GetObject', undefined, { NotResource: 'arn:aws:s3:::other/*' })),
        [],
      );
      assert.deepEqual(ask(objectData(), read, deny('s3:GetObject', undefined)), []);
    });

    it('finds the gap that two denies leave together', () => {
      const gap = [
        deny('s3:GetObject', 'arn:aws:s3:::acme-d*'),
        deny('s3:GetObject', 'arn:aws:s3:::acme-p*'),
      ];
      const [grant] = ask(objectData(), read, ...gap);
      assert.ok(grant?.example !== undefined);
      assert.doesNotMatch(grant.example, /acme-[dp]/);
      assert.deepEqual(ask(objectData(), allow('s3:GetObject', 'arn:aws:s3:::acme-dev-*/*'), ...gap), []);
    });

    it('finds the actions that it leaves out', () => {
      const [grant] = ask(objectData(), allow('s3:*', '*'), deny([...S3_OBJECT_DATA_ACTIONS.slice(1)], '*'));
      assert.ok(grant !== undefined);
      assert.ok(grant.actions.includes(S3_OBJECT_DATA_ACTIONS[0]));
      assert.ok(!grant.actions.includes(S3_OBJECT_DATA_ACTIONS[1]));
    });

    it('relies on no condition, no variable, no exception for principals', () => {
      const leaky: Statement[] = [
        deny('s3:GetObject', '*', { Condition: { StringNotEquals: { 'aws:PrincipalTag/team': 'ml' } } }),
        deny('s3:GetObject', 'arn:aws:s3:::${aws:PrincipalTag/bucket}/*'),
        deny('s3:GetObject', '*', { NotPrincipal: { AWS: '111122223333' } }),
        deny('s3:GetObject', '*', { Principal: { AWS: '111122223333' } }),
        deny('s3:GetObject', undefined, { NotResource: 'arn:aws:s3:::${aws:username}-x/*' }),
      ];
      for (const one of leaky) assert.equal(ask(objectData(), read, one).length, 1, JSON.stringify(one));
    });

    it('relies on one that names everyone, and on one from another document', () => {
      assert.deepEqual(ask(objectData(), read, deny('s3:GetObject', '*', { Principal: { AWS: '*' } })), []);
      const documents = [read, deny('s3:*', '*')].map((statement, at) => ({
        name: `p${at}`,
        document: policyDocument(statement),
      }));
      assert.deepEqual(mayAllow({ documents }, objectData()), []);
    });

    it('does not rely on an exception of NotResource whose variable is unknown', () => {
      const all = allow('s3:GetObject', undefined, { NotResource: 'arn:aws:s3:::${aws:username}*' });
      assert.equal(ask(objectData(), all).length, 1);
    });
  });

  it('reads a star of a Deny no wider than IAM may', () => {
    const read = allow('s3:GetObject', 'arn:aws:s3:::acme/x');
    assert.equal(ask(objectData(), read, deny('s3:*', 'arn:aws*s3:::acme/*')).length, 1);
    assert.deepEqual(ask(objectData(), read, deny('s3:*', 'arn:*:s3:::acme/*')), []);
    assert.deepEqual(ask(objectData(), read, deny('s3:*', 'arn:aws:s3*')), []);
  });

  describe('within a permissions boundary', () => {
    const within = (boundary: Statement[], ...statements: Statement[]) =>
      mayAllow(
        {
          documents: [{ name: 'p', document: policyDocument(...statements) }],
          limits: [{ name: 'b', document: policyDocument(...boundary) }],
        },
        objectData(),
      );

    it('finds only what both allow', () => {
      const read = allow('s3:*', OBJECTS);
      assert.deepEqual(within([allow('s3:*', 'arn:aws:s3:::other-*')], read), []);
      assert.deepEqual(within([allow('s3:ListBucket', '*')], read), []);
      assert.deepEqual(within([allow('*', '*'), deny('s3:*', OBJECTS)], read), []);
      assert.deepEqual(within([allow('s3:GetObject', '*')], read)[0]?.actions, ['s3:GetObject']);
      assert.equal(within([allow('s3:GetObject', undefined, { NotResource: OBJECTS })], read).length, 1);
    });
  });

  it('agrees with the evaluation of single requests wherever nothing depends on circumstances', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 });
    const oneOrMore = fc.array(text, { minLength: 1, maxLength: 2 });
    const statement = fc
      .record({
        Effect: fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
        actions: oneOrMore,
        notAction: fc.boolean(),
        resources: oneOrMore,
        notResource: fc.boolean(),
      })
      .map(({ Effect, actions, notAction, resources, notResource }): Statement => ({
        Effect,
        ...(notAction ? { NotAction: actions } : { Action: actions }),
        ...(notResource ? { NotResource: resources } : { Resource: resources }),
      }));
    const document = fc
      .array(statement, { minLength: 1, maxLength: 4 })
      .map((list) => policyDocument(...list));
    const literal = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(document, fc.option(document), literal, literal, (identity, limit, action, resource) => {
        const named = { name: 'p', document: identity };
        // A boundary with NotResource is deliberately not weighed; the law holds without it.
        const boundary =
          limit === null || limit.Statement.some((one) => one.NotResource !== undefined)
            ? undefined
            : { name: 'b', document: limit };
        const { outcome } = evaluate(
          { caller: { kind: 'aws', arn: 'arn:aws:iam::1:user/a' }, action, resource },
          { identity: [named], ...(boundary === undefined ? {} : { boundary }) },
        );
        const grants = mayAllow({ documents: [named], limits: boundary === undefined ? [] : [boundary] }, [
          { actions: [action], resources: [sequence(resource)] },
        ]);
        assert.equal(grants.length > 0, outcome === 'allowed');
      }),
      { numRuns: 3000 },
    );
  });

  it('never misses what a request is allowed inside a space of resources', () => {
    // Inside the resource part: before it, a Deny is read more narrowly than a request would be.
    const text = fc
      .string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 4 })
      .map((name) => `arn:aws:s3:::${name}`);
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 2 }), text, (written, denied, asked) => {
        const statements: Statement[] = [
          { Effect: 'Allow', Action: 'x', Resource: written },
          ...denied.map((Resource): Statement => ({ Effect: 'Deny', Action: 'x', Resource })),
        ];
        const grants = ask([{ actions: ['x'], resources: [wildcard(asked)] }], ...statements);
        const example = grants[0]?.example;
        if (example === undefined) {
          if (denied.length === 0) assert.ok(!intersects(wildcard(written), wildcard(asked)));
          return;
        }
        const { outcome } = evaluate(
          { caller: { kind: 'aws', arn: 'arn:aws:iam::1:user/a' }, action: 'x', resource: example },
          { identity: [{ name: 'p', document: policyDocument(...statements) }] },
        );
        assert.equal(outcome, 'allowed');
      }),
      { numRuns: 1000 },
    );
  });
});
