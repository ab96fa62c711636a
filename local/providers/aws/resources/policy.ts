// aws.iam.Policy: a managed policy. A changed document becomes a new default version; IAM keeps five.
import type { PolicyArgs, PolicyState } from '@pulumi/aws/iam/policy';
import type { IAM, PolicyVersion } from '@aws-sdk/client-iam';
import { unlessError } from '../../plugin/aws-clients';
import { sameDocument } from '../../plugin/canonical';
import { document, map, refused, string } from '../../plugin/shape';
import { bridged } from '../bridged';
import { tagList, tagMap } from '../tags';

const GONE = ['NoSuchEntity', 'NoSuchEntityException'];
/** Versions of one managed policy that IAM keeps (IAM quotas). */
const MOST_VERSIONS = 5;

export const policy = bridged<PolicyArgs, PolicyState>({
  token: 'aws:iam/policy:Policy',
  source: 'terraform-provider-aws internal/service/iam/policy.go',
  inputs: {
    delayAfterPolicyCreationInMs: refused(),
    description: string({ replaces: true }),
    name: string({ computed: true, replaces: true }),
    namePrefix: refused('name, or neither for an automatic name'),
    path: string({ default: '/', replaces: true }),
    policy: document({ required: true }),
    tags: map(string()),
  },
  outputs: ['arn', 'attachmentCount', 'policyId', 'tagsAll'],
  autoName: { property: 'name', rule: { longest: 128 } },

  async create({ aws }, inputs, tags, made) {
    const iam = await aws.iam();
    const { Policy } = await iam.createPolicy({
      PolicyName: inputs.name,
      PolicyDocument: inputs.policy,
      Description: inputs.description,
      Path: inputs.path,
      Tags: tagList(tags),
    });
    if (Policy?.Arn === undefined) throw new Error('CreatePolicy answered without an ARN');
    made(Policy.Arn);
  },

  async read({ aws }, id) {
    const iam = await aws.iam();
    const found = (await unlessError(GONE, () => iam.getPolicy({ PolicyArn: id })))?.Policy;
    if (found?.DefaultVersionId === undefined) return undefined;
    const { PolicyVersion: version } = await iam.getPolicyVersion({
      PolicyArn: id,
      VersionId: found.DefaultVersionId,
    });
    return {
      arn: found.Arn,
      attachmentCount: found.AttachmentCount,
      description: found.Description,
      name: found.PolicyName,
      path: found.Path,
      policy: decodeURIComponent(version?.Document ?? ''),
      policyId: found.PolicyId,
      tagsAll: tagMap(found.Tags),
    };
  },

  async update({ aws }, id, news, state, tags) {
    const iam = await aws.iam();
    if (!sameDocument(news.policy, state.policy ?? '')) {
      await pruneVersions(iam, id);
      await iam.createPolicyVersion({ PolicyArn: id, PolicyDocument: news.policy, SetAsDefault: true });
    }
    if (Object.keys(tags.set).length > 0) await iam.tagPolicy({ PolicyArn: id, Tags: tagList(tags.set) });
    if (tags.remove.length > 0) await iam.untagPolicy({ PolicyArn: id, TagKeys: tags.remove });
  },

  async delete({ aws }, id) {
    const iam = await aws.iam();
    await unlessError(GONE, async () => {
      for (const { VersionId, IsDefaultVersion } of await versionsOf(iam, id)) {
        if (IsDefaultVersion !== true) await iam.deletePolicyVersion({ PolicyArn: id, VersionId });
      }
      await iam.deletePolicy({ PolicyArn: id });
    });
  },
});

async function versionsOf(iam: IAM, arn: string): Promise<PolicyVersion[]> {
  const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn: arn });
  return Versions;
}

/** Makes room for one more: the oldest goes, never the one in force. */
async function pruneVersions(iam: IAM, arn: string): Promise<void> {
  const versions = await versionsOf(iam, arn);
  if (versions.length < MOST_VERSIONS) return;
  // Versions are numbered v1, v2, …: the number tells the age even within one second.
  const [oldest] = versions
    .filter(({ IsDefaultVersion }) => IsDefaultVersion !== true)
    .sort((one, other) => age(one) - age(other));
  if (oldest !== undefined) await iam.deletePolicyVersion({ PolicyArn: arn, VersionId: oldest.VersionId });
}

const age = ({ VersionId }: PolicyVersion): number => Number((VersionId ?? 'v0').slice(1));
