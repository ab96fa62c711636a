// Roles, users, groups and permission sets of a stack with everything that gives them rights, whichever resource attaches
// it.
import { heldDocuments } from './policy-documents';
import type { Judged } from './judged';
import { isUnknown, type Known, list, object, text, UNKNOWN } from './known';
import {
  type GivenRights,
  type Grantee,
  isInAccount,
  type NamedPrincipal,
  PrincipalGrants,
} from './principal-grants';

/** A principal's rights: documents that stand in the stack, policies that are only named by ARN, and what others give. */
export interface Holder {
  /** Name in IAM, or the logical name where that is not known. */
  readonly name: string;
  readonly kind: 'role' | 'user' | 'group' | 'permission set';
  /** Where a violation is reported: the principal's own resource, or the first that attaches something to it. */
  readonly resource: Judged;
  /** The principal's own resource; absent where the stack only speaks of it. */
  readonly own: Judged | undefined;
  /** Its account, where that is known. */
  readonly account: Known<string>;
  /** The groups of a user, whose policies are the user's too and stand among them. */
  readonly groups: readonly Holder[];
  /** Resources of the stack whose identity documents apply. */
  readonly policies: readonly Judged[];
  /** ARNs of policies that are not in the stack. */
  readonly foreignPolicies: readonly string[];
  /** The boundary: a resource of the stack, the ARN of a foreign policy, or none that can be told. */
  readonly boundary: Judged | string | undefined;
  /** What policies of buckets and keys, and KMS grants, give by naming the principal. */
  readonly given: readonly GivenRights[];
  /** What could not be told during a preview. */
  readonly unknowns: readonly string[];
}

type Kind = Holder['kind'];

const PRINCIPALS: Readonly<Record<string, { readonly kind: Kind; readonly name: string }>> = {
  'aws:iam/role:Role': { kind: 'role', name: 'name' },
  'aws:iam/user:User': { kind: 'user', name: 'name' },
  'aws:iam/group:Group': { kind: 'group', name: 'name' },
  'aws-native:iam:Role': { kind: 'role', name: 'roleName' },
  'aws-native:iam:User': { kind: 'user', name: 'userName' },
  'aws-native:iam:Group': { kind: 'group', name: 'groupName' },
  // IAM Identity Center makes a role of a permission set in every account that it is assigned to.
  'aws:ssoadmin/permissionSet:PermissionSet': { kind: 'permission set', name: 'name' },
  'aws-native:sso:PermissionSet': { kind: 'permission set', name: 'name' },
};

/** Managed policies, with the properties that hold their name; an ARN ends in it. */
const MANAGED: Readonly<Record<string, string>> = {
  'aws:iam/policy:Policy': 'name',
  'aws-native:iam:ManagedPolicy': 'managedPolicyName',
};

/** Properties of principals that attach managed policies. */
const MANAGED_BY_PRINCIPALS = ['managedPolicyArns', 'managedPolicies', 'customerManagedPolicyReferences'];

interface Attachment {
  readonly kind: Kind;
  /** Property with the principal's name or names. */
  readonly principal: string;
  /** Property with the policy's ARN or ARNs; absent where the resource is itself the policy. */
  readonly policy?: string;
}

const ATTACHMENTS: Readonly<Record<string, readonly Attachment[]>> = {
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': [
    { kind: 'role', principal: 'role', policy: 'policyArn' },
  ],
  'aws:iam/userPolicyAttachment:UserPolicyAttachment': [
    { kind: 'user', principal: 'user', policy: 'policyArn' },
  ],
  'aws:iam/groupPolicyAttachment:GroupPolicyAttachment': [
    { kind: 'group', principal: 'group', policy: 'policyArn' },
  ],
  'aws:iam/policyAttachment:PolicyAttachment': [
    { kind: 'role', principal: 'roles', policy: 'policyArn' },
    { kind: 'user', principal: 'users', policy: 'policyArn' },
    { kind: 'group', principal: 'groups', policy: 'policyArn' },
  ],
  'aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive': [
    { kind: 'role', principal: 'roleName', policy: 'policyArns' },
  ],
  'aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive': [
    { kind: 'user', principal: 'userName', policy: 'policyArns' },
  ],
  'aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive': [
    { kind: 'group', principal: 'groupName', policy: 'policyArns' },
  ],
  'aws:iam/rolePolicy:RolePolicy': [{ kind: 'role', principal: 'role' }],
  'aws:iam/userPolicy:UserPolicy': [{ kind: 'user', principal: 'user' }],
  'aws:iam/groupPolicy:GroupPolicy': [{ kind: 'group', principal: 'group' }],
  'aws-native:iam:RolePolicy': [{ kind: 'role', principal: 'roleName' }],
  'aws-native:iam:UserPolicy': [{ kind: 'user', principal: 'userName' }],
  'aws-native:iam:GroupPolicy': [{ kind: 'group', principal: 'groupName' }],
  'aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy': [
    { kind: 'permission set', principal: 'permissionSetArn' },
  ],
  'aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment': [
    { kind: 'permission set', principal: 'permissionSetArn', policy: 'managedPolicyArn' },
  ],
  'aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment': [
    { kind: 'permission set', principal: 'permissionSetArn', policy: 'customerManagedPolicyReference' },
  ],
  'aws-native:iam:ManagedPolicy': [
    { kind: 'role', principal: 'roles' },
    { kind: 'user', principal: 'users' },
    { kind: 'group', principal: 'groups' },
  ],
};

/** What makes users members of groups. */
interface Membership {
  /** Property with the user's name or names; absent where the resource is itself the user. */
  readonly users?: string;
  /** Property with the group's name or names. */
  readonly groups: string;
}

const MEMBERSHIPS: Readonly<Record<string, Membership>> = {
  'aws:iam/userGroupMembership:UserGroupMembership': { users: 'user', groups: 'groups' },
  'aws:iam/groupMembership:GroupMembership': { users: 'users', groups: 'group' },
  'aws-native:iam:User': { groups: 'groups' },
  'aws-native:iam:UserToGroupAddition': { users: 'users', groups: 'groupName' },
};

/** Everyone in the stack who is given rights by it. */
export function holders(resources: readonly Judged[]): Holder[] {
  const stack = new Stack(resources);
  for (const resource of resources) {
    const principal = PRINCIPALS[resource.type];
    if (principal !== undefined) stack.addPrincipal(resource, principal.kind);
  }
  for (const resource of resources) {
    for (const attachment of ATTACHMENTS[resource.type] ?? []) stack.attach(resource, attachment);
  }
  for (const resource of resources) {
    const membership = MEMBERSHIPS[resource.type];
    if (membership !== undefined) stack.join(resource, membership);
  }
  const grants = new PrincipalGrants(resources);
  for (const named of grants.named()) stack.addNamed(named);
  return stack.holders((holder) => grants.to(holder));
}

interface Draft {
  readonly name: string;
  readonly kind: Kind;
  readonly resource: Judged;
  own: Judged | undefined;
  account: Known<string>;
  readonly likelyAccount: string | undefined;
  readonly groups: Set<Draft>;
  readonly policies: Set<Judged>;
  readonly foreignPolicies: Set<string>;
  boundary: Judged | string | undefined;
  readonly unknowns: string[];
}

class Stack {
  private readonly byUrn: ReadonlyMap<string, Judged>;
  private readonly managedByName = new Map<string, Judged>();
  private readonly drafts = new Map<string, Draft>();
  private readonly draftByUrn = new Map<string, Draft>();
  /** Other keys under which a draft is spoken of. */
  private readonly otherKeys = new Map<string, string>();
  /** The account that all known ARNs of the stack carry. */
  private readonly account: string | undefined;

  constructor(resources: readonly Judged[]) {
    const accounts = new Set(resources.map(accountOf).filter((account) => typeof account === 'string'));
    this.account = accounts.size === 1 ? [...accounts][0] : undefined;
    this.byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const resource of resources) {
      const property = MANAGED[resource.type];
      const name = property === undefined ? undefined : text(resource.props, property);
      if (typeof name === 'string') this.managedByName.set(name, resource);
    }
  }

  /** Everyone, with what others give; a user has the policies of all its groups. */
  holders(given: (draft: Grantee) => readonly GivenRights[]): Holder[] {
    const holder = (draft: Draft): Holder => {
      const everything = [draft, ...draft.groups];
      return {
        ...draft,
        groups: [...draft.groups].map(holder),
        policies: [...new Set(everything.flatMap(({ policies }) => [...policies]))],
        foreignPolicies: [...new Set(everything.flatMap(({ foreignPolicies }) => [...foreignPolicies]))],
        unknowns: [...new Set(everything.flatMap(({ unknowns }) => unknowns))],
        given: given(draft),
      };
    };
    return [...this.drafts.values()].map(holder);
  }

  /** Users whom nobody can tell are left out: what a group allows is judged as the group's in any case. */
  join(resource: Judged, { users, groups: property }: Membership): void {
    const members =
      users === undefined
        ? [this.draftByUrn.get(resource.urn)].filter((draft) => draft !== undefined)
        : this.known(resource, 'user', users).found;
    const groups = this.known(resource, 'group', property);
    for (const member of members) {
      groups.found.forEach((group) => member.groups.add(group));
      if (!groups.all) member.unknowns.push(`${property} of ${resource.logicalName}`);
    }
  }

  addPrincipal(resource: Judged, kind: Kind): void {
    const name = text(resource.props, PRINCIPALS[resource.type]?.name ?? 'name');
    // Two of the same logical name are two all the same: without a name in IAM the URN tells them apart.
    const draft =
      typeof name === 'string'
        ? this.draft(kind, name, resource)
        : this.draft(kind, resource.logicalName, resource, resource.urn);
    draft.own = resource;
    draft.account = accountOf(resource);
    this.draftByUrn.set(resource.urn, draft);
    if (heldDocuments(resource).some((held) => held.kind === 'identity')) draft.policies.add(resource);
    // Inline policies and attachments name a permission set by its ARN.
    const { arn } = resource.props;
    if (kind === 'permission set' && typeof arn === 'string') {
      this.otherKeys.set(`${kind}:${arn.split('/').at(-1) ?? arn}`, `${kind}:${draft.name}`);
    }
    for (const property of MANAGED_BY_PRINCIPALS) this.attachAll(draft, resource, property);
    const boundary = text(resource.props, 'permissionsBoundary');
    const sources = this.managedSources(resource, 'permissionsBoundary');
    draft.boundary =
      typeof boundary === 'string'
        ? (this.managedByArn(boundary) ?? boundary)
        : sources.length === 1
          ? sources[0]
          : undefined;
  }

  /** Somebody whom a policy or a grant of the stack names: one of the stack, or of the same name elsewhere. */
  addNamed({ resource, kind, name, account }: NamedPrincipal): void {
    const known = this.drafts.get(`${kind}:${name}`);
    if (known !== undefined && isInAccount(account, known) === 'yes') return;
    const draft = this.draft(kind, name, resource, known === undefined ? name : `${account}:${name}`);
    draft.account = account;
  }

  attach(resource: Judged, { kind, principal, policy }: Attachment): void {
    for (const draft of this.principalsOf(resource, kind, principal)) {
      if (policy === undefined) {
        draft.policies.add(resource);
        continue;
      }
      this.attachAll(draft, resource, policy);
    }
  }

  private attachAll(draft: Draft, resource: Judged, property: string): void {
    const policies = list(resource.props[property]);
    if (isUnknown(policies)) this.attachUnknown(draft, resource, property);
    else
      policies?.forEach((policy) => {
        this.attachOne(draft, resource, property, policy);
      });
  }

  private principalsOf(resource: Judged, kind: Kind, property: string): Draft[] {
    const { found, all } = this.known(resource, kind, property);
    return all ? found : [...found, this.nameless(resource, kind, property)];
  }

  /** The principals that a property names, by name or by where it comes from; `all` where nobody else can be meant. */
  private known(
    resource: Judged,
    kind: Kind,
    property: string,
  ): { readonly found: Draft[]; readonly all: boolean } {
    const names = list(resource.props[property]);
    if (names === undefined) return { found: [], all: true };
    const named = isUnknown(names) ? [] : names.filter((name) => typeof name === 'string');
    const drafts = named.map((name) => this.draft(kind, name.split('/').at(-1) ?? name, resource));
    if (!isUnknown(names) && named.length === names.length) return { found: drafts, all: true };
    const fromSources = (resource.sources[property] ?? [])
      .flatMap((urn) => this.draftByUrn.get(urn) ?? [])
      .filter((draft) => draft.kind === kind);
    return { found: [...new Set([...drafts, ...fromSources])], all: fromSources.length > 0 };
  }

  /** Rights of somebody who cannot be told: judged as somebody of their own. */
  private nameless(resource: Judged, kind: Kind, property: string): Draft {
    const draft = this.draft(kind, `unknown ${kind} of ${resource.logicalName}`, resource, resource.urn);
    draft.unknowns.push(`${property} of ${resource.logicalName}`);
    return draft;
  }

  /** By its ARN, or, as permission sets do, by its name in whichever account. */
  private attachOne(draft: Draft, resource: Judged, property: string, policy: unknown): void {
    const reference = object(policy);
    const named = reference === undefined || isUnknown(reference) ? policy : text(reference, 'name');
    if (typeof named !== 'string') {
      this.attachUnknown(draft, resource, property);
      return;
    }
    const own = named.startsWith('arn:') ? this.managedByArn(named) : this.managedByName.get(named);
    if (own === undefined) draft.foreignPolicies.add(named);
    else draft.policies.add(own);
  }

  /** The ARN of a policy that is about to be created is unknown; where it comes from is not. */
  private attachUnknown(draft: Draft, resource: Judged, property: string): void {
    const sources = this.managedSources(resource, property);
    sources.forEach((source) => draft.policies.add(source));
    if (sources.length === 0) draft.unknowns.push(`${property} of ${resource.logicalName}`);
  }

  private managedSources(resource: Judged, property: string): Judged[] {
    return (resource.sources[property] ?? [])
      .flatMap((urn) => this.byUrn.get(urn) ?? [])
      .filter(({ type }) => MANAGED[type] !== undefined);
  }

  /** A policy of this stack by its ARN: AWS's own carry `aws` in place of an account. */
  private managedByArn(arn: string): Judged | undefined {
    const match = /^arn:[^:]+:iam::(\w+):policy\/(?:.*\/)?([^/]+)$/.exec(arn);
    return match === null || match[1] === 'aws' ? undefined : this.managedByName.get(match[2] ?? '');
  }

  private draft(kind: Kind, name: string, resource: Judged, identity = name): Draft {
    const key = this.otherKeys.get(`${kind}:${identity}`) ?? `${kind}:${identity}`;
    let draft = this.drafts.get(key);
    if (draft === undefined) {
      draft = {
        name,
        kind,
        resource,
        own: undefined,
        account: undefined,
        likelyAccount: this.account,
        groups: new Set(),
        policies: new Set(),
        foreignPolicies: new Set(),
        boundary: undefined,
        unknowns: [],
      };
      this.drafts.set(key, draft);
    }
    return draft;
  }
}

/** The account in a resource's own ARN. */
function accountOf({ props }: Judged): Known<string> {
  const { arn } = props;
  if (isUnknown(arn)) return UNKNOWN;
  return typeof arn === 'string' ? /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1] : undefined;
}
