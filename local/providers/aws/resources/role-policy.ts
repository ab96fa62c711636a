// aws.iam.RolePolicy: an inline policy of a role. Its id is `<role>:<policy name>`.
import type { RolePolicyArgs, RolePolicyState } from '@pulumi/aws/iam/rolePolicy';
import { unlessError } from '../../plugin/aws-clients';
import { document, refused, string } from '../../plugin/shape';
import { bridged } from '../bridged';

const GONE = ['NoSuchEntity', 'NoSuchEntityException'];
type Args = Omit<RolePolicyArgs, 'role'> & { role: string };
type State = Omit<RolePolicyState, 'role'> & { role?: string };

export const rolePolicy = bridged<Args, State>({
  token: 'aws:iam/rolePolicy:RolePolicy',
  source: 'terraform-provider-aws internal/service/iam/role_policy.go',
  inputs: {
    name: string({ computed: true, replaces: true }),
    namePrefix: refused('name, or neither for an automatic name'),
    policy: document({ required: true }),
    role: string({ required: true, replaces: true }),
  },
  outputs: [],
  autoName: { property: 'name', rule: { longest: 128 } },

  async create({ aws }, { role, name = '', policy }, _tags, made) {
    const iam = await aws.iam();
    await iam.putRolePolicy({ RoleName: role, PolicyName: name, PolicyDocument: policy });
    made(`${role}:${name}`);
  },

  async read({ aws }, id) {
    const { role, name } = partsOf(id);
    const iam = await aws.iam();
    const found = await unlessError(GONE, () => iam.getRolePolicy({ RoleName: role, PolicyName: name }));
    if (found?.PolicyDocument === undefined) return undefined;
    return { role, name, policy: decodeURIComponent(found.PolicyDocument) };
  },

  async update({ aws }, id, { policy }) {
    const { role, name } = partsOf(id);
    const iam = await aws.iam();
    await iam.putRolePolicy({ RoleName: role, PolicyName: name, PolicyDocument: policy });
  },

  async delete({ aws }, id) {
    const { role, name } = partsOf(id);
    const iam = await aws.iam();
    await unlessError(GONE, () => iam.deleteRolePolicy({ RoleName: role, PolicyName: name }));
  },
});

function partsOf(id: string): { role: string; name: string } {
  const [, role, name] = /^([^:]+):(.+)$/.exec(id) ?? [];
  if (role === undefined || name === undefined) {
    throw new Error(`the id of a role policy is <role name>:<policy name>, not ${JSON.stringify(id)}`);
  }
  return { role, name };
}
