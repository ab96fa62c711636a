// Which of the two layers a policy document belongs to: who deploys, or who runs. The layer is in the name that
// contract/names gives; spelling it with underscores or capitals, as a prefix or with a suffix changes nothing.
//
// A name can be evaded by taking another one. That buys nothing: a document under any other name is judged by what
// it allows (no-broad-vector-grants), and a role by all that it can do together (no-role-with-both).
import { policyName } from '../contract/names';
import type { HeldDocument } from './resources/policy-documents';

export type Layer = 'management' | 'service';

const MARKS: Readonly<Record<Layer, string>> = {
  management: policyName.management('').replace(/^-/, ''),
  service: policyName.serviceAccess('').replace(/^-/, ''),
};

/** Does any of these names mark the layer? */
export function marksLayer(names: readonly string[], layer: Layer): boolean {
  return names.some((name) => name.toLowerCase().replaceAll('_', '-').includes(MARKS[layer]));
}

/** Is this identity document one of the layer? */
export function isOfLayer(document: HeldDocument, layer: Layer): boolean {
  return document.kind === 'identity' && marksLayer(document.names, layer);
}
