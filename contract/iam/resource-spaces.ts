// The resources that the boundaries of this product speak about, as patterns for the symbolic question.
// ARN forms: AWS Service Authorization Reference, resource types of S3 and S3 Vectors.
import {
  KMS_KEY_ADMINISTRATION_ACTIONS,
  KMS_KEY_USE_ACTIONS,
  S3_ACCESS_PATH_ADMINISTRATION_ACTIONS,
  S3_BUCKET_ADMINISTRATION_ACTIONS,
  S3_DATA_CREDENTIAL_ACTIONS,
  S3_OBJECT_DATA_ACTIONS,
  S3_VECTORS_ADMINISTRATION_ACTIONS,
  S3_VECTORS_DATA_ACTIONS,
} from './actions';
import type { ActionsOnResources } from './evaluator/may-allow';
import { anything, type Piece, segment, sequence, wildcard } from './evaluator/pattern';

/** What a bucket name of the pattern matches, whatever project, environment and purpose. */
export const EMBEDDING_NAME_PATTERN = '*-*-vector-*';

const partition = segment(':');
const region = segment(':');
const account = segment(':');

/** What no name of a bucket, an index or an access point holds. */
const SEPARATORS = '/:';

/** The names of buckets that fit an IAM name pattern. */
function bucketSegment(namePattern: string): readonly Piece[] {
  if (namePattern === '*') return segment(SEPARATORS);
  return wildcard(namePattern).map((piece) =>
    piece.kind === 'literal' ? piece : { ...piece, except: SEPARATORS },
  );
}

const s3Bucket = (name: string) => sequence('arn:', partition, ':s3:::', bucketSegment(name));
const s3Object = (name: string) => sequence('arn:', partition, ':s3:::', bucketSegment(name), '/', anything);
const vectorBucket = (name: string) =>
  sequence('arn:', partition, ':s3vectors:', region, ':', account, ':bucket/', bucketSegment(name));
const vectorIndex = (name: string) => sequence(vectorBucket(name), '/index/', segment(SEPARATORS));
const accessPointNamed = (name: string | readonly Piece[]) =>
  sequence('arn:', partition, ':s3:', region, ':', account, ':accesspoint/', name);
const accessPoint = accessPointNamed(segment(SEPARATORS));
const accessPointObject = sequence(accessPoint, '/object/', anything);
const multiRegionAccessPoint = sequence(
  'arn:',
  partition,
  ':s3::',
  account,
  ':accesspoint/',
  segment(SEPARATORS),
);
const multiRegionAccessPointObject = sequence(multiRegionAccessPoint, '/object/', anything);
const objectLambdaAccessPoint = sequence(
  'arn:',
  partition,
  ':s3-object-lambda:',
  region,
  ':',
  account,
  ':accesspoint/',
  segment(SEPARATORS),
);
const accessGrants = sequence(
  'arn:',
  partition,
  ':s3:',
  region,
  ':',
  account,
  ':access-grants/default',
  anything,
);
const key = sequence('arn:', partition, ':kms:', region, ':', account, ':key/', segment(SEPARATORS));
/** What actions without a resource type are asked on: nothing but a bare star (or NotResource) reaches them. */
const withoutResource = sequence('*');

/** Reads or writes of objects in S3 buckets whose name fits the IAM name pattern (`*`: any bucket). */
export function objectData(namePattern = '*'): ActionsOnResources[] {
  const everywhere: ActionsOnResources[] = [
    {
      actions: S3_OBJECT_DATA_ACTIONS,
      resources: [s3Object(namePattern), accessPointObject, multiRegionAccessPointObject],
    },
    { actions: S3_DATA_CREDENTIAL_ACTIONS, resources: [accessGrants] },
  ];
  return namePattern === '*'
    ? everywhere
    : [{ actions: S3_OBJECT_DATA_ACTIONS, resources: [s3Object(namePattern)] }];
}

/** Creation and configuration of S3 buckets whose name fits, and (for `*`) of other roads to their objects. */
export function bucketAdministration(namePattern = '*'): ActionsOnResources[] {
  const buckets: ActionsOnResources = {
    actions: S3_BUCKET_ADMINISTRATION_ACTIONS,
    resources: [s3Bucket(namePattern)],
  };
  return namePattern === '*'
    ? [
        buckets,
        {
          actions: S3_ACCESS_PATH_ADMINISTRATION_ACTIONS,
          resources: [
            accessPoint,
            multiRegionAccessPoint,
            objectLambdaAccessPoint,
            accessGrants,
            withoutResource,
          ],
        },
      ]
    : [buckets];
}

/** Reads or writes of objects through access points of these names. */
export function accessPointData(names: readonly string[]): ActionsOnResources[] {
  return [
    {
      actions: S3_OBJECT_DATA_ACTIONS,
      resources: names.map((name) => sequence(accessPointNamed(name), '/object/', anything)),
    },
  ];
}

/** Opening, changing and closing roads to objects: access points of these names, or (a bare star) all roads. */
export function accessPathAdministration(names: readonly string[]): ActionsOnResources[] {
  return [
    {
      actions: S3_ACCESS_PATH_ADMINISTRATION_ACTIONS,
      resources: [...names.map(accessPointNamed), withoutResource],
    },
  ];
}

/** Reads, writes and searches of vectors in vector buckets whose name fits. */
export function vectorData(namePattern = '*'): ActionsOnResources[] {
  return [{ actions: S3_VECTORS_DATA_ACTIONS, resources: [vectorIndex(namePattern)] }];
}

/** Creation and configuration of vector buckets and indexes whose bucket's name fits. */
export function vectorAdministration(namePattern = '*'): ActionsOnResources[] {
  return [
    {
      actions: S3_VECTORS_ADMINISTRATION_ACTIONS,
      resources: [vectorBucket(namePattern), vectorIndex(namePattern)],
    },
  ];
}

/** Use of KMS keys: what is encrypted with them becomes readable. */
export function keyUse(): ActionsOnResources[] {
  return [{ actions: KMS_KEY_USE_ACTIONS, resources: [key] }];
}

/** Administration of KMS keys: who may use them, and whether they go on existing. */
export function keyAdministration(): ActionsOnResources[] {
  return [{ actions: KMS_KEY_ADMINISTRATION_ACTIONS, resources: [key] }];
}

/**
 * Data and administration of vector buckets and indexes whose bucket's name does not fit the pattern. An index whose
 * own name holds `-vector-` is left out: a `*` reaches over the slash, so that every name pattern meets
 * `bucket/acme-x/index/y-vector-z`, which no spelling of the pattern can avoid.
 */
export function vectorsOutside(namePattern: string): ActionsOnResources[] {
  const anyName: Piece = { kind: 'many', except: SEPARATORS };
  const except = [
    vectorBucket(namePattern),
    vectorIndex(namePattern),
    sequence(vectorBucket('*'), '/index/', anyName, '-vector-', anyName),
  ];
  return [...vectorData(), ...vectorAdministration()].map((question) => ({ ...question, except }));
}

/** Data and administration of vector buckets and indexes outside the Regions. */
export function vectorsOutsideRegions(regions: readonly string[]): ActionsOnResources[] {
  const except = regions.map((name) => sequence('arn:', partition, ':s3vectors:', name, ':', anything));
  return [...vectorData(), ...vectorAdministration()].map((question) => ({ ...question, except }));
}
