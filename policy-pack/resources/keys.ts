// KMS keys as both providers spell them.
import type { Judged } from './judged';
import { isUnknown, type Known, UNKNOWN } from './known';

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
