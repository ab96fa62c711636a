// Vectors cannot be restored: there is no backup of a vector bucket. In production nothing may delete one by the way.
import { isProduction, productionSchema } from '../configuration';
import { resourcePolicy } from '../policy';
import { asStorageBucket, asVectorBucket, asVectorIndex } from '../resources/buckets';
import { describeResource, type Judged } from '../resources/judged';
import { asEncryptionKey } from '../resources/keys';
import { isUnknown } from '../resources/known';

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
    if (data === undefined || !isOfProduction(resource, data.bucketName, settings.productionEnvironments))
      return;
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
}

function dataOf(resource: Judged): Data | undefined {
  const index = asVectorIndex(resource);
  if (index !== undefined) return { what: 'vector index', name: index.name, bucketName: index.bucketName };
  const vectors = asVectorBucket(resource);
  if (vectors !== undefined) return { what: 'vector bucket', name: vectors.name, bucketName: vectors.name };
  const storage = asStorageBucket(resource);
  if (storage !== undefined) return { what: 'S3 bucket', name: storage.name, bucketName: storage.name };
  return asEncryptionKey(resource) === undefined
    ? undefined
    : { what: 'key', name: undefined, bucketName: undefined };
}

/** By the bucket's name; where that says nothing yet (a key, a name not known yet), by the name of the stack. */
function isOfProduction(
  resource: Judged,
  bucketName: unknown,
  environments: readonly string[] | undefined,
): boolean {
  if (typeof bucketName === 'string') return isProduction(bucketName, environments);
  const stack = resource.urn.split('::')[0]?.split(':').at(-1) ?? '';
  return (environments ?? []).includes(stack);
}
