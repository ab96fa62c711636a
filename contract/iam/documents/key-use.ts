// The use of a customer managed key through the two services that keep embeddings, and never directly.
import { dnsSuffixOf } from '../../arns';
import type { Place } from '../../arns';
import type { Conditions, Statement } from '../document';

/**
 * The condition that a call to KMS came from S3 or S3 Vectors of this Region.
 * Source: S3 User Guide, "Data protection and encryption in S3 Vectors" (key policy example).
 */
export function viaStorageServices(
  place: Place,
  services: readonly ('s3' | 's3vectors')[] = ['s3', 's3vectors'],
): Conditions {
  return {
    StringEquals: {
      'kms:ViaService': services.map(
        (service) => `${service}.${place.region}.${dnsSuffixOf(place.partition)}`,
      ),
    },
  };
}

/** Lets a reader or writer of vectors and objects use the key: decrypt to read, and a data key to write objects. */
export function keyUseStatement(place: Place, keyArn: string): Statement {
  return {
    Sid: 'EncryptionKeyUse',
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: keyArn,
    Condition: viaStorageServices(place),
  };
}
