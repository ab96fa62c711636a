// Which of the two layers a policy document is held to: who deploys, or who runs. The layer is in the name that
// contract/names gives; spelling it with underscores or capitals, as a prefix or with a suffix changes nothing.
//
// A name can be evaded by taking another one. That buys nothing: a document under any other name is judged by what
// it allows (no-broad-vector-grants), and a role by all that it can do together (no-role-with-both). Where another stack
// attaches a policy by its name, only what its name is held to here counts.
import { parseBucketName, policyName } from '../contract/names';
import type { HeldDocument } from './resources/policy-documents';

/** `management`: no data; `service`: no administration. */
export type Layer = 'management' | 'service';

interface NamedPolicy {
  /** As a message speaks of it. */
  readonly what: string;
  readonly layers: readonly Layer[];
  /** Is it called so? Names come in lower case with hyphens. */
  readonly isNamed: (name: string) => boolean;
}

const containing = (name: string) => {
  const mark = name.replace(/^-/, '');
  return (given: string) => given.includes(mark);
};

const NAMED_POLICIES: readonly NamedPolicy[] = [
  { what: 'a management policy', layers: ['management'], isNamed: containing(policyName.management('')) },
  {
    what: 'a service access policy',
    layers: ['service'],
    isNamed: containing(policyName.serviceAccess('')),
  },
  { what: 'a deployment policy', layers: ['management'], isNamed: containing(policyName.deployment('')) },
  { what: 'a vector access policy', layers: ['service'], isNamed: isVectorAccess },
  {
    what: 'a policy to invoke models',
    layers: ['management', 'service'],
    isNamed: containing(policyName.bedrockInvocation('')),
  },
];

/** What an identity document is held to by its names: with each layer the words for a message. */
export function heldTo(names: readonly string[]): ReadonlyMap<Layer, string> {
  const spelled = names.map((name) => name.toLowerCase().replaceAll('_', '-'));
  return new Map(
    NAMED_POLICIES.filter(({ isNamed }) => spelled.some(isNamed)).flatMap(({ layers, what }) =>
      layers.map((layer) => [layer, what] as const),
    ),
  );
}

/** The words for a message where this identity document is held to the layer; undefined where it is not. */
export function ofLayer(document: HeldDocument, layer: Layer): string | undefined {
  return document.kind === 'identity' ? heldTo(document.names).get(layer) : undefined;
}

/** `acme-dev-vector-docs-access` and `…-read`. */
function isVectorAccess(name: string): boolean {
  const bucket = /^(.+)-(?:access|read)$/.exec(name)?.[1];
  return bucket !== undefined && parseBucketName(bucket) !== undefined;
}
