// The package schema (GetSchema): which resources and functions there are and what they take, no more than the
// stand-in really implements. Programs use the real SDK packages; this one is for `pulumi package get-schema`.
import type { JsonObject } from './property-wire';
import type { PackageDefinition } from './resource-type';
import { takenProperties, type ObjectShape, type Shape } from './shape';

function typeOf(shape: Shape): JsonObject {
  switch (shape.kind) {
    case 'string':
    case 'number':
    case 'boolean':
      return { type: shape.kind };
    case 'document':
      return shape.text === true
        ? { type: 'string' }
        : { oneOf: [{ type: 'string' }, { $ref: 'pulumi.json#/Any' }] };
    case 'archive':
      return { $ref: 'pulumi.json#/Archive' };
    case 'list':
      return { type: 'array', items: typeOf(shape.element) };
    case 'map':
      return { type: 'object', additionalProperties: typeOf(shape.element) };
    case 'object':
    case 'refused':
      return { $ref: 'pulumi.json#/Any' };
  }
}

const properties = (shape: ObjectShape): JsonObject =>
  Object.fromEntries(
    takenProperties(shape.properties).map((name) => [
      name,
      typeOf(shape.properties[name] ?? { kind: 'refused' }),
    ]),
  );
const required = (shape: ObjectShape): string[] =>
  takenProperties(shape.properties).filter((name) => shape.properties[name]?.required === true);

export function packageSchema<Session>(definition: PackageDefinition<Session>): JsonObject {
  return {
    name: definition.name,
    version: definition.version,
    description: definition.description,
    resources: Object.fromEntries(
      definition.resources.map(({ token, inputs }) => [
        token,
        {
          inputProperties: properties(inputs),
          requiredInputs: required(inputs),
          properties: properties(inputs),
          required: required(inputs),
        },
      ]),
    ),
    functions: Object.fromEntries(
      definition.functions.map(({ token, inputs }) => [
        token,
        { inputs: { type: 'object', properties: properties(inputs), required: required(inputs) } },
      ]),
    ),
  };
}
