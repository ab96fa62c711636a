// aws.iam.RolePolicyAttachment: a managed policy on a role. Its id, also for import, is `<role>/<policy ARN>`.
import type {
  RolePolicyAttachmentArgs,
  RolePolicyAttachmentState,
} from '@pulumi/aws/iam/rolePolicyAttachment';
import { unlessError } from '../../plugin/aws-clients';
import { string } from '../../plugin/shape';
import { bridged } from '../bridged';

const GONE = ['NoSuchEntity', 'NoSuchEntityException'];
/** The SDK also takes a Role object; by the time it reaches a provider it is the role's id, its name. */
type Args = Omit<RolePolicyAttachmentArgs, 'role'> & { role: string };
type State = Omit<RolePolicyAttachmentState, 'role'> & { role?: string };

export const rolePolicyAttachment = bridged<Args, State>({
  token: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
  source: 'terraform-provider-aws internal/service/iam/role_policy_attachment.go',
  inputs: {
    policyArn: string({ required: true, replaces: true }),
    role: string({ required: true, replaces: true }),
  },
  outputs: [],

  async create({ aws }, { role, policyArn }, _tags, made) {
    const iam = await aws.iam();
    await iam.attachRolePolicy({ RoleName: role, PolicyArn: policyArn });
    made(`${role}/${policyArn}`);
  },

  async read({ aws }, id) {
    const { role, policyArn } = partsOf(id);
    const iam = await aws.iam();
    let marker: string | undefined;
    do {
      const page = await unlessError(GONE, () =>
        iam.listAttachedRolePolicies({ RoleName: role, Marker: marker }),
      );
      if (page?.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn) === true) {
        return { role, policyArn };
      }
      marker = page?.IsTruncated === true ? page.Marker : undefined;
    } while (marker !== undefined);
    return undefined;
  },

  async delete({ aws }, id) {
    const { role, policyArn } = partsOf(id);
    const iam = await aws.iam();
    await unlessError(GONE, () => iam.detachRolePolicy({ RoleName: role, PolicyArn: policyArn }));
  },
});

function partsOf(id: string): { role: string; policyArn: string } {
  const [, role, policyArn] = /^([^/]+)\/(arn:.+)$/.exec(id) ?? [];
  if (role === undefined || policyArn === undefined) {
    throw new Error(`the id of an attachment is <role name>/<policy ARN>, not ${JSON.stringify(id)}`);
  }
  return { role, policyArn };
}
