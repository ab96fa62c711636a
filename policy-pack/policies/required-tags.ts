// Tags say whose a resource is: the deployer's rights over keys hang on one, and so does every bill.
import type { ResourceValidationPolicy } from '@pulumi/policy';
import type { Settings } from '../configuration';
import { resourcePolicy } from '../policy';
import { describeResource, judged, type Judged } from '../resources/judged';
import { isUnknown, list, object, type Properties } from '../resources/known';

/** Types that take tags and that this package makes, with the form in which they take them. */
const TAGGED: Readonly<Record<string, 'map' | 'list'>> = {
  'aws-native:s3vectors:VectorBucket': 'list',
  'aws-native:s3vectors:Index': 'list',
  'aws-native:s3:Bucket': 'list',
  'aws-native:kms:Key': 'list',
  'aws-native:iam:Role': 'list',
  'aws:s3/vectorsVectorBucket:VectorsVectorBucket': 'map',
  'aws:s3/vectorsIndex:VectorsIndex': 'map',
  'aws:s3/bucket:Bucket': 'map',
  'aws:s3/bucketV2:BucketV2': 'map',
  'aws:kms/key:Key': 'map',
  'aws:iam/policy:Policy': 'map',
  'aws:iam/role:Role': 'map',
  'aws:lambda/function:Function': 'map',
};

const policy = resourcePolicy({
  name: 'required-tags',
  displayName: 'Resources carry their tags',
  description: 'Buckets, indexes, keys, roles, policies and functions carry the required tags.',
  severity: 'low',
  tags: ['tags', 'cost'],
  remediationSteps:
    'Add the tags, or give their values under "values" in the configuration of this policy and set its level to remediate.',
  url: 'https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html',
  configSchema: {
    properties: {
      required: {
        type: 'array',
        items: { type: 'string', minLength: 1, maxLength: 128 },
        uniqueItems: true,
        description: 'Keys of the tags that every resource must carry.',
        default: ['Project', 'ManagedBy'],
      },
      values: {
        type: 'object',
        additionalProperties: { type: 'string', maxLength: 256 },
        description: 'Values with which missing tags are added when the level is remediate.',
        default: {},
      },
    },
  },
  judge(resource, report, settings) {
    const tags = tagsOf(resource);
    if (tags === undefined) return;
    const what = describeResource(resource, 'resource', undefined);
    if (isUnknown(tags)) {
      report.advisory(`${what}: its tags are not known yet.`);
      return;
    }
    const missing = (settings.required ?? []).filter((key) => tags[key] === undefined || tags[key] === '');
    if (missing.length > 0)
      report.violation(`${what}: it lacks the tags ${missing.join(', ')}; add them to tags.`);
  },
});

export const requiredTags: ResourceValidationPolicy = {
  ...policy,
  // Runs only at the level "remediate": adds missing tags whose values the configuration gives.
  remediateResource: (args) => {
    const resource = judged(args);
    const tags = tagsOf(resource);
    if (tags === undefined || isUnknown(tags)) return undefined;
    const { required = [], values = {} } = args.getConfig<Settings>();
    const added = Object.fromEntries(
      required.flatMap((key) =>
        tags[key] === undefined && values[key] !== undefined ? [[key, values[key]]] : [],
      ),
    );
    if (Object.keys(added).length === 0) return undefined;
    const form = TAGGED[args.type];
    if (form === undefined) return undefined;
    const given = args.props.tags as unknown;
    args.props.tags =
      form === 'map'
        ? { ...(given as object | undefined), ...added }
        : [
            ...((given as unknown[] | undefined) ?? []),
            ...Object.entries(added).map(([key, value]) => ({ key, value })),
          ];
    return args.props;
  },
};

/** Key → value (or unknown); undefined for a resource that takes no tags. */
function tagsOf(resource: Judged): Properties | ReturnType<typeof object> {
  const form = TAGGED[resource.type];
  if (form === undefined) return undefined;
  const given = resource.props.tags;
  if (form === 'map') return object(given) ?? {};
  const entries = list(given);
  if (isUnknown(entries)) return entries;
  const tags: Record<string, unknown> = {};
  for (const entry of entries ?? []) {
    const tag = object(entry);
    if (isUnknown(tag)) return tag;
    if (tag !== undefined && typeof tag.key === 'string') tags[tag.key] = tag.value;
  }
  return tags;
}
