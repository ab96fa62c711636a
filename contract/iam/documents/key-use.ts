// The use of a customer managed key through the two services that keep embeddings, and never directly.
import { dnsSuffixOf } from '../../arns';
import type { Place } from '../../arns';
import type { Conditions, OneOrMany, Statement } from '../document';

/** A service that keeps embeddings and uses a key for them. */
export type StorageService = 's3' | 's3vectors';

/**
 * The condition that a call to KMS came from S3 or S3 Vectors of this Region.
 * Source: S3 User Guide, "Data protection and encryption in S3 Vectors" (key policy example).
 */
export function viaStorageServices(
  place: Place,
  services: readonly StorageService[] = ['s3', 's3vectors'],
): Conditions {
  return {
    StringEquals: {
      'kms:ViaService': services.map(
        (service) => `${service}.${place.region}.${dnsSuffixOf(place.partition)}`,
      ),
    },
  };
}

/**
 * Lets a reader of vectors and objects decrypt with the keys, and a writer make data keys too. An object that is
 * uploaded in parts is decrypted while it is written (S3 User Guide, "Using SSE-KMS", permissions).
 */
export function keyUseStatement(
  place: Place,
  keyArns: OneOrMany<string>,
  use: { readonly write: boolean; readonly services?: readonly StorageService[] },
): Statement {
  return {
    Sid: 'EncryptionKeyUse',
    Effect: 'Allow',
    Action: use.write ? ['kms:Decrypt', 'kms:GenerateDataKey'] : 'kms:Decrypt',
    Resource: keyArns,
    Condition: viaStorageServices(place, use.services),
  };
}
