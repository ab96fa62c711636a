// KMS keys as both providers spell them, what is encrypted with them, and grants on them.
import { asStorageBucket, asVectorBucket, asVectorIndex } from './buckets';
import type { Judged } from './judged';
import { isUnknown, type Known, list, text, UNKNOWN } from './known';

export interface EncryptionKey {
  /** KMS can rotate it: it is symmetric, of KMS's own material, and no replica, which follows its primary. */
  readonly canRotate: boolean;
  readonly rotates: Known<boolean>;
}

const PRIMARY_KEY_TYPES = ['aws:kms/key:Key', 'aws-native:kms:Key'];
const KEY_TYPES = [
  ...PRIMARY_KEY_TYPES,
  'aws:kms/replicaKey:ReplicaKey',
  'aws:kms/externalKey:ExternalKey',
  'aws:kms/replicaExternalKey:ReplicaExternalKey',
  'aws-native:kms:ReplicaKey',
];
const ALIAS_TYPES: Readonly<Record<string, string>> = {
  'aws:kms/alias:Alias': 'name',
  'aws-native:kms:Alias': 'aliasName',
};

/** The resource as a KMS key, or undefined when it is something else. */
export function asEncryptionKey({ type, props }: Judged): EncryptionKey | undefined {
  if (!KEY_TYPES.includes(type)) return undefined;
  const spec = props.customerMasterKeySpec ?? props.keySpec ?? 'SYMMETRIC_DEFAULT';
  const rotation = props.enableKeyRotation;
  return {
    canRotate:
      PRIMARY_KEY_TYPES.includes(type) &&
      isOrUnknown(spec, 'SYMMETRIC_DEFAULT') &&
      isOrUnknown(props.origin ?? 'AWS_KMS', 'AWS_KMS') &&
      isOrUnknown(props.customKeyStoreId ?? '', ''),
    rotates: isUnknown(rotation) ? UNKNOWN : rotation === true || rotation === 'true',
  };
}

function isOrUnknown(value: unknown, expected: string): boolean {
  return value === expected || isUnknown(value);
}

/** A KMS grant; its operations as IAM actions. */
export interface KeyGrant {
  readonly grantee: Known<string>;
  readonly operations: unknown;
}

const GRANT = 'aws:kms/grant:Grant';
/** Policies of keys that stand in a resource of their own, and grants: with the property that names the key. */
const NAMES_KEY: readonly string[] = ['aws:kms/keyPolicy:KeyPolicy', GRANT];

/** The resource as a KMS grant, or undefined when it is something else. CloudFormation has no such resource. */
export function asKeyGrant({ type, props }: Judged): KeyGrant | undefined {
  if (type !== GRANT) return undefined;
  const operations = list(props.operations);
  return {
    grantee: text(props, 'granteePrincipal'),
    operations: isUnknown(operations)
      ? operations
      : operations?.map((one) => (typeof one === 'string' ? `kms:${one}` : one)),
  };
}

/** Does the resource set with which key vectors or embeddings are encrypted? */
function setsEncryption(resource: Judged): boolean {
  return (
    asVectorBucket(resource) !== undefined ||
    asVectorIndex(resource) !== undefined ||
    asStorageBucket(resource) !== undefined ||
    /BucketServerSideEncryptionConfiguration(?:V2)?$/.test(resource.type)
  );
}

/** Properties that say how something is encrypted; a name may come from a key too, and says nothing of it. */
const ENCRYPTION_PROPERTIES = [
  'encryptionConfiguration',
  'encryptionConfigurations',
  'bucketEncryption',
  'serverSideEncryptionConfiguration',
  'serverSideEncryptionConfigurations',
  'rules',
  // The whole of a resource through Cloud Control.
  'properties',
  'desiredState',
];

/** What some resources encrypt with, read once for all the keys that are asked about. */
export interface KeyUse {
  /** URNs of the resources that their encryption comes from. */
  readonly sources: ReadonlySet<string>;
  /** Their properties as text, in which keys and aliases may stand. */
  readonly written: string;
}

export function keyUseOf(settings: readonly Judged[]): KeyUse {
  return {
    sources: new Set(
      settings.flatMap((one) => ENCRYPTION_PROPERTIES.flatMap((property) => one.sources[property] ?? [])),
    ),
    written: settings.map(({ props }) => JSON.stringify(props)).join('\n'),
  };
}

/** Is it encrypted with the key: by where a value comes from, by its ARN, its id or an alias? */
export function isUsed(key: Judged, { sources, written }: KeyUse, resources: readonly Judged[]): boolean {
  if (sources.has(key.urn) || idsOf(key).some((id) => written.includes(id))) return true;
  return resources.some((alias) => {
    const property = ALIAS_TYPES[alias.type];
    if (property === undefined || !isAbout(alias, 'targetKeyId', key)) return false;
    const name = alias.props[property];
    const named =
      typeof name === 'string' && (written.includes(`"${name}"`) || written.includes(`:${name}"`));
    return named || sources.has(alias.urn);
  });
}

/**
 * The keys that encrypt vectors or embeddings of the stack, and the resources that say more about one of them: its
 * policy, grants on it.
 */
export function keysOfEmbeddings(resources: readonly Judged[]): ReadonlySet<Judged> {
  const use = keyUseOf(resources.filter(setsEncryption));
  const keys = resources
    .filter(({ type }) => KEY_TYPES.includes(type))
    .filter((key) => isUsed(key, use, resources));
  const found = new Set<Judged>(keys);
  for (const more of resources) {
    if (!NAMES_KEY.includes(more.type)) continue;
    const { keyId } = more.props;
    const named = typeof keyId === 'string' && keyId !== '' && use.written.includes(idOf(keyId));
    if (named || keys.some((key) => isAbout(more, 'keyId', key))) found.add(more);
  }
  return found;
}

/** The resource that sets a key's policy in the place of the one in the key itself. */
export function policyOfItsOwn(key: Judged, resources: readonly Judged[]): Judged | undefined {
  return resources.find((one) => one.type === 'aws:kms/keyPolicy:KeyPolicy' && isAbout(one, 'keyId', key));
}

/** Does a property of the resource name the key? */
function isAbout(resource: Judged, property: string, key: Judged): boolean {
  const named = resource.props[property];
  return (
    (typeof named === 'string' && idsOf(key).includes(idOf(named))) ||
    resource.sources[property]?.includes(key.urn) === true
  );
}

/** The key's id; its ARN ends in it. */
function idsOf({ props }: Judged): string[] {
  return [props.arn, props.keyId, props.id]
    .filter((value) => typeof value === 'string')
    .map(idOf)
    .filter((id) => id !== '');
}

function idOf(arnOrId: string): string {
  return arnOrId.split('key/').at(-1) ?? arnOrId;
}
