// Everything that writes to or searches the episodes index relies on its shape, and a shape can never be changed:
// an index made with another one has to be deleted with all its vectors.
import { DATA_TYPE, EPISODES_INDEX_NAME, EPISODES_SHAPE, type IndexShape } from '../../contract/index-shape';
import { resourcePolicy } from '../policy';
import { asVectorIndex, type VectorIndex } from '../resources/buckets';
import { describeResource, type Judged } from '../resources/judged';
import { isUnknown } from '../resources/known';

export const episodesIndexShape = resourcePolicy({
  name: 'episodes-index-shape',
  displayName: 'The episodes index has its shape',
  description:
    `An episodes index has ${EPISODES_SHAPE.dimension} dimensions, ${EPISODES_SHAPE.distanceMetric} distance and the ` +
    `non-filterable keys ${EPISODES_SHAPE.nonFilterableMetadataKeys.join(' and ')}.`,
  severity: 'high',
  tags: ['s3-vectors', 'shape'],
  remediationSteps:
    'Create the index with the episodes preset of VectorIndex. If an index with another shape exists, create a new one under another name and migrate: changing the shape deletes every vector.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-indexes.html',
  configSchema: {
    properties: {
      indexNames: {
        type: 'array',
        items: { type: 'string', minLength: 1 },
        description: `Names of further indexes that must have the shape, besides "${EPISODES_INDEX_NAME}" and its versions.`,
        default: [],
      },
    },
  },
  judge(resource, report, settings) {
    const index = asVectorIndex(resource);
    if (index === undefined || !isEpisodes(index, resource, settings.indexNames ?? [])) return;
    const what = describeResource(resource, 'vector index', index.name);
    for (const difference of differences(index)) {
      report.violation(`${what}: ${difference}.`);
    }
    const unknown = SHAPE_PROPERTIES.filter((property) => isUnknown(index[property]));
    if (unknown.length > 0) {
      report.advisory(
        `${what}: ${unknown.join(', ')} cannot be checked before the update; write plain values.`,
      );
    }
  },
});

const SHAPE_PROPERTIES = ['dimension', 'distanceMetric', 'dataType', 'nonFilterableMetadataKeys'] as const;

/** `episodes`, its spelling variants and versions (`episode`, `episodes-v2`, `episodes.2026`). */
const EPISODES_NAME = new RegExp(`^${EPISODES_INDEX_NAME.replace(/s$/, 's?')}(?:[-.]?v?\\d[\\d.-]*)?$`, 'i');

/** By physical name; by the logical one where the physical is absent or not known yet. */
function isEpisodes({ name }: VectorIndex, { logicalName }: Judged, further: readonly string[]): boolean {
  if (typeof name !== 'string') return logicalName.toLowerCase().includes('episode');
  return EPISODES_NAME.test(name) || further.includes(name);
}

/** One sentence for every known property that differs; an unknown one is no difference. */
function differences(index: VectorIndex): string[] {
  const found: string[] = [];
  const compare = (property: keyof IndexShape, actual: unknown) => {
    if (isUnknown(actual) || actual === EPISODES_SHAPE[property]) return;
    const is = actual === undefined ? 'not given' : JSON.stringify(actual);
    found.push(`${property} is ${is} and must be ${JSON.stringify(EPISODES_SHAPE[property])}`);
  };
  compare('dimension', index.dimension);
  compare('distanceMetric', index.distanceMetric);
  compare('dataType', index.dataType ?? DATA_TYPE);
  const keys = index.nonFilterableMetadataKeys;
  if (!isUnknown(keys)) {
    const wanted = EPISODES_SHAPE.nonFilterableMetadataKeys;
    const missing = wanted.filter((key) => keys?.includes(key) !== true);
    const extra = (keys ?? []).filter((key) => !wanted.includes(key));
    if (missing.length > 0) found.push(`non-filterable metadata keys lack ${missing.join(', ')}`);
    if (extra.length > 0) found.push(`non-filterable metadata keys have ${extra.join(', ')} too many`);
  }
  return found;
}
