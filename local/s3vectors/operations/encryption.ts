// Encryption settings of buckets and indexes (measured: docs/evidence/index-encryption.md of
// FarukAda/aws-langchain-s3-vector-ts). Nothing is encrypted here, and no key is looked up.
import type { Place } from '../../../contract/arns';
import type { EncryptionConfiguration } from '../model/inputs';
import { invalidField } from '../service-error';
import type { Encryption } from '../storage/catalog';

/**
 * The settings that a request asks for; undefined when it asks for none.
 * @throws ServiceError for a key without aws:kms, aws:kms without a key, or a key of another Region
 */
export function encryptionOf(
  place: Pick<Place, 'partition' | 'region'>,
  configuration: EncryptionConfiguration | undefined,
): Encryption | undefined {
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
  // A key may be another account's, and not another Region's: KMS answers in its own Region only.
  if (!kmsKeyArn.startsWith(`arn:${place.partition}:kms:${place.region}:`)) {
    throw invalidField(
      'EncryptionConfiguration',
      'kmsKeyArn must be the ARN of a key in the same Region as the vector bucket.',
      `the key is ${kmsKeyArn.split(':').slice(0, 4).join(':')}:…, this is ${place.region} of ${place.partition}`,
    );
  }
  return { sseType, kmsKeyArn };
}
