// Where policy documents stand in resources, for both providers: managed and inline policies, resource policies,
// trust. A document that no entry of this table names is one that no policy of the pack sees.
import { isUnknown, type Known, list, object, type Properties, text, UNKNOWN } from './known';
import type { Judged } from './judged';

export interface HeldDocument {
  /** `identity`: rights of whoever it is attached to; `resource`: who may come to a resource; `trust`: who may be a role. */
  readonly kind: 'identity' | 'resource' | 'trust';
  /** As a message names it: its name in IAM where that is known. */
  readonly label: string;
  /** Everything that it is called: physical name, name prefix, logical name of the resource. */
  readonly names: readonly string[];
  /** Object, JSON text, or unknown. */
  readonly value: unknown;
}

interface Place {
  readonly kind: HeldDocument['kind'];
  /** A property, or (`details.policy`) one of an object in it. */
  readonly property: string;
  readonly names: readonly string[];
}

const identity = (property: string, ...names: string[]): Place => ({ kind: 'identity', property, names });
const resource = (property: string, ...names: string[]): Place => ({ kind: 'resource', property, names });
const trust = (property: string, ...names: string[]): Place => ({ kind: 'trust', property, names });

const PLACES: Readonly<Record<string, Place>> = {
  'aws:iam/policy:Policy': identity('policy', 'name', 'namePrefix'),
  'aws:iam/rolePolicy:RolePolicy': identity('policy', 'name', 'namePrefix'),
  'aws:iam/userPolicy:UserPolicy': identity('policy', 'name', 'namePrefix'),
  'aws:iam/groupPolicy:GroupPolicy': identity('policy', 'name', 'namePrefix'),
  'aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy': identity('inlinePolicy'),
  'aws-native:iam:ManagedPolicy': identity('policyDocument', 'managedPolicyName'),
  'aws-native:iam:RolePolicy': identity('policyDocument', 'policyName'),
  'aws-native:iam:UserPolicy': identity('policyDocument', 'policyName'),
  'aws-native:iam:GroupPolicy': identity('policyDocument', 'policyName'),
  'aws-native:sso:PermissionSet': identity('inlinePolicy', 'name'),
  'aws:iam/role:Role': trust('assumeRolePolicy', 'name', 'namePrefix'),
  'aws-native:iam:Role': trust('assumeRolePolicyDocument', 'roleName'),
  'aws:s3/bucket:Bucket': resource('policy', 'bucket'),
  'aws:s3/bucketPolicy:BucketPolicy': resource('policy', 'bucket'),
  'aws:s3/accessPoint:AccessPoint': resource('policy', 'name'),
  'aws:s3control/accessPointPolicy:AccessPointPolicy': resource('policy'),
  'aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy': resource('policy', 'vectorBucketArn'),
  'aws:kms/key:Key': resource('policy'),
  'aws:kms/keyPolicy:KeyPolicy': resource('policy'),
  'aws:kms/replicaKey:ReplicaKey': resource('policy'),
  'aws:kms/externalKey:ExternalKey': resource('policy'),
  'aws:kms/replicaExternalKey:ReplicaExternalKey': resource('policy'),
  'aws:s3/bucketV2:BucketV2': resource('policy', 'bucket'),
  'aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy': resource(
    'details.policy',
    'details.name',
  ),
  'aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy': resource('policy', 'name'),
  'aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy': resource('policy'),
  'aws-native:s3:BucketPolicy': resource('policyDocument', 'bucket'),
  'aws-native:s3:AccessPoint': resource('policy', 'name'),
  'aws-native:s3objectlambda:AccessPointPolicy': resource('policyDocument', 'objectLambdaAccessPoint'),
  'aws-native:s3vectors:VectorBucketPolicy': resource('policy', 'vectorBucketName'),
  'aws-native:kms:Key': resource('keyPolicy'),
  'aws-native:kms:ReplicaKey': resource('keyPolicy'),
  'aws-native:s3:MultiRegionAccessPointPolicy': resource('policy', 'mrapName'),
};

/** Inline policies of a role, user or group: a list of names with documents. */
const INLINE: Readonly<
  Record<string, { readonly property: string; readonly name: string; readonly document: string }>
> = {
  'aws:iam/role:Role': { property: 'inlinePolicies', name: 'name', document: 'policy' },
  'aws-native:iam:Role': { property: 'policies', name: 'policyName', document: 'policyDocument' },
  'aws-native:iam:User': { property: 'policies', name: 'policyName', document: 'policyDocument' },
  'aws-native:iam:Group': { property: 'policies', name: 'policyName', document: 'policyDocument' },
};

/** Every policy document that the resource holds; empty when it holds none. */
export function heldDocuments(judged: Judged): HeldDocument[] {
  return [...ownDocument(judged), ...inlineDocuments(judged)];
}

function ownDocument({ type, logicalName, props }: Judged): HeldDocument[] {
  const place = PLACES[type];
  const value = place === undefined ? undefined : valueAt(props, place.property);
  if (place === undefined || value === undefined || value === null) return [];
  const names = place.names.map((name) => valueAt(props, name)).filter((name) => typeof name === 'string');
  return [{ kind: place.kind, label: names[0] ?? logicalName, names: [...names, logicalName], value }];
}

function valueAt(props: Properties, path: string): unknown {
  const [outer = '', inner] = path.split('.');
  if (inner === undefined) return props[outer];
  const within = object(props[outer]);
  return within === undefined || isUnknown(within) ? within : within[inner];
}

function inlineDocuments({ type, logicalName, props }: Judged): HeldDocument[] {
  const place = INLINE[type];
  if (place === undefined) return [];
  const entries = list(props[place.property]);
  const label = (name: Known<string>) => (isText(name) ? name : 'inline');
  if (isUnknown(entries))
    return [{ kind: 'identity', label: label(undefined), names: [logicalName], value: UNKNOWN }];
  return (entries ?? []).flatMap((entry): HeldDocument[] => {
    const inner = object(entry);
    if (inner === undefined) return [];
    if (isUnknown(inner))
      return [{ kind: 'identity', label: label(undefined), names: [logicalName], value: UNKNOWN }];
    const name = text(inner, place.name);
    const value = documentOf(inner, place.document);
    return value === undefined
      ? []
      : [{ kind: 'identity', label: label(name), names: isText(name) ? [name] : [], value }];
  });
}

function documentOf(props: Properties, key: string): unknown {
  return props[key] ?? undefined;
}

function isText(value: Known<string>): value is string {
  return typeof value === 'string';
}
