// Every policy of the pack, in the order in which the documentation lists them.
import type { Policies } from '@pulumi/policy/policy';
import { dataProtected } from './data-protected';
import { deployerTrust } from './deployer-trust';
import { embeddingBucketEncryption } from './embedding-bucket-encryption';
import { embeddingBucketLifecycle } from './embedding-bucket-lifecycle';
import { embeddingBucketNaming } from './embedding-bucket-naming';
import { embeddingBucketPublicAccess } from './embedding-bucket-public-access';
import { embeddingBucketTlsOnly } from './embedding-bucket-tls-only';
import { embeddingBucketVersioning } from './embedding-bucket-versioning';
import { encryptionKeyIndexingGrant } from './encryption-key-indexing-grant';
import { encryptionKeyRotation } from './encryption-key-rotation';
import { episodesIndexShape } from './episodes-index-shape';
import { managementWithoutData } from './management-without-data';
import { noBroadVectorGrants } from './no-broad-vector-grants';
import { noPublicPrincipal } from './no-public-principal';
import { noRoleWithBoth } from './no-role-with-both';
import { requiredTags } from './required-tags';
import { serviceWithoutAdministration } from './service-without-administration';
import { vectorBucketEncryption } from './vector-bucket-encryption';
import { vectorBucketNaming } from './vector-bucket-naming';
import { vectorIndexNaming } from './vector-index-naming';

export const policies: Policies = [
  vectorBucketNaming,
  embeddingBucketNaming,
  vectorIndexNaming,
  episodesIndexShape,
  vectorBucketEncryption,
  embeddingBucketEncryption,
  embeddingBucketVersioning,
  embeddingBucketPublicAccess,
  embeddingBucketLifecycle,
  embeddingBucketTlsOnly,
  encryptionKeyRotation,
  encryptionKeyIndexingGrant,
  managementWithoutData,
  serviceWithoutAdministration,
  noRoleWithBoth,
  noBroadVectorGrants,
  deployerTrust,
  noPublicPrincipal,
  dataProtected,
  requiredTags,
];
