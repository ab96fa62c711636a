// aws.iam.Role: the role itself. Policies are attached by resources of their own.
import type { RoleArgs, RoleState } from '@pulumi/aws/iam/role';
import type { IAM } from '@aws-sdk/client-iam';
import { unlessError } from '../../plugin/aws-clients';
import { boolean, document, map, number, refused, string } from '../../plugin/shape';
import { bridged } from '../bridged';
import { tagList, tagMap } from '../tags';

const GONE = ['NoSuchEntity', 'NoSuchEntityException'];

export const role = bridged<RoleArgs, RoleState>({
  token: 'aws:iam/role:Role',
  source: 'terraform-provider-aws internal/service/iam/role.go',
  inputs: {
    assumeRolePolicy: document({ required: true }),
    description: string(),
    forceDetachPolicies: boolean({ default: false, unread: true }),
    inlinePolicies: refused('aws.iam.RolePolicy'),
    managedPolicyArns: refused('aws.iam.RolePolicyAttachment'),
    maxSessionDuration: number({ default: 3600, range: [3600, 43200] }),
    name: string({ computed: true, replaces: true }),
    namePrefix: refused('name, or neither for an automatic name'),
    path: string({ default: '/', replaces: true }),
    permissionsBoundary: string(),
    tags: map(string()),
  },
  outputs: ['arn', 'createDate', 'tagsAll', 'uniqueId'],
  autoName: { property: 'name', rule: { longest: 64 } },

  async create({ aws }, inputs, tags, made) {
    const iam = await aws.iam();
    const name = inputs.name ?? '';
    await iam.createRole({
      RoleName: name,
      AssumeRolePolicyDocument: inputs.assumeRolePolicy,
      Description: inputs.description,
      MaxSessionDuration: inputs.maxSessionDuration,
      Path: inputs.path,
      PermissionsBoundary: inputs.permissionsBoundary,
      Tags: tagList(tags),
    });
    made(name);
  },

  async read({ aws }, id) {
    const iam = await aws.iam();
    const found = (await unlessError(GONE, () => iam.getRole({ RoleName: id })))?.Role;
    if (found === undefined) return undefined;
    return {
      arn: found.Arn,
      assumeRolePolicy: decodeURIComponent(found.AssumeRolePolicyDocument ?? ''),
      createDate: found.CreateDate?.toISOString().replace(/\.\d+Z$/, 'Z'),
      description: found.Description,
      maxSessionDuration: found.MaxSessionDuration,
      name: found.RoleName,
      path: found.Path,
      permissionsBoundary: found.PermissionsBoundary?.PermissionsBoundaryArn,
      tagsAll: tagMap(found.Tags),
      uniqueId: found.RoleId,
    };
  },

  async update({ aws }, id, news, state, tags) {
    const iam = await aws.iam();
    if (news.assumeRolePolicy !== state.assumeRolePolicy) {
      await iam.updateAssumeRolePolicy({ RoleName: id, PolicyDocument: news.assumeRolePolicy });
    }
    if (
      (news.description ?? '') !== (state.description ?? '') ||
      news.maxSessionDuration !== state.maxSessionDuration
    ) {
      await iam.updateRole({
        RoleName: id,
        Description: news.description ?? '',
        MaxSessionDuration: news.maxSessionDuration,
      });
    }
    const boundary = news.permissionsBoundary;
    if (boundary !== undefined && boundary !== state.permissionsBoundary) {
      await iam.putRolePermissionsBoundary({ RoleName: id, PermissionsBoundary: boundary });
    } else if (boundary === undefined && state.permissionsBoundary !== undefined) {
      await iam.deleteRolePermissionsBoundary({ RoleName: id });
    }
    if (Object.keys(tags.set).length > 0) await iam.tagRole({ RoleName: id, Tags: tagList(tags.set) });
    if (tags.remove.length > 0) await iam.untagRole({ RoleName: id, TagKeys: tags.remove });
  },

  async delete({ aws }, id, state) {
    const iam = await aws.iam();
    await unlessError(GONE, async () => {
      if (state.forceDetachPolicies === true) await detachAll(iam, id);
      await iam.deleteRole({ RoleName: id });
    });
  },
});

async function detachAll(iam: IAM, name: string): Promise<void> {
  const { AttachedPolicies = [] } = await iam.listAttachedRolePolicies({ RoleName: name, MaxItems: 1000 });
  for (const { PolicyArn } of AttachedPolicies) await iam.detachRolePolicy({ RoleName: name, PolicyArn });
  const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName: name, MaxItems: 1000 });
  for (const PolicyName of PolicyNames) await iam.deleteRolePolicy({ RoleName: name, PolicyName });
}
