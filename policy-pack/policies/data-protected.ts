// Vectors cannot be restored: there is no backup of a vector bucket. In production nothing may delete one by the way.
import { parseBucketName } from '../../contract/names';
import { isProduction, productionSchema } from '../configuration';
import { resourcePolicy } from '../policy';
import { asStorageBucket, asVectorBucket, asVectorIndex } from '../resources/buckets';
import { describeResource, type Judged } from '../resources/judged';
import { asEncryptionKey } from '../resources/keys';
import { isUnknown, type Known, list, object } from '../resources/known';

export const dataProtected = resourcePolicy({
  name: 'data-protected',
  displayName: 'Data of production is protected',
  description:
    'Vector buckets, indexes and embedding buckets of a production environment, and keys of a production stack, are protected, and no bucket may be emptied on deletion.',
  severity: 'high',
  tags: ['data-loss', 'production'],
  remediationSteps:
    'Set the resource option protect to true and forceDestroy to false; the components do both unless "disposable" is set.',
  url: 'https://www.pulumi.com/docs/iac/concepts/options/protect/',
  configSchema: { properties: { productionEnvironments: productionSchema } },
  judge(resource, report, settings) {
    const data = dataOf(resource);
    if (data === undefined || !isOfProduction(resource, data, settings.productionEnvironments)) return;
    const what = describeResource(resource, data.what, data.name);
    if (!resource.protect) {
      report.violation(
        `${what}: it holds data of production and is not protected; set the resource option protect to true.`,
      );
    }
    const { forceDestroy } = resource.props;
    if (forceDestroy === true || forceDestroy === 'true') {
      report.violation(`${what}: forceDestroy would delete all that is in it; set it to false.`);
    } else if (isUnknown(forceDestroy)) {
      report.advisory(`${what}: forceDestroy is not known yet; write it as false.`);
    }
  },
});

interface Data {
  readonly what: string;
  readonly name: unknown;
  /** The bucket whose name says the environment; undefined for a key, which has no name. */
  readonly bucketName: unknown;
  /** It holds data of ours whatever the name; an S3 bucket of another name does not. */
  readonly always: boolean;
}

function dataOf(resource: Judged): Data | undefined {
  const index = asVectorIndex(resource);
  if (index !== undefined) {
    return { what: 'vector index', name: index.name, bucketName: index.bucketName, always: true };
  }
  const vectors = asVectorBucket(resource);
  if (vectors !== undefined) {
    return { what: 'vector bucket', name: vectors.name, bucketName: vectors.name, always: true };
  }
  const storage = asStorageBucket(resource);
  if (storage !== undefined) {
    return { what: 'S3 bucket', name: storage.name, bucketName: storage.name, always: false };
  }
  return asEncryptionKey(resource) === undefined
    ? undefined
    : { what: 'key', name: undefined, bucketName: undefined, always: true };
}

/**
 * By the bucket's name; where that says nothing (a key, a name not known yet or outside the pattern), by the tag
 * Environment; and where there is none, by the name of the stack.
 */
function isOfProduction(
  resource: Judged,
  { bucketName, always }: Data,
  environments: readonly string[] | undefined,
): boolean {
  if (typeof bucketName === 'string') {
    if (parseBucketName(bucketName) !== undefined) return isProduction(bucketName, environments);
    if (!always) return false;
  }
  const isOne = (name: string) => (environments ?? []).includes(name.toLowerCase());
  const tagged = environmentTag(resource);
  if (typeof tagged === 'string') return isOne(tagged);
  const stack = resource.urn.split('::')[0]?.split(':').at(-1) ?? '';
  const segments = stack.toLowerCase().split(/[^a-z0-9]+/);
  // `acme-prod-eu` is one, and `non-prod` and `pre-prod` are none.
  return segments.some(
    (segment, at) => isOne(segment) && !['non', 'not', 'no', 'pre'].includes(segments[at - 1] ?? ''),
  );
}

/** The value of the tag Environment, in either provider's form. */
function environmentTag({ props: { tags } }: Judged): Known<string> {
  const map = object(tags);
  const pairs = map === undefined || isUnknown(map) ? entries(tags) : Object.entries(map);
  const [, value] = pairs.find(([key]) => key.toLowerCase() === 'environment') ?? [];
  return typeof value === 'string' ? value : undefined;
}

function entries(tags: unknown): (readonly [string, unknown])[] {
  const all = list(tags);
  if (all === undefined || isUnknown(all)) return [];
  return all.map((one) => {
    const tag = object(one);
    return tag === undefined || isUnknown(tag) ? ['', undefined] : [String(tag.key), tag.value];
  });
}
