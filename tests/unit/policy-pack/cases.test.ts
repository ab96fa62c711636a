// Walks the table of cases: every policy of the pack is in it, with enough of them, and each comes out as it says.
import assert from 'node:assert/strict';
import { policies } from '../../../policy-pack/policies';
import { CASES } from './cases';
import { judge, judgeStack, type Resource, type Verdict } from './judge';

type Policy = (typeof policies)[number];

function verdictOn(policy: Policy, resources: readonly Resource[]): Verdict {
  if ('validateStack' in policy) return judgeStack(policy, resources);
  const verdicts = resources.map((resource) => judge(policy, resource));
  return {
    violations: verdicts.flatMap(({ violations }) => violations),
    advisories: verdicts.flatMap(({ advisories }) => advisories),
  };
}

describe('the table of cases', () => {
  it('holds every policy of the pack and no other', () => {
    assert.deepEqual(Object.keys(CASES).sort(), policies.map(({ name }) => name).sort());
  });

  for (const policy of policies) {
    const { accepts, refuses } = CASES[policy.name] ?? { accepts: {}, refuses: [] };

    describe(policy.name, () => {
      it('has at least one case that passes, four that fail, and one of these an evasion', () => {
        assert.ok(Object.keys(accepts).length >= 1);
        assert.ok(refuses.length >= 4);
        assert.ok(refuses.some(({ evasion }) => evasion !== undefined));
      });

      for (const [what, resources] of Object.entries(accepts)) {
        it(`accepts ${what}`, () => {
          assert.deepEqual(verdictOn(policy, resources), { violations: [], advisories: [] });
        });
      }

      for (const { what, resources, evasion } of refuses) {
        it(`refuses ${what}${evasion === undefined ? '' : ` (${evasion})`}`, () => {
          assert.notDeepEqual(verdictOn(policy, resources).violations, []);
        });
      }
    });
  }
});
