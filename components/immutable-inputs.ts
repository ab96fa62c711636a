// Refuses a change of what can never be changed, before the provider would delete the data to make it anew.
// A hook on the component compares its inputs with those of the last deployment, at preview and at update. It is
// no hook on deletion: those would keep `pulumi destroy` from working without the program.
import * as pulumi from '@pulumi/pulumi';
import { getMonitor } from '@pulumi/pulumi/runtime/settings';
import { InvalidInputError } from '../contract/invalid-input';

/** Hook names are unique in a program; components of one name may live under different parents. */
const namesInUse = new Map<string, number>();

/** Inputs that can never change. */
export interface ImmutableInputs {
  /** Their names; each must always have a value, so that none is told from not recorded. */
  readonly names: readonly string[];
  /** What is recorded of an input that a person left out, where no input that is given can have that value. */
  readonly leftOut?: Readonly<Record<string, unknown>>;
}

/**
 * Options for a component whose inputs are immutable, as far as they are named here.
 * @param subject the component as a reader knows it: `VectorIndex "episodes"`.
 * @param advice what to do instead, as full sentences.
 */
export function refuseChangeOf(
  subject: string,
  immutable: ImmutableInputs,
  advice: string,
  options: pulumi.ComponentResourceOptions = {},
): pulumi.ComponentResourceOptions {
  // Pulumi's mocks know no hooks and would wait for one forever: nobody's unit tests may hang on this component.
  if (typeof getMonitor()?.registerResourceHook !== 'function') return options;
  const hook = new pulumi.ResourceHook(
    uniqueName(`${subject}: immutable inputs`),
    async ({ oldInputs = {}, newInputs = {} }) => {
      const changes = await changedInputs(immutable, oldInputs, newInputs);
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
 * What differs among the named inputs, a clause each; the value of a secret is in none. An input that is not known yet
 * is no difference, unless it stands where nothing was given before, nor is one that the last deployment did not
 * record, as an older version of this package would not.
 */
export async function changedInputs(
  { names, leftOut = {} }: ImmutableInputs,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const clauses = await Promise.all(
    names.map(async (name) => {
      const [old, wanted] = await Promise.all([opened(before[name]), opened(after[name])]);
      if (old.value === undefined || wanted.value === undefined) return [];
      const unknown = pulumi.containsUnknowns(wanted.value);
      if (unknown && (!Object.hasOwn(leftOut, name) || old.value !== leftOut[name])) return [];
      if (!unknown && comparable(old.value) === comparable(wanted.value)) return [];
      if (old.secret || wanted.secret) return [`${name} is secret and its value differs from that of before`];
      const becoming = unknown ? 'what is given now and not known yet' : JSON.stringify(wanted.value);
      return [`${name} is ${JSON.stringify(old.value)} and cannot become ${becoming}`];
    }),
  );
  return clauses.flat();
}

/** What an input is, and whether it is a secret: the engine hands secrets to a hook as outputs. */
async function opened(input: unknown): Promise<{ readonly value: unknown; readonly secret: boolean }> {
  if (!pulumi.Output.isInstance(input)) return { value: input, secret: false };
  // No `apply`: at a preview it would wait for ever for a secret that is not known yet.
  const output = input as unknown as { promise(withUnknowns: boolean): Promise<unknown> };
  return { value: await output.promise(true), secret: await pulumi.isSecret(input) };
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
