// Everything that limits or grants what a caller may do by itself: policies attached and inline, of groups too, the
// permissions boundary, session policies. All of it is read or the request is refused: a policy that cannot be read
// may hold a deny.
import type * as iamPackage from '@aws-sdk/client-iam';
import { readDocument } from '../../../contract/iam/read-document';
import type { NamedDocument } from '../../../contract/iam/evaluator/statement-reference';
import type { KeyHolder } from './callers';
import type { IdentityService } from './identity-service';
import type { Principal } from './principal';
import { Refusal } from './refusal';

type Iam = typeof iamPackage;

/** @throws Refusal when a policy, or the role or user itself, cannot be read */
export async function principalOf(service: IdentityService, holder: KeyHolder): Promise<Principal> {
  const { arn, accountId, userId } = holder;
  const base = { accountId, id: userId };
  const role = /^arn:[^:]+:sts::\d{12}:assumed-role\/([^/]+)\/.+$/.exec(arn)?.[1];
  const user = /^arn:[^:]+:iam::\d{12}:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  if (role === undefined && user === undefined) {
    if (!/^arn:[^:]+:iam::\d{12}:root$/.test(arn)) {
      throw new Refusal(
        'undecidable',
        `S3 Vectors Local judges account roots, users and role sessions, and ${arn} is none of them.`,
      );
    }
    const caller = { kind: 'aws', arn } as const;
    return { ...base, caller, type: 'Account', tags: {}, policies: { identity: [] } };
  }
  return service.answering(async () => {
    const iam = await import('@aws-sdk/client-iam');
    const reader = new PolicyReader(iam, await service.iam(accountId));
    const found = role === undefined ? await reader.user(user ?? '') : await reader.role(role);
    if (found === undefined) {
      throw new Refusal(
        'unknownCredentials',
        'The security token included in the request is invalid.',
        `${arn} has a key, and there is no such ${role === undefined ? 'user' : 'role'} any more`,
      );
    }
    const session = await sessionPolicies(reader, holder);
    return {
      ...base,
      caller: { kind: 'aws', arn, ...(role === undefined ? {} : { roleArn: found.arn }) },
      type: role === undefined ? 'User' : 'AssumedRole',
      ...(user === undefined ? {} : { userName: user }),
      tags: { ...found.tags, ...holder.session?.tags },
      policies: {
        identity: found.identity,
        ...(found.boundary === undefined ? {} : { boundary: found.boundary }),
        ...(session === undefined ? {} : { session }),
      },
    };
  });
}

async function sessionPolicies(
  reader: PolicyReader,
  { session }: KeyHolder,
): Promise<readonly NamedDocument[] | undefined> {
  if (session === undefined || (session.policy === undefined && session.policyArns.length === 0)) {
    return undefined;
  }
  const inline = session.policy === undefined ? [] : [namedDocument('the session policy', session.policy)];
  const attached = await Promise.all(session.policyArns.map((arn) => reader.managed(arn)));
  return [...inline, ...attached];
}

interface Holder {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly identity: readonly NamedDocument[];
  readonly boundary?: NamedDocument;
}

class PolicyReader {
  constructor(
    private readonly iam: Iam,
    private readonly client: iamPackage.IAMClient,
  ) {}

  async role(RoleName: string): Promise<Holder | undefined> {
    const {
      GetRoleCommand,
      GetRolePolicyCommand,
      paginateListAttachedRolePolicies,
      paginateListRolePolicies,
    } = this.iam;
    const { client } = this;
    const role = await unlessMissing(async () => (await client.send(new GetRoleCommand({ RoleName }))).Role);
    if (role === undefined) return undefined;
    const attached = collect(
      paginateListAttachedRolePolicies({ client }, { RoleName }),
      (page) => page.AttachedPolicies,
    );
    const inline = collect(paginateListRolePolicies({ client }, { RoleName }), (page) => page.PolicyNames);
    return {
      arn: role.Arn ?? '',
      tags: tagsOf(role.Tags),
      identity: [
        ...(await this.attached(await attached)),
        ...(await this.inline(`role ${RoleName}`, await inline, async (PolicyName) => {
          const { PolicyDocument } = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
          return PolicyDocument;
        })),
      ],
      ...(await this.boundary(role.PermissionsBoundary?.PermissionsBoundaryArn)),
    };
  }

  async user(UserName: string): Promise<Holder | undefined> {
    const {
      GetUserCommand,
      GetUserPolicyCommand,
      paginateListAttachedUserPolicies,
      paginateListGroupsForUser,
      paginateListUserPolicies,
    } = this.iam;
    const { client } = this;
    const user = await unlessMissing(async () => (await client.send(new GetUserCommand({ UserName }))).User);
    if (user === undefined) return undefined;
    const attached = await collect(
      paginateListAttachedUserPolicies({ client }, { UserName }),
      (page) => page.AttachedPolicies,
    );
    const inline = await collect(
      paginateListUserPolicies({ client }, { UserName }),
      (page) => page.PolicyNames,
    );
    const groups = await collect(paginateListGroupsForUser({ client }, { UserName }), (page) => page.Groups);
    const ofGroups = await Promise.all(groups.map(({ GroupName }) => this.group(GroupName ?? '')));
    return {
      arn: user.Arn ?? '',
      tags: tagsOf(user.Tags),
      identity: [
        ...(await this.attached(attached)),
        ...(await this.inline(`user ${UserName}`, inline, async (PolicyName) => {
          const { PolicyDocument } = await client.send(new GetUserPolicyCommand({ UserName, PolicyName }));
          return PolicyDocument;
        })),
        ...ofGroups.flat(),
      ],
      ...(await this.boundary(user.PermissionsBoundary?.PermissionsBoundaryArn)),
    };
  }

  private async group(GroupName: string): Promise<NamedDocument[]> {
    const { GetGroupPolicyCommand, paginateListAttachedGroupPolicies, paginateListGroupPolicies } = this.iam;
    const { client } = this;
    const attached = await collect(
      paginateListAttachedGroupPolicies({ client }, { GroupName }),
      (page) => page.AttachedPolicies,
    );
    const inline = await collect(
      paginateListGroupPolicies({ client }, { GroupName }),
      (page) => page.PolicyNames,
    );
    return [
      ...(await this.attached(attached)),
      ...(await this.inline(`group ${GroupName}`, inline, async (PolicyName) => {
        const { PolicyDocument } = await client.send(new GetGroupPolicyCommand({ GroupName, PolicyName }));
        return PolicyDocument;
      })),
    ];
  }

  /** The default version of a managed policy. */
  async managed(PolicyArn: string): Promise<NamedDocument> {
    const { GetPolicyCommand, GetPolicyVersionCommand } = this.iam;
    const found = await unlessMissing(async () => {
      const { Policy } = await this.client.send(new GetPolicyCommand({ PolicyArn }));
      const VersionId = Policy?.DefaultVersionId;
      const { PolicyVersion } = await this.client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
      return PolicyVersion?.Document;
    });
    if (found === undefined) {
      throw new Refusal(
        'undecidable',
        `S3 Vectors Local cannot read the policy ${PolicyArn}, which bears on what the caller may do.`,
        `${PolicyArn} is attached, and the identity service has no document of it`,
      );
    }
    return namedDocument(PolicyArn, decodeURIComponent(found));
  }

  private attached(policies: readonly { readonly PolicyArn?: string }[]): Promise<NamedDocument[]> {
    return Promise.all(policies.map(({ PolicyArn }) => this.managed(PolicyArn ?? '')));
  }

  private inline(
    holder: string,
    names: readonly string[],
    read: (name: string) => Promise<string | undefined>,
  ): Promise<NamedDocument[]> {
    return Promise.all(
      names.map(async (name) =>
        namedDocument(`inline policy ${name} of ${holder}`, decodeURIComponent((await read(name)) ?? '')),
      ),
    );
  }

  private async boundary(arn: string | undefined): Promise<{ readonly boundary?: NamedDocument }> {
    return arn === undefined ? {} : { boundary: await this.managed(arn) };
  }
}

/** @throws Refusal for a text that is no policy: what it denies would be lost */
export function namedDocument(name: string, text: string): NamedDocument {
  const { certain, problems } = readDocument(text);
  if (problems.length === 0) return { name, document: certain };
  throw new Refusal(
    'undecidable',
    `S3 Vectors Local cannot read ${name}, which bears on what the caller may do: ${problems.join(' ')}`,
  );
}

async function collect<Page, Item>(
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...(itemsOf(page) ?? []));
  return items;
}

async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && /^NoSuchEntity/.test(error.name)) return undefined;
    throw error;
  }
}

function tagsOf(
  tags: readonly { readonly Key: string | undefined; readonly Value: string | undefined }[] = [],
): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
