// Policies that a stack attaches without holding them: AWS's own by the catalogue, those of this package's other
// stacks by their names, which the pack held to their layer when their own stack was deployed.
import {
  S3_BUCKET_ADMINISTRATION_ACTIONS,
  S3_OBJECT_DATA_ACTIONS,
  S3_VECTORS_ADMINISTRATION_ACTIONS,
  S3_VECTORS_DATA_ACTIONS,
} from '../contract/iam/actions';
import { policyDocument, type PolicyDocument } from '../contract/iam/document';
import type { NamedDocument } from '../contract/iam/evaluator/statement-reference';
import { parseBucketName, policyName } from '../contract/names';
import { AWS_MANAGED_POLICIES } from './aws-managed-policies';
import { marksLayer } from './layer';

/** The rights behind an ARN, or undefined where nobody here can tell. */
export function foreignPolicy(arn: string): NamedDocument | undefined {
  const match = /^arn:[^:]+:iam::(\w+):policy\/(.+)$/.exec(arn);
  if (match === null) return undefined;
  const [, account, path = ''] = match;
  if (account === 'aws') {
    const document = AWS_MANAGED_POLICIES.get(path);
    return document === undefined ? undefined : { name: `AWS's ${path}`, document };
  }
  const name = path.split('/').at(-1) ?? path;
  const document = byName(name);
  return document === undefined ? undefined : { name: `${name} (of another stack, by its name)`, document };
}

function byName(name: string): PolicyDocument | undefined {
  if (marksLayer([name], 'management')) {
    return allow([...S3_BUCKET_ADMINISTRATION_ACTIONS, ...S3_VECTORS_ADMINISTRATION_ACTIONS]);
  }
  if (marksLayer([name], 'service')) return allow([...S3_OBJECT_DATA_ACTIONS]);
  if (isVectorAccess(name)) return allow([...S3_VECTORS_DATA_ACTIONS]);
  const withoutEither = [policyName.bedrockInvocation(''), policyName.deployment('')];
  return withoutEither.some((suffix) => name.endsWith(suffix)) ? policyDocument() : undefined;
}

/** `acme-dev-vector-docs-access` and `…-read`. */
function isVectorAccess(name: string): boolean {
  const bucket = /^(.+)-(?:access|read)$/.exec(name)?.[1];
  return bucket !== undefined && parseBucketName(bucket) !== undefined;
}

function allow(actions: readonly string[]): PolicyDocument {
  return policyDocument({ Sid: 'ByName', Effect: 'Allow', Action: actions, Resource: '*' });
}
