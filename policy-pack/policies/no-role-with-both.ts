// The two layers are worth nothing if one role has both. A role is judged by all that it can do together: managed
// and inline policies, whatever attaches them, within its boundary. Names play no part in it.
import { type Grant, mayAllow, type PoliciesInForce } from '../../contract/iam/evaluator/may-allow';
import { describe, type NamedDocument } from '../../contract/iam/evaluator/statement-reference';
import { readDocument } from '../../contract/iam/read-document';
import {
  bucketAdministration,
  objectData,
  vectorAdministration,
  vectorData,
} from '../../contract/iam/resource-spaces';
import { exemptSchema, isExempt } from '../configuration';
import { shortList } from '../explain';
import { foreignPolicy } from '../foreign-policies';
import { stackPolicy } from '../policy';
import { type Holder, holders } from '../resources/holders';
import { describeResource, type Judged } from '../resources/judged';
import { isUnknown } from '../resources/known';
import { heldDocuments } from '../resources/policy-documents';

/** Buckets that hold embeddings are told from all other S3 buckets by the name pattern. */
const NAME_PATTERN = '*-*-vector-*';
const DATA = [...objectData(NAME_PATTERN), ...vectorData()];
const ADMINISTRATION = [...bucketAdministration(NAME_PATTERN), ...vectorAdministration()];

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
    for (const holder of holders(resources)) {
      if (isExempt(holder.name, settings.exempt)) continue;
      const report = reportOn(holder.resource.urn);
      const what = describeResource(holder.resource, holder.kind, holder.name);
      const rights = rightsOf(holder);
      for (const problem of rights.problems) report.violation(`${what}: ${problem}`);
      const certain = both(rights.certain);
      if (certain !== undefined) {
        report.violation(`${what}: it has both layers. ${certain}`);
        continue;
      }
      if (rights.unverifiable.length > 0) {
        report.advisory(
          `${what}: ${shortList(rights.unverifiable)} cannot be verified here; only its own document tells what it allows.`,
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

interface Rights {
  readonly certain: PoliciesInForce;
  readonly possible: PoliciesInForce;
  readonly unknowns: readonly string[];
  /** ARNs whose documents nobody here knows. */
  readonly unverifiable: readonly string[];
  readonly problems: readonly string[];
}

function rightsOf(holder: Holder): Rights {
  const readings = holder.policies.flatMap(identityReadings);
  const foreign = holder.foreignPolicies.map((arn) => ({ arn, known: foreignPolicy(arn) }));
  const known = foreign.flatMap((one) => one.known ?? []);
  const limits = limitsOf(holder);
  const unnamed = holder.unknowns.map((where): NamedDocument => ({
    name: where,
    document: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
  }));
  return {
    certain: { documents: [...readings.map((one) => one.certain), ...known], limits },
    possible: {
      documents: [...readings.map((one) => one.possible), ...known, ...unnamed],
      limits: limitsOf(holder),
    },
    unknowns: [...holder.unknowns, ...readings.flatMap((one) => one.unknowns)],
    unverifiable: foreign.flatMap((one) => (one.known === undefined ? [one.arn] : [])),
    problems: readings.flatMap((one) => one.problems),
  };
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

/** A boundary that cannot be read bounds nothing here: the role must be in order without it. */
function limitsOf({ boundary }: Holder): NamedDocument[] {
  if (boundary === undefined) return [];
  if (typeof boundary === 'string') {
    const known = foreignPolicy(boundary);
    return known === undefined || !known.name.startsWith("AWS's") ? [] : [known];
  }
  return identityReadings(boundary)
    .filter(({ unknowns, problems }) => unknowns.length === 0 && problems.length === 0)
    .map(({ certain }) => certain);
}

/** The two halves in a sentence, or undefined where one of them is missing. */
function both(policies: PoliciesInForce): string | undefined {
  const [data] = mayAllow(policies, DATA);
  if (data === undefined) return undefined;
  const [administration] = mayAllow(policies, ADMINISTRATION);
  if (administration === undefined) return undefined;
  const half = (grant: Grant) =>
    `${describe(grant)} allows ${shortList(grant.actions)} on ${shortList(grant.writtenResources)}`;
  return `Data: ${half(data)}. Administration: ${half(administration)}. Take one of the two away, or use two roles.`;
}
