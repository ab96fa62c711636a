// Drives a policy's validate function as the engine does: configuration with the defaults of the schema, inputs
// behind the proxy that throws at unknown properties, violations and notes collected apart.
import assert from 'node:assert/strict';
import type { ResourceValidationPolicy, StackValidationPolicy } from '@pulumi/policy';
import * as proxy from '@pulumi/policy/proxy';

const { unknownCheckingProxy, unknownStringValue } = proxy as unknown as {
  readonly unknownCheckingProxy: (props: object) => Record<string, unknown>;
  readonly unknownStringValue: string;
};

/** An unknown value, as the engine sends it during a preview. */
export const unknown = unknownStringValue;

/** Inputs behind the engine's proxy, which throws where a value is not known yet. */
export const asProxy = unknownCheckingProxy;

export interface Resource {
  readonly type: string;
  readonly name?: string;
  readonly props: object;
  readonly protect?: boolean;
  /** Property → resources that its value comes from. */
  readonly sources?: Readonly<Record<string, readonly Pick<Resource, 'type' | 'name'>[]>>;
}

export interface Verdict {
  readonly violations: readonly string[];
  readonly advisories: readonly string[];
}

export function judge(policy: ResourceValidationPolicy, resource: Resource, config: object = {}): Verdict {
  assert.ok(typeof policy.validateResource === 'function');
  const { verdict, report } = collector();
  void policy.validateResource(
    { ...asEngine(resource), stackTags: new Map(), ...common(policy, config) } as never,
    report,
  );
  return verdict;
}

export function judgeStack(
  policy: StackValidationPolicy,
  resources: readonly Resource[],
  config: object = {},
): Verdict {
  const { verdict, report } = collector();
  void policy.validateStack(
    { resources: resources.map(asEngine), stackTags: new Map(), ...common(policy, config) } as never,
    report,
  );
  return verdict;
}

/** The URN that the harness gives to a resource of this logical name. */
export function urnOf({ type, name = 'it' }: Pick<Resource, 'type' | 'name'>): string {
  return `urn:pulumi:dev::acme::${type}::${name}`;
}

/** Asserts that there is at least one violation and that one matches; returns them. */
export function refused(verdict: Verdict, matching: RegExp): readonly string[] {
  assert.ok(
    verdict.violations.some((violation) => matching.test(violation)),
    `no violation matches ${String(matching)} among ${JSON.stringify(verdict, null, 2)}`,
  );
  return verdict.violations;
}

/** Asserts that there is neither violation nor note. */
export function passes(verdict: Verdict): void {
  assert.deepEqual(verdict, { violations: [], advisories: [] });
}

/** Asserts a note and no violation: nothing is certain yet, and that is said. */
export function undecided(verdict: Verdict, matching: RegExp): void {
  assert.deepEqual(verdict.violations, []);
  assert.equal(verdict.advisories.length > 0, true, 'neither a violation nor a note');
  assert.match(verdict.advisories.join('\n'), matching);
}

function asEngine(resource: Resource) {
  return {
    type: resource.type,
    name: resource.name ?? 'it',
    urn: urnOf(resource),
    props: unknownCheckingProxy(resource.props),
    opts: { protect: resource.protect ?? false, ignoreChanges: [], aliases: [], additionalSecretOutputs: [] },
    dependencies: [],
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.sources ?? {}).map(([property, resources]) => [
        property,
        resources.map((source) => ({ urn: urnOf(source) })),
      ]),
    ),
  };
}

function common(policy: ResourceValidationPolicy | StackValidationPolicy, config: object) {
  const defaults = Object.entries(policy.configSchema?.properties ?? {}).flatMap(([key, schema]) =>
    schema.default === undefined ? [] : [[key, schema.default] as const],
  );
  for (const key of Object.keys(config)) {
    assert.ok(policy.configSchema?.properties[key] !== undefined, `${policy.name} has no setting "${key}"`);
  }
  return { getConfig: () => ({ ...Object.fromEntries(defaults), ...config }) };
}

function collector() {
  const verdict: { violations: string[]; advisories: string[] } = { violations: [], advisories: [] };
  const report = (message: string | { readonly message: string; readonly enforcementLevel: string }) => {
    // Messages come in lines; the tests read them as sentences.
    const inOneLine = (text: string) => text.replaceAll('\n', ' ');
    if (typeof message === 'string') verdict.violations.push(inOneLine(message));
    else if (message.enforcementLevel === 'advisory') verdict.advisories.push(inOneLine(message.message));
    else assert.fail(`unexpected level ${message.enforcementLevel}`);
  };
  return { verdict, report };
}
