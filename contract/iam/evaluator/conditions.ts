// Whether a statement's Condition block holds for a request: all operators, all their keys, any of the values.
// Source: IAM User Guide, "Conditions with multiple context keys or values" and "Single-valued vs. multivalued".
import { type Conditions, many } from '../document';
import { operatorNamed } from './condition-operators';
import { type Context, contextValues } from './variables';

export type ConditionAnswer =
  | { readonly kind: 'satisfied' }
  | { readonly kind: 'failed'; readonly why: string }
  /** An operator or value that IAM does not have: nobody can say what it means. */
  | { readonly kind: 'unreadable'; readonly why: string };

export function evaluateConditions(conditions: Conditions | undefined, context: Context): ConditionAnswer {
  let failed: ConditionAnswer | undefined;
  for (const [operator, keys] of Object.entries(conditions ?? {})) {
    for (const [key, written] of Object.entries(keys)) {
      const answer = evaluateOne(operator, key, many(written).map(String), context);
      if (answer.kind === 'unreadable') return answer;
      if (answer.kind === 'failed') failed ??= answer;
    }
  }
  return failed ?? { kind: 'satisfied' };
}

function evaluateOne(
  written: string,
  key: string,
  values: readonly string[],
  context: Context,
): ConditionAnswer {
  const actual = contextValues(context, key);
  const { qualifier, name, ifExists } = parseOperator(written);
  const answer = (holds: boolean): ConditionAnswer =>
    holds
      ? { kind: 'satisfied' }
      : {
          kind: 'failed',
          why: `${written} ${key} wants ${values.join(', ')}; the request has ${actual?.join(', ') ?? 'no such key'}`,
        };

  // Null asks whether the key exists; there is no NullIfExists.
  if (name.toLowerCase() === 'null' && !ifExists) {
    const wantsMissing = values.map((value) => value.toLowerCase());
    if (!wantsMissing.every((value) => value === 'true' || value === 'false'))
      return unreadable(written, key, values);
    return answer(wantsMissing.some((value) => (value === 'true') === (actual === undefined)));
  }
  const operator = operatorNamed(name);
  // A value without meaning is noticed even where there is no key to compare it with.
  if (operator === undefined || !values.every(operator.reads)) return unreadable(written, key, values);

  if (actual === undefined || (actual.length === 0 && qualifier !== undefined)) {
    // IfExists changes nothing beside ForAnyValue, which wants a value that is there. Tried against AWS by others:
    // https://repost.aws/questions/QU9HFmDzP0QGuU-fd7rS6B7w/foranyvalue-stringequalsifexists-behaving-unexpectedly
    if (qualifier === 'foranyvalue') return answer(false);
    if (ifExists || qualifier === 'forallvalues') return answer(true);
    return answer(operator.negated);
  }
  const holds = actual.map(
    (one) => values.some((value) => operator.compare(value, one, context)) !== operator.negated,
  );
  if (qualifier === 'foranyvalue') return answer(holds.some(Boolean));
  if (qualifier === 'forallvalues') return answer(holds.every(Boolean));
  // Without a qualifier a multivalued key passes when any value compares, negated when none does.
  return answer(operator.negated ? holds.every(Boolean) : holds.some(Boolean));
}

function parseOperator(written: string): {
  readonly qualifier: 'forallvalues' | 'foranyvalue' | undefined;
  readonly name: string;
  readonly ifExists: boolean;
} {
  const match = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/i.exec(written);
  const qualifier = match?.[1]?.toLowerCase();
  return {
    qualifier: qualifier === 'forallvalues' || qualifier === 'foranyvalue' ? qualifier : undefined,
    name: match?.[2] ?? written,
    ifExists: match?.[3] !== undefined,
  };
}

function unreadable(operator: string, key: string, values: readonly string[]): ConditionAnswer {
  return {
    kind: 'unreadable',
    why: `condition "${operator}" on ${key} with ${values.join(', ')} is none that IAM knows`,
  };
}
