// Checks a policy's settings against its schema where no engine does it (policy explain), all problems at once. It
// knows the part of JSON Schema that the pack's schemas use.
import type { PolicyConfigJSONSchema, PolicyConfigJSONSchemaDefinition } from '@pulumi/policy/schema';

/** One sentence for everything that the schema refuses; `path` is where the value stands. */
export function settingProblems(
  path: string,
  value: unknown,
  schema: PolicyConfigJSONSchemaDefinition,
): string[] {
  if (typeof schema === 'boolean') return schema ? [] : [`${path} is no setting here; remove it.`];
  const problems = typeProblem(path, value, schema);
  if (problems.length > 0) return problems;
  if (typeof value === 'string') return textProblems(path, value, schema);
  if (typeof value === 'number') {
    return schema.minimum !== undefined && value < schema.minimum
      ? [`${path} is ${value}; write ${schema.minimum} or more.`]
      : [];
  }
  if (Array.isArray(value)) return listProblems(path, value, schema);
  return typeof value === 'object' && value !== null
    ? objectProblems(path, value as Record<string, unknown>, schema)
    : [];
}

function typeProblem(path: string, value: unknown, { type }: PolicyConfigJSONSchema): string[] {
  const actual = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const fits =
    type === undefined ||
    type === actual ||
    (type === 'integer' && typeof value === 'number' && Number.isInteger(value));
  return fits ? [] : [`${path} is ${JSON.stringify(value)}; write ${String(type)}.`];
}

function textProblems(path: string, value: string, schema: PolicyConfigJSONSchema): string[] {
  const { pattern, minLength, maxLength } = schema;
  const hint = schema.description === undefined ? '' : ` ${schema.description}`;
  if (minLength !== undefined && value.length < minLength) {
    return [`${path} is "${value}"; write at least ${minLength} characters.${hint}`];
  }
  if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    return [`${path} is "${value}", which does not fit ${pattern}.${hint}`];
  }
  return maxLength !== undefined && value.length > maxLength
    ? [`${path} has ${value.length} characters; write at most ${maxLength}.`]
    : [];
}

function listProblems(path: string, value: readonly unknown[], schema: PolicyConfigJSONSchema): string[] {
  const { items } = schema;
  const ofItems =
    items === undefined || Array.isArray(items)
      ? []
      : value.flatMap((item, at) => settingProblems(`${path}[${at}]`, item, items));
  const doubled = schema.uniqueItems === true && new Set(value).size !== value.length;
  return doubled ? [...ofItems, `${path} names something twice.`] : ofItems;
}

function objectProblems(
  path: string,
  value: Readonly<Record<string, unknown>>,
  schema: PolicyConfigJSONSchema,
): string[] {
  const missing = (schema.required ?? []).filter((key) => value[key] === undefined);
  return [
    ...missing.map((key) => `${path} lacks "${key}"; add it.`),
    ...Object.entries(value).flatMap(([key, inner]) =>
      settingProblems(
        `${path}.${key}`,
        inner,
        schema.properties?.[key] ?? schema.additionalProperties ?? true,
      ),
    ),
  ];
}
