import assert from 'node:assert/strict';
import type { Conditions } from '../../../../contract/iam/document';
import { policyDocument } from '../../../../contract/iam/document';
import { evaluateConditions } from '../../../../contract/iam/evaluator/conditions';
import { evaluate } from '../../../../contract/iam/evaluator/evaluate';
import type { Context } from '../../../../contract/iam/evaluator/variables';

const holds = (conditions: Conditions, context: Context) => evaluateConditions(conditions, context).kind;

/** operator, written value, request value, outcome */
const TABLE: readonly (readonly [string, string, string, boolean])[] = [
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringEquals', 'a*', 'ab', false],
  ['StringNotEquals', 'a', 'b', true],
  ['StringEqualsIgnoreCase', 'a', 'A', true],
  ['StringNotEqualsIgnoreCase', 'a', 'A', false],
  ['StringLike', 'a*c?', 'abbcd', true],
  ['StringLike', 'a*c?', 'abbc', false],
  ['StringNotLike', 'a*', 'b', true],
  ['NumericEquals', '10', '10.0', true],
  ['NumericNotEquals', '10', '11', true],
  ['NumericLessThan', '10', '9', true],
  ['NumericLessThan', '10', '10', false],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericGreaterThan', '10', '9', false],
  ['NumericGreaterThanEquals', '10', '10', true],
  ['NumericEquals', '10', 'ten', false],
  ['DateEquals', '2026-01-01T00:00:00Z', '1767225600', true],
  ['DateNotEquals', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z', true],
  ['DateLessThan', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', true],
  ['DateLessThanEquals', '2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z', true],
  ['DateGreaterThan', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z', false],
  ['DateGreaterThanEquals', '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z', true],
  ['Bool', 'true', 'TRUE', true],
  ['Bool', 'false', 'true', false],
  ['BinaryEquals', 'QmFzZTY0', 'QmFzZTY0', true],
  ['IpAddress', '203.0.113.0/24', '203.0.113.77', true],
  ['IpAddress', '203.0.113.0/24', '203.0.114.1', false],
  ['IpAddress', '203.0.113.7', '203.0.113.7', true],
  ['IpAddress', '2001:db8::/32', '2001:db8:1::1', true],
  ['IpAddress', '2001:db8::/32', '203.0.113.7', false],
  ['IpAddress', '0.0.0.0/0', '8.8.8.8', true],
  ['NotIpAddress', '203.0.113.0/24', '198.51.100.1', true],
  ['ArnEquals', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket', true],
  ['ArnLike', 'arn:aws:s3vectors:*:1:bucket/*', 'arn:aws:s3vectors:us-east-1:1:bucket/x', true],
  ['ArnLike', 'arn:aws:s3*:1:bucket/*', 'arn:aws:s3vectors:us-east-1:1:bucket/x', false],
  ['ArnLike', '*', 'arn:aws:s3:::bucket', true],
  ['ArnNotLike', 'arn:aws:s3:::b*', 'arn:aws:s3:::other', true],
  ['ArnNotEquals', 'arn:aws:s3:::b', 'arn:aws:s3:::b', false],
];

describe('conditions', () => {
  for (const [operator, written, actual, expected] of TABLE) {
    it(`${operator} ${written} ${expected ? 'accepts' : 'refuses'} ${actual}`, () => {
      assert.equal(
        holds({ [operator]: { 'aws:K': written } }, { 'aws:k': actual }),
        expected ? 'satisfied' : 'failed',
      );
    });
  }

  it('fail for a missing key, unless negated or with IfExists', () => {
    assert.equal(holds({ StringEquals: { k: 'a' } }, {}), 'failed');
    assert.equal(holds({ StringNotEquals: { k: 'a' } }, {}), 'satisfied');
    assert.equal(holds({ StringEqualsIfExists: { k: 'a' } }, {}), 'satisfied');
    assert.equal(holds({ StringEqualsIfExists: { k: 'a' } }, { k: 'b' }), 'failed');
  });

  it('take one of several written values, and all of several keys and operators', () => {
    assert.equal(holds({ StringEquals: { k: ['a', 'b'] } }, { k: 'b' }), 'satisfied');
    assert.equal(holds({ StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }), 'failed');
    assert.equal(holds({ StringEquals: { k: 'a', l: 'b' } }, { k: 'a', l: 'c' }), 'failed');
    assert.equal(holds({ StringEquals: { k: 'a' }, Bool: { m: true } }, { k: 'a', m: false }), 'failed');
  });

  it('ask for any or all values of a multivalued key', () => {
    const any = { 'ForAnyValue:StringEquals': { k: ['a', 'b'] } };
    const all = { 'ForAllValues:StringEquals': { k: ['a', 'b'] } };
    assert.equal(holds(any, { k: ['x', 'b'] }), 'satisfied');
    assert.equal(holds(any, { k: ['x'] }), 'failed');
    assert.equal(holds(any, {}), 'failed');
    assert.equal(holds(any, { k: [] }), 'failed');
    // AWS ignores IfExists here.
    assert.equal(holds({ 'ForAnyValue:StringEqualsIfExists': { k: 'a' } }, {}), 'failed');
    assert.equal(holds(all, { k: ['a', 'b'] }), 'satisfied');
    assert.equal(holds(all, { k: ['a', 'x'] }), 'failed');
    assert.equal(holds(all, {}), 'satisfied');
    assert.equal(holds(all, { k: [] }), 'satisfied');
    assert.equal(holds({ 'ForAnyValue:StringNotEquals': { k: 'a' } }, { k: ['a', 'b'] }), 'satisfied');
  });

  it('ask with Null whether a key is there', () => {
    assert.equal(holds({ Null: { k: true } }, {}), 'satisfied');
    assert.equal(holds({ Null: { k: 'true' } }, { k: 'a' }), 'failed');
    assert.equal(holds({ Null: { k: 'false' } }, { k: 'a' }), 'satisfied');
  });

  it('put policy variables into written values', () => {
    assert.equal(
      holds({ StringEquals: { k: '${aws:username}' } }, { k: 'ada', 'aws:username': 'ada' }),
      'satisfied',
    );
    assert.equal(
      holds({ StringLike: { k: '${aws:username}*' } }, { k: 'x*y', 'aws:username': 'x*' }),
      'satisfied',
    );
    assert.equal(
      holds({ StringLike: { k: '${aws:username}' } }, { k: 'xy', 'aws:username': 'x*' }),
      'failed',
    );
    assert.equal(
      holds({ ArnLike: { k: 'arn:aws:s3:::${aws:username}' } }, { k: 'arn:aws:s3:::ada' }),
      'failed',
    );
  });

  it('are unreadable with an operator or value that IAM does not know', () => {
    const foreign: Conditions[] = [
      { StringMatches: { k: 'a' } },
      { NumericEquals: { k: 'ten' } },
      { DateEquals: { k: 'soon' } },
      { Bool: { k: 'maybe' } },
      { Null: { k: 'perhaps' } },
      { IpAddress: { k: '300.1.1.1/8' } },
      { IpAddress: { k: '10.0.0.0/33' } },
      { IpAddress: { k: '1::2::3' } },
      { IpAddress: { k: 'zz::' } },
      { IpAddress: { k: '1:2:3' } },
      { IpAddress: { k: '10.0.0.0/8/8' } },
      { NullIfExists: { k: 'true' } },
      { NumericEquals: { k: '0x10' } },
      { NumericLessThan: { k: 'Infinity' } },
      { NumericLessThan: { k: '1e9' } },
      { NumericLessThan: { k: '' } },
      { DateGreaterThan: { k: 'whatever 1' } },
      { DateGreaterThan: { k: '2026-02-30T00:00:00Z' } },
      { DateGreaterThan: { k: '2026-01-01T25:00:00Z' } },
      { DateGreaterThan: { k: '2026-01-01T00:00:00' } },
      { DateGreaterThan: { k: 'Jan 1, 2026' } },
      { BinaryEquals: { k: 'no base64' } },
    ];
    for (const conditions of foreign)
      for (const context of [{ k: '10' }, { k: [] }, {}] as Context[])
        assert.equal(holds(conditions, context), 'unreadable', JSON.stringify(conditions));
  });

  it('are unreadable with a value without meaning, whether or not the key is missing', () => {
    const foreign: Conditions[] = [
      { BoolIfExists: { k: 'maybe' } },
      { NotIpAddress: { k: 'zzz' } },
      { NotIpAddressIfExists: { k: ['10.0.0.0/8', 'zzz'] } },
      { DateNotEquals: { k: 'soon' } },
      { NumericNotEquals: { k: 'ten' } },
      { 'ForAllValues:NumericEquals': { k: 'ten' } },
      { 'ForAllValues:Bool': { k: '${aws:username}' } },
    ];
    for (const conditions of foreign) {
      assert.equal(holds(conditions, {}), 'unreadable', JSON.stringify(conditions));
      const outcome = (Effect: 'Allow' | 'Deny') =>
        evaluate(
          {
            caller: { kind: 'aws', arn: 'arn:aws:iam::1:user/a' },
            action: 's3:GetObject',
            resource: 'arn:aws:s3:::b/k',
          },
          {
            identity: [
              {
                name: 'p',
                document: policyDocument({ Effect, Action: '*', Resource: '*', Condition: conditions }),
              },
            ],
          },
        ).outcome;
      assert.equal(outcome('Allow'), 'implicitlyDenied');
      assert.equal(outcome('Deny'), 'explicitlyDenied');
    }
  });

  it('read the dates that the W3C writes, and seconds', () => {
    for (const written of [
      '2026-01',
      '2026-01-01',
      '2026-01-01T00:00Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T01:00:00+01:00',
      '1767225600',
    ]) {
      assert.equal(
        holds({ DateEquals: { k: written } }, { k: '2026-01-01T00:00:00Z' }),
        'satisfied',
        written,
      );
    }
  });

  it('that are unreadable neither allow nor stop denying', () => {
    const strange = { Condition: { StringMatches: { k: 'a' } }, Action: 's3:*', Resource: '*' };
    const caller = { kind: 'aws', arn: 'arn:aws:iam::1:user/a' } as const;
    const request = { caller, action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: { k: 'a' } };
    const outcome = (...documents: Parameters<typeof policyDocument>) =>
      evaluate(request, { identity: [{ name: 'p', document: policyDocument(...documents) }] }).outcome;
    assert.equal(outcome({ Effect: 'Allow', ...strange }), 'implicitlyDenied');
    assert.equal(
      outcome({ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', ...strange }),
      'explicitlyDenied',
    );
  });
});
