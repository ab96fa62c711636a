// The two layers are worth nothing if one role has both. A role is judged by all that it can do together: managed
// and inline policies, whatever attaches them, within its boundary, and what policies of buckets and keys and KMS grants
// give to it by name. Names play no part in it.
import { many, type PolicyDocument } from '../../contract/iam/document';
import {
  type ActionsOnResources,
  type Grant,
  mayAllow,
  type PoliciesInForce,
} from '../../contract/iam/evaluator/may-allow';
import { describe, type NamedDocument } from '../../contract/iam/evaluator/statement-reference';
import { readDocument } from '../../contract/iam/read-document';
import {
  accessPathAdministration,
  accessPointData,
  bucketAdministration,
  EMBEDDING_NAME_PATTERN,
  keyAdministration,
  keyUse,
  objectData,
  vectorAdministration,
  vectorData,
} from '../../contract/iam/resource-spaces';
import { AS_OF } from '../aws-managed-policies';
import { exemptSchema, isExempt } from '../configuration';
import { shortList } from '../explain';
import { foreignPolicy } from '../foreign-policies';
import { stackPolicy } from '../policy';
import { accessPointsOfEmbeddings } from '../resources/buckets';
import { type Holder, holders } from '../resources/holders';
import { describeResource, type Judged } from '../resources/judged';
import { isUnknown } from '../resources/known';
import { heldDocuments } from '../resources/policy-documents';
import type { GivenRights } from '../resources/principal-grants';

/** What the two halves mean, by what the rights are over. */
interface Layers {
  readonly data: readonly ActionsOnResources[];
  readonly administration: readonly ActionsOnResources[];
}

/** Buckets that hold embeddings are told from all other S3 buckets by the name pattern. */
const BUCKETS: Layers = {
  data: objectData(EMBEDDING_NAME_PATTERN),
  administration: bucketAdministration(EMBEDDING_NAME_PATTERN),
};
const VECTOR_BUCKETS: Layers = { data: vectorData(), administration: vectorAdministration() };
/** Keys count where the key itself names the role: a right over all keys says nothing about this one. */
const KEYS: Layers = { data: keyUse(), administration: keyAdministration() };
/** An access point's ARN does not name its bucket: those of the stack count that lead to embeddings. */
function identityLayers(accessPoints: readonly string[]): Layers {
  return {
    data: [...BUCKETS.data, ...accessPointData(accessPoints), ...VECTOR_BUCKETS.data],
    administration: [
      ...BUCKETS.administration,
      ...accessPathAdministration(accessPoints),
      ...VECTOR_BUCKETS.administration,
    ],
  };
}

const GIVEN: Readonly<Record<GivenRights['to'], Layers>> = {
  buckets: BUCKETS,
  vectorBuckets: VECTOR_BUCKETS,
  keys: KEYS,
};

export const noRoleWithBoth = stackPolicy({
  name: 'no-role-with-both',
  displayName: 'No role has both layers',
  description:
    'No role, user or group can both reach vectors or embeddings and administer where they are kept.',
  severity: 'critical',
  tags: ['iam', 'access-boundary', 'least-privilege'],
  remediationSteps:
    'Give deployment and runtime a role each, or take one of the two statements away, or bound the role with a permissions boundary.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-access-management.html',
  configSchema: {
    properties: {
      exempt: {
        ...exemptSchema,
        description:
          'Names of roles, users and groups that are left alone (break-glass); "*" and "?" are wildcards.',
      },
    },
  },
  judge(resources, reportOn, settings) {
    const identity = identityLayers(accessPointsOfEmbeddings(resources));
    for (const holder of holders(resources)) {
      if (isExempt(holder.name, settings.exempt)) continue;
      const report = reportOn(holder.resource.urn);
      const what = describeResource(holder.resource, holder.kind, holder.name);
      const rights = rightsOf(holder, identity);
      for (const problem of rights.problems) report.violation(`${what}: ${problem}`);
      // What a group has by itself is said of the group, or left alone with it.
      if (holder.groups.some((group) => both(rightsOf(group, identity).certain) !== undefined)) continue;
      const certain = both(rights.certain);
      if (certain !== undefined) {
        report.violation(`${what}: it has both layers. ${certain}`);
        continue;
      }
      if (rights.unverifiable.length > 0) {
        report.advisory(
          `${what}: ${shortList(rights.unverifiable)} cannot be verified here (AWS's own policies are known as of ${AS_OF}); only its own document tells what it allows.`,
        );
      }
      if (rights.unknowns.length > 0 && both(rights.possible) !== undefined) {
        report.advisory(
          `${what}: ${shortList(rights.unknowns)} cannot be known during preview, so it is judged at the update.`,
        );
      }
    }
  },
});

/** Policies that are in force together, and what they are asked. */
interface Asked {
  readonly policies: PoliciesInForce;
  readonly layers: Layers;
}

interface Rights {
  readonly certain: readonly Asked[];
  readonly possible: readonly Asked[];
  readonly unknowns: readonly string[];
  /** ARNs whose documents nobody here knows. */
  readonly unverifiable: readonly string[];
  readonly problems: readonly string[];
}

function rightsOf(holder: Holder, identity: Layers): Rights {
  const readings = holder.policies.flatMap(identityReadings);
  const foreign = holder.foreignPolicies.map((arn) => ({
    arn,
    known: foreignPolicy(arn, isUnknown(holder.account) ? undefined : holder.account),
  }));
  const known = foreign.flatMap((one) => one.known ?? []);
  const limit = limitsOf(holder);
  const unnamed = holder.unknowns.map((where): NamedDocument => ({
    name: where,
    document: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
  }));
  const certain = [...readings.map((one) => one.certain), ...known];
  const possible = [...readings.map((one) => one.possible), ...known, ...unnamed];
  const given = (which: 'certain' | 'possible') => {
    // What the identity policies and the boundary deny takes away from what is given, and nothing else does.
    const denials = [...(which === 'certain' ? certain : possible), ...limit[which]]
      .map(deniesOf)
      .filter(({ document }) => many(document.Statement).length > 0);
    return holder.given.map((one): Asked => ({
      policies: {
        documents: [{ name: one.label, document: one[which] }, ...denials],
        limits: one.bounded ? limit[which] : [],
      },
      layers: GIVEN[one.to],
    }));
  };
  return {
    certain: [
      { policies: { documents: certain, limits: limit.certain }, layers: identity },
      ...given('certain'),
    ],
    possible: [
      { policies: { documents: possible, limits: limit.possible }, layers: identity },
      ...given('possible'),
    ],
    unknowns: [
      ...holder.unknowns,
      ...limit.unknowns,
      ...readings.flatMap((one) => one.unknowns),
      ...holder.given.flatMap((one) => one.unknowns),
    ],
    unverifiable: foreign.flatMap((one) => (one.known === undefined ? [one.arn] : [])),
    problems: readings.flatMap((one) => one.problems),
  };
}

function deniesOf({ name, document }: NamedDocument): NamedDocument {
  const denies: PolicyDocument = {
    ...document,
    Statement: many(document.Statement).filter(({ Effect }) => Effect === 'Deny'),
  };
  return { name, document: denies };
}

function identityReadings(resource: Judged) {
  return heldDocuments(resource)
    .filter((held) => held.kind === 'identity')
    .map((held) => {
      const reading = readDocument(held.value, { isUnknown });
      const named = (document: NamedDocument['document']): NamedDocument => ({ name: held.label, document });
      return {
        certain: named(reading.certain),
        possible: named(reading.possible),
        unknowns: reading.unknowns.map((where) => `${where} of ${held.label}`),
        problems: reading.problems.map((problem) => `${held.label}: ${problem}`),
      };
    });
}

interface Limits {
  /** No more than the boundary will allow, and no less. */
  readonly certain: readonly NamedDocument[];
  readonly possible: readonly NamedDocument[];
  readonly unknowns: readonly string[];
}

/** A boundary that cannot be told or read bounds nothing here: the role must be in order without it. */
function limitsOf({ boundary }: Holder): Limits {
  const none: Limits = { certain: [], possible: [], unknowns: [] };
  if (boundary === undefined) return none;
  if (typeof boundary === 'string') {
    const known = foreignPolicy(boundary);
    return known === undefined || !known.name.startsWith("AWS's")
      ? none
      : { certain: [known], possible: [known], unknowns: [] };
  }
  const readings = identityReadings(boundary).filter(({ problems }) => problems.length === 0);
  return {
    certain: readings.map(({ certain }) => certain),
    possible: readings.map(({ possible }) => possible),
    unknowns: readings.flatMap(({ unknowns }) => unknowns),
  };
}

/** The two halves in a sentence, or undefined where one of them is missing. */
function both(rights: readonly Asked[]): string | undefined {
  const data = firstGrant(rights, ({ data: asked }) => asked);
  if (data === undefined) return undefined;
  const administration = firstGrant(rights, (layers) => layers.administration);
  if (administration === undefined) return undefined;
  const half = (grant: Grant) =>
    `${describe(grant)} allows ${shortList(grant.actions)} on ${shortList(grant.writtenResources)}`;
  return `Data: ${half(data)}. Administration: ${half(administration)}. Take one of the two away, or use two roles.`;
}

function firstGrant(
  rights: readonly Asked[],
  half: (layers: Layers) => readonly ActionsOnResources[],
): Grant | undefined {
  for (const { policies, layers } of rights) {
    const [grant] = mayAllow(policies, half(layers));
    if (grant !== undefined) return grant;
  }
  return undefined;
}
