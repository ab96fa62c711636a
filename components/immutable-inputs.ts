// Refuses a change of what can never be changed, before the provider would delete the data to make it anew.
// A hook on the component compares its inputs with those of the last deployment, at preview and at update. It is
// no hook on deletion: those would keep `pulumi destroy` from working without the program.
import * as pulumi from '@pulumi/pulumi';
import { getMonitor } from '@pulumi/pulumi/runtime/settings';
import { InvalidInputError } from '../contract/invalid-input';

/** Hook names are unique in a program; components of one name may live under different parents. */
const namesInUse = new Map<string, number>();

/**
 * Options for a component whose inputs are immutable, as far as they are named here.
 * @param subject the component as a reader knows it: `VectorIndex "episodes"`.
 * @param immutable names of inputs; each must always have a value, so that none is told from not recorded.
 * @param advice what to do instead, as full sentences.
 */
export function refuseChangeOf(
  subject: string,
  immutable: readonly string[],
  advice: string,
  options: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  // Pulumi's mocks know no hooks and would wait for one forever: nobody's unit tests may hang on this component.
  if (typeof getMonitor()?.registerResourceHook !== 'function') return options;
  const hook = new pulumi.ResourceHook(
    uniqueName(`${subject}: immutable inputs`),
    ({ oldInputs = {}, newInputs = {} }) => {
      const changes = changedInputs(immutable, oldInputs, newInputs);
      if (changes.length > 0) throw new InvalidInputError(subject, [`${changes.join('; ')}. ${advice}`]);
    },
    { onDryRun: true },
  );
  return {
    ...options,
    hooks: { ...options.hooks, beforeUpdate: [...(options.hooks?.beforeUpdate ?? []), hook] },
  };
}

/**
 * What differs among the named inputs, a clause each. An input that is not known yet is no difference, nor is one
 * that the last deployment did not record, as an older version of this package would not.
 */
export function changedInputs(
  names: readonly string[],
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  return names.flatMap((name) => {
    const [old, wanted] = [before[name], after[name]];
    if (old === undefined || wanted === undefined || pulumi.containsUnknowns(wanted)) return [];
    if (comparable(old) === comparable(wanted)) return [];
    return [`${name} is ${JSON.stringify(old)} and cannot become ${JSON.stringify(wanted)}`];
  });
}

/** Lists are compared without order: the order of non-filterable keys means nothing. */
function comparable(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? [...(value as unknown[])].sort() : value);
}

function uniqueName(name: string): string {
  const count = (namesInUse.get(name) ?? 0) + 1;
  namesInUse.set(name, count);
  return count === 1 ? name : `${name} (${count})`;
}
