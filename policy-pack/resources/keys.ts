// KMS keys as both providers spell them, what is encrypted with them, and grants on them.
import { asStorageBucket, asVectorBucket, asVectorIndex } from './buckets';
import type { Judged } from './judged';
import { isUnknown, type Known, list, text, UNKNOWN } from './known';

export interface EncryptionKey {
  readonly symmetric: boolean;
  readonly rotates: Known<boolean>;
}

const KEY_TYPES = ['aws:kms/key:Key', 'aws-native:kms:Key'];

/** The resource as a KMS key, or undefined when it is something else. */
export function asEncryptionKey({ type, props }: Judged): EncryptionKey | undefined {
  if (!KEY_TYPES.includes(type)) return undefined;
  const spec = props.customerMasterKeySpec ?? props.keySpec ?? 'SYMMETRIC_DEFAULT';
  const rotation = props.enableKeyRotation;
  return {
    symmetric: spec === 'SYMMETRIC_DEFAULT' || isUnknown(spec),
    rotates: isUnknown(rotation) ? UNKNOWN : rotation === true || rotation === 'true',
  };
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

/**
 * The keys that encrypt vectors or embeddings of the stack, and the resources that say more about one of them: its
 * policy, grants on it. A key is told by where a setting's value comes from, or by its ARN or id.
 */
export function keysOfEmbeddings(resources: readonly Judged[]): ReadonlySet<Judged> {
  const settings = resources.filter(setsEncryption);
  const sources = new Set(settings.flatMap((one) => Object.values(one.sources).flat()));
  const written = settings.map(({ props }) => JSON.stringify(props)).join('\n');
  const isWritten = (value: unknown) =>
    typeof value === 'string' && value !== '' && written.includes(value.split('key/').at(-1) ?? value);
  const found = new Set<Judged>();
  for (const key of resources) {
    if (!KEY_TYPES.includes(key.type)) continue;
    if (sources.has(key.urn) || [key.props.arn, key.props.keyId, key.props.id].some(isWritten))
      found.add(key);
  }
  const urns = new Set([...found].map(({ urn }) => urn));
  const ids = new Set([...found].flatMap(({ props }) => [props.arn, props.keyId, props.id]));
  ids.delete(undefined);
  for (const more of resources) {
    if (!NAMES_KEY.includes(more.type)) continue;
    const { keyId } = more.props;
    const named = isUnknown(keyId) || keyId === undefined ? false : isWritten(keyId) || ids.has(keyId);
    if (named || more.sources.keyId?.some((urn) => urns.has(urn)) === true) found.add(more);
  }
  return found;
}
