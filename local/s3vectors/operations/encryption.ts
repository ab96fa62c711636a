// Encryption settings of buckets and indexes (measured: docs/evidence/index-encryption.md of
// FarukAda/aws-langchain-s3-vector-ts). Nothing is encrypted here, and no key is looked up.
import type { EncryptionConfiguration } from '../model/inputs';
import { invalidField } from '../service-error';
import type { Encryption } from '../storage/catalog';

/**
 * The settings that a request asks for; undefined when it asks for none.
 * @throws ServiceError for a key without aws:kms, or aws:kms without a key
 */
export function encryptionOf(configuration: EncryptionConfiguration | undefined): Encryption | undefined {
  if (configuration === undefined) return undefined;
  const { sseType = 'AES256', kmsKeyArn } = configuration;
  if (sseType === 'AES256') {
    if (kmsKeyArn !== undefined) {
      throw invalidField(
        'EncryptionConfiguration',
        'kmsKeyArn must not be specified when sseType is AES256.',
      );
    }
    return { sseType };
  }
  if (kmsKeyArn === undefined) {
    throw invalidField(
      'EncryptionConfiguration',
      'kmsKeyArn must be specified when sseType is set to aws:kms',
    );
  }
  return { sseType, kmsKeyArn };
}
