// Roads by which a deployer could come to data or to what is not its own, each tried with the evaluator: as IAM would
// decide with the documents that the deployer has.
import assert from 'node:assert/strict';
import { arn } from '../../../../contract/arns';
import type { PolicyDocument } from '../../../../contract/iam/document';
import { deploymentDocument } from '../../../../contract/iam/documents/deployment';
import { keyPolicyDocument } from '../../../../contract/iam/documents/key-policy';
import { managementDocument } from '../../../../contract/iam/documents/management';
import type { Scope } from '../../../../contract/iam/documents/name-patterns';
import { evaluate, type Decision } from '../../../../contract/iam/evaluator/evaluate';
import type { NamedDocument } from '../../../../contract/iam/evaluator/statement-reference';
import type { Context } from '../../../../contract/iam/evaluator/variables';
import { deployerRoleName, keyAlias, policyName } from '../../../../contract/names';
import { ACME, PLACE } from './documents';

const BOUNDARY = arn.managedPolicy(PLACE, policyName.serviceBoundary('acme'));
const SESSION = `arn:aws:sts::${PLACE.accountId}:assumed-role/${deployerRoleName('acme')}/run`;
const DEPLOYER = arn.role(PLACE, deployerRoleName('acme'));

interface Tried {
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
  readonly policies?: readonly NamedDocument[];
  readonly scope?: Scope;
}

function tried({ action, resource, context = {}, policies = [], scope = ACME }: Tried): Decision['outcome'] {
  return evaluate(
    { caller: { kind: 'aws', arn: SESSION }, action, resource, context },
    {
      identity: [
        { name: 'management', document: managementDocument(PLACE, scope) },
        { name: 'deployment', document: deploymentDocument(PLACE, scope) },
      ],
      resource: policies,
    },
  ).outcome;
}

describe('the deployer and the roles that it makes', () => {
  const role = arn.role(PLACE, 'acme-dev-vector-x');
  const trusting = (principal: string): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' },
  });

  it('it makes one within the boundary, whoever is trusted with it', () => {
    const context = { 'iam:PermissionsBoundary': BOUNDARY };
    assert.equal(tried({ action: 'iam:CreateRole', resource: role, context }), 'allowed');
    assert.equal(tried({ action: 'iam:CreateRole', resource: role }), 'implicitlyDenied');
  });

  for (const principal of [SESSION, DEPLOYER, arn.accountRoot(PLACE)]) {
    it(`it becomes none of them, though the role trusts ${principal}`, () => {
      const policies = [{ name: 'trust', document: trusting(principal) }];
      const outcome = tried({ action: 'sts:AssumeRole', resource: role, policies });
      assert.equal(outcome, 'explicitlyDenied');
    });
  }

  it('nor one of an environment that is not its own', () => {
    const scope = { project: 'acme', environments: ['dev'] };
    const resource = arn.role(PLACE, 'acme-prod-vector-service');
    const policies = [{ name: 'trust', document: trusting(DEPLOYER) }];
    assert.equal(tried({ action: 'sts:AssumeRole', resource, policies, scope }), 'explicitlyDenied');
  });

  it('it goes on to roles of other names where somebody else lets it', () => {
    const resource = arn.role(PLACE, 'central-deployment');
    const policies = [{ name: 'trust', document: trusting(DEPLOYER) }];
    assert.equal(tried({ action: 'sts:AssumeRole', resource, policies }), 'allowed');
  });

  it('it takes over no role of the names that was made without the boundary', () => {
    for (const operation of [
      'UpdateAssumeRolePolicy',
      'UpdateRole',
      'UpdateRoleDescription',
      'AttachRolePolicy',
      'PutRolePolicy',
    ]) {
      const action = `iam:${operation}`;
      const other = { 'iam:PermissionsBoundary': arn.managedPolicy(PLACE, 'another') };
      const own = { 'iam:PermissionsBoundary': BOUNDARY };
      assert.equal(tried({ action, resource: role }), 'implicitlyDenied', operation);
      assert.equal(tried({ action, resource: role, context: other }), 'implicitlyDenied', operation);
      assert.equal(tried({ action, resource: role, context: own }), 'allowed', operation);
    }
  });
});

describe('a deployer of named environments and the keys of others', () => {
  const scope = { project: 'acme', environments: ['dev', 'test'] };
  const key = `arn:aws:kms:us-east-1:${PLACE.accountId}:key/1234`;
  const policies = [{ name: 'the key policy', document: keyPolicyDocument(PLACE) }];
  const tagged = (of: 'ResourceTag' | 'RequestTag', tags: Readonly<Record<string, string>>): Context =>
    Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:${of}/${name}`, value]));
  const own = { Project: 'acme', Environment: 'dev' };
  const others: readonly Readonly<Record<string, string>>[] = [
    { Project: 'acme', Environment: 'prod' },
    { Project: 'acme' },
    { Project: 'other', Environment: 'dev' },
  ];

  for (const operation of ['ScheduleKeyDeletion', 'PutKeyPolicy', 'TagResource', 'UntagResource']) {
    const action = `kms:${operation}`;
    const on = (tags: Readonly<Record<string, string>>) =>
      tried({
        action,
        resource: key,
        scope,
        policies,
        context: { ...tagged('ResourceTag', tags), ...tagged('RequestTag', own) },
      });

    it(`${action} is for keys of its environments only`, () => {
      assert.equal(on(own), 'allowed');
      for (const tags of others) assert.equal(on(tags), 'implicitlyDenied', JSON.stringify(tags));
    });
  }

  it('it makes keys of its environments only', () => {
    const made = (tags: Readonly<Record<string, string>>) =>
      tried({ action: 'kms:CreateKey', resource: '*', scope, context: tagged('RequestTag', tags) });
    assert.equal(made(own), 'allowed');
    for (const tags of others) assert.equal(made(tags), 'implicitlyDenied', JSON.stringify(tags));
  });

  it('it points aliases of its environments only', () => {
    const pointed = (environment: string) =>
      tried({
        action: 'kms:UpdateAlias',
        resource: `arn:aws:kms:us-east-1:${PLACE.accountId}:${keyAlias('acme', environment)}`,
        scope,
      });
    assert.equal(pointed('test'), 'allowed');
    assert.equal(pointed('prod'), 'implicitlyDenied');
  });

  it('without named environments it administers those of all', () => {
    const context = tagged('ResourceTag', { Project: 'acme', Environment: 'prod' });
    const action = 'kms:ScheduleKeyDeletion';
    assert.equal(tried({ action, resource: key, policies, context }), 'allowed');
  });
});
