import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { policies } from '../../../policy-pack/policies';
import { record, type Settings, UNKNOWN } from '../components/recorded-program';
import { judge, judgeStack, type Resource, unknown, type Verdict } from './judge';

const load = createRequire(__filename);

/** Runs a stack's program and hands every resource to every policy, as a preview with this pack would. */
async function verdict(stack: 'bootstrap' | 'storage' | 'service', settings: Settings): Promise<Verdict> {
  const entry = load.resolve(`../../../stacks/${stack}`);
  const { resources } = await record(() => {
    Reflect.deleteProperty(load.cache, entry);
    // A stack's module exports its program, as Pulumi calls it.
    return (load(entry) as () => unknown)();
  }, settings);
  const given = resources.map(({ type, name, inputs, protect }): Resource => ({
    type,
    name,
    protect,
    props: withSentinels(inputs) as object,
  }));
  assert.ok(given.length > 3);
  const verdicts = policies.flatMap((policy) =>
    'validateStack' in policy
      ? [judgeStack(policy, given)]
      : given.map((resource) => judge(policy, resource)),
  );
  return {
    violations: verdicts.flatMap(({ violations }) => violations),
    advisories: verdicts.flatMap(({ advisories }) => advisories),
  };
}

/** Pulumi's own marker of an unknown value as the engine sends it to analyzers. */
function withSentinels(value: unknown): unknown {
  if (value === UNKNOWN) return unknown;
  if (Array.isArray(value)) return value.map(withSentinels);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withSentinels(inner)]));
}

const storage = (environment: string, more: Record<string, string> = {}): Settings => ({
  project: 's3-vectors',
  stack: environment,
  config: { 's3-vectors:project': 'acme', 's3-vectors:environment': environment, ...more },
});
const CASES: readonly (readonly [string, 'bootstrap' | 'storage' | 'service', Settings])[] = [
  ['storage in development', 'storage', storage('dev')],
  ['storage in production, with a key', 'storage', storage('prod', { 's3-vectors:encryption': 'aws:kms' })],
  ['storage in a disposable environment', 'storage', storage('local', { 's3-vectors:disposable': 'true' })],
  [
    'bootstrap with a deployer',
    'bootstrap',
    {
      project: 's3-vectors-bootstrap',
      stack: 'prod',
      config: {
        's3-vectors-bootstrap:project': 'acme',
        's3-vectors-bootstrap:githubRepositories': '["acme/vectors"]',
        's3-vectors-bootstrap:githubEnvironments': '["prod"]',
      },
    },
  ],
];

describe('the policy pack over our own stacks', () => {
  for (const [what, stack, settings] of CASES) {
    it(`finds nothing wrong with ${what}`, async () => {
      assert.deepEqual((await verdict(stack, settings)).violations, []);
    });

    it(`finds nothing wrong with ${what} at its first preview`, async () => {
      assert.deepEqual((await verdict(stack, { ...settings, preview: true })).violations, []);
    });
  }

  it('has nothing left to say about storage and bootstrap once all is known', async () => {
    for (const [, stack, settings] of CASES)
      assert.deepEqual((await verdict(stack, settings)).advisories, []);
  });
});
