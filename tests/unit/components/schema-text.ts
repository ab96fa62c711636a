// The schema that other Pulumi languages see as lines that a person can review: one line an argument or output.
import type { PackageSpec, Property } from '@pulumi/pulumi/provider/experimental/schema';

/** Descriptions are left out: a better sentence breaks nobody. */
export function schemaText({ resources, types }: PackageSpec): string {
  const components = Object.entries(resources).flatMap(([token, resource]) => [
    `component ${shortName(token)}`,
    ...lines('in', resource.inputProperties ?? {}, resource.requiredInputs ?? []),
    ...lines('out', resource.properties ?? {}, resource.required ?? []),
  ]);
  const others = Object.entries(types).flatMap(([token, type]) =>
    type.enum === undefined
      ? [`type ${shortName(token)}`, ...lines('field', type.properties ?? {}, type.required ?? [])]
      : [`enum ${shortName(token)}`, ...type.enum.map(({ value }) => `  ${String(value)}`)],
  );
  return [...components, ...others, ''].join('\n');
}

function lines(
  kind: string,
  properties: Readonly<Record<string, Property>>,
  required: readonly string[],
): string[] {
  return Object.entries(properties)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, property]) => {
      const optional = required.includes(name) ? '' : '?';
      return `  ${kind} ${name}${optional}: ${typeText(property)}`;
    });
}

/** A plain value cannot be an output of another resource: to make an argument plain breaks who passes one. */
function typeText(property: Partial<Property>): string {
  const { $ref, type, items, additionalProperties, plain } = property as {
    $ref?: string;
    type?: string;
    items?: Partial<Property>;
    additionalProperties?: Partial<Property>;
    plain?: boolean;
  };
  const text =
    $ref !== undefined
      ? shortName($ref)
      : items !== undefined
        ? `list of ${typeText(items)}`
        : additionalProperties !== undefined
          ? `map of ${typeText(additionalProperties)}`
          : (type ?? 'any');
  return plain === true ? `plain ${text}` : text;
}

function shortName(token: string): string {
  return token.split(/[:/]/).at(-1) ?? token;
}
