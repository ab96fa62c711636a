// Tags say whose a resource is: the deployer's rights over keys hang on one, and so does every bill.
import type { ResourceValidationPolicy } from '@pulumi/policy';
import type { Settings } from '../configuration';
import { checkedSettings, resourcePolicy } from '../policy';
import { describeResource, judged, type Judged } from '../resources/judged';
import { isUnknown, list, object, type Properties, UNKNOWN } from '../resources/known';

/** Types that take tags and that this package makes, with the form in which they take them. */
const TAGGED: Readonly<Record<string, 'map' | 'list'>> = {
  'aws-native:s3vectors:VectorBucket': 'list',
  'aws-native:s3vectors:Index': 'list',
  'aws-native:s3:Bucket': 'list',
  'aws-native:kms:Key': 'list',
  'aws-native:kms:ReplicaKey': 'list',
  'aws-native:iam:Role': 'list',
  'aws-native:lambda:Function': 'list',
  'aws:s3/vectorsVectorBucket:VectorsVectorBucket': 'map',
  'aws:s3/vectorsIndex:VectorsIndex': 'map',
  'aws:s3/bucket:Bucket': 'map',
  'aws:s3/bucketV2:BucketV2': 'map',
  'aws:kms/key:Key': 'map',
  'aws:kms/externalKey:ExternalKey': 'map',
  'aws:kms/replicaKey:ReplicaKey': 'map',
  'aws:kms/replicaExternalKey:ReplicaExternalKey': 'map',
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
    const missing = (settings.required ?? []).filter((key) => isMissing(tags[key]));
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
    const { required = [], values = {} } = checkedSettings(policy, args.getConfig<Settings>());
    const added = Object.fromEntries(
      required.flatMap((key) => {
        const value = values[key];
        return isMissing(tags[key]) && value !== undefined && value !== '' ? [[key, value]] : [];
      }),
    );
    if (Object.keys(added).length === 0) return undefined;
    const form = TAGGED[args.type];
    if (form === undefined) return undefined;
    // What is there is handed back as it is: reading a value that is not known yet would throw.
    const given = args.props.tags as unknown;
    args.props.tags = form === 'map' ? withTags(given, added) : withEntries(given, added);
    return args.props;
  },
};

/** Sets the tags in place: copying a map would read what is not known yet beside them, which throws. */
function withTags(given: unknown, added: Readonly<Record<string, string>>): object {
  return Object.assign((given as object | null | undefined) ?? {}, added);
}

/** An entry with an empty value is filled; the others stay the very objects that they are. */
function withEntries(given: unknown, added: Readonly<Record<string, string>>): unknown[] {
  const entries = [...((given as readonly { readonly key?: unknown }[] | null | undefined) ?? [])];
  const missing = new Map(Object.entries(added));
  const filled = entries.map((entry) => {
    const value = missing.get(String(entry.key));
    if (value === undefined) return entry;
    missing.delete(String(entry.key));
    return { key: entry.key, value };
  });
  return [...filled, ...[...missing].map(([key, value]) => ({ key, value }))];
}

/** An empty tag says nothing. */
function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

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
    // Any key may be the one that is looked for.
    if (isUnknown(tag?.key)) return UNKNOWN;
    if (tag !== undefined && typeof tag.key === 'string') tags[tag.key] = tag.value;
  }
  return tags;
}
