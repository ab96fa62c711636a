import assert from 'node:assert/strict';
import {
  describeChanges,
  lockedByProcess,
  resourceChanges,
  resourceLine,
  saysNoSuchStack,
  whatFailed,
} from '../../../local/engine/printed';

describe('what the Pulumi CLI prints', () => {
  it('tells how many resources were touched, of the update and not of the preview before it', () => {
    const preview = 'Previewing update (local):\n\nResources:\n    + 3 to create\n    12 unchanged\n\n';
    const update =
      'Updating (local):\n\nOutputs:\n    a: "b"\n\nResources:\n    + 3 created\n    ~ 1 updated\n    = 1 imported\n    +-1 replaced\n    12 unchanged\n\nDuration: 3s\n';
    assert.deepEqual(resourceChanges(preview + update), {
      created: 3,
      updated: 1,
      imported: 1,
      replaced: 1,
      unchanged: 12,
    });
    assert.deepEqual(resourceChanges(''), {});
  });

  it('is summed up in one phrase', () => {
    assert.equal(describeChanges({ created: 3, unchanged: 12 }), '3 created, 12 unchanged');
    assert.equal(describeChanges({ unchanged: 12 }), 'nothing to change (12 resources)');
  });

  it('tells a missing stack from other failures', () => {
    assert.ok(saysNoSuchStack("error: no stack named 'local' found"));
    assert.ok(!saysNoSuchStack('error: update failed'));
  });

  it('names the process that holds a lock', () => {
    const locked =
      'error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n' +
      '  file:///x/.pulumi/locks/organization/p/local/1.json: created by root@host (pid 4711) at 2026-11-21T07:00:00Z';
    assert.equal(lockedByProcess(locked), 4711);
    assert.equal(lockedByProcess('error: no (pid 1) here'), undefined);
  });

  it('is cut to verdicts and diagnostics when it failed, and to its last lines when there are none', () => {
    const printed =
      'Previewing update (local):\n +  aws:iam:Policy x create \nPolicies:\n    ❌ pack\n        - [mandatory] rule\n\n' +
      'Diagnostics:\n  pulumi:pulumi:Stack (p-local):\n    error: preview failed\n\nOutputs:\n    a: [unknown]\n';
    assert.equal(
      whatFailed(printed),
      'Policies:\n    ❌ pack\n        - [mandatory] rule\n' +
        'Diagnostics:\n  pulumi:pulumi:Stack (p-local):\n    error: preview failed',
    );
    assert.equal(whatFailed('one\nerror: two\n'), 'one\nerror: two');
    assert.equal(
      whatFailed(Array.from({ length: 99 }, (_, at) => `${at}`).join('\n')).split('\n').length,
      40,
    );
  });

  it('has lines about single resources, and others', () => {
    assert.equal(
      resourceLine(' +  aws:iam:Policy acme-dev-access created (0.1s)'),
      'created Policy acme-dev-access',
    );
    assert.equal(resourceLine('Resources:'), undefined);
  });
});
