// Policies that a stack attaches without holding them: AWS's own by the catalogue, those of this package's other
// stacks by their names, where the pack holds a policy of that name to a layer when its own stack is deployed.
import {
  S3_BUCKET_ADMINISTRATION_ACTIONS,
  S3_OBJECT_DATA_ACTIONS,
  S3_VECTORS_ADMINISTRATION_ACTIONS,
  S3_VECTORS_DATA_ACTIONS,
} from '../contract/iam/actions';
import { policyDocument, type PolicyDocument } from '../contract/iam/document';
import type { NamedDocument } from '../contract/iam/evaluator/statement-reference';
import { AWS_MANAGED_POLICIES } from './aws-managed-policies';
import { heldTo } from './layer';

/**
 * The rights behind an ARN or a name, or undefined where nobody here can tell.
 * @param account of who attaches it, where that is known: a name says nothing about a policy of another account.
 */
export function foreignPolicy(arn: string, account?: string): NamedDocument | undefined {
  // A permission set names policies of whichever account it is assigned to.
  const match = /^(?:arn:[^:]+:iam::(\w+):policy\/)?([^:]+)$/.exec(arn);
  if (match === null) return undefined;
  const [, owner, path = ''] = match;
  if (owner === 'aws') {
    const document = AWS_MANAGED_POLICIES.get(path);
    return document === undefined ? undefined : { name: `AWS's ${path}`, document };
  }
  if (account !== undefined && owner !== undefined && account !== owner) return undefined;
  const name = path.split('/').at(-1) ?? path;
  const document = byName(name);
  return document === undefined ? undefined : { name: `${name} (of another stack, by its name)`, document };
}

/** All that the pack lets a policy of this name have: what its layer does not forbid. */
function byName(name: string): PolicyDocument | undefined {
  const layers = heldTo([name]);
  if (layers.size === 0) return undefined;
  const actions = [
    ...(layers.has('management') ? [] : [...S3_OBJECT_DATA_ACTIONS, ...S3_VECTORS_DATA_ACTIONS]),
    ...(layers.has('service')
      ? []
      : [...S3_BUCKET_ADMINISTRATION_ACTIONS, ...S3_VECTORS_ADMINISTRATION_ACTIONS]),
  ];
  return actions.length === 0
    ? policyDocument()
    : policyDocument({ Sid: 'ByName', Effect: 'Allow', Action: actions, Resource: '*' });
}
