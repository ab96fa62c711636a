// A grant on all vectors of an account outlives every good intention: the next project's vectors are in it too.
import { matchesAction } from '../../contract/iam/evaluator/action-match';
import { type Grant, mayAllow } from '../../contract/iam/evaluator/may-allow';
import { describe } from '../../contract/iam/evaluator/statement-reference';
import { S3_VECTORS_ADMINISTRATION_ACTIONS, S3_VECTORS_DATA_ACTIONS } from '../../contract/iam/actions';
import type { PolicyDocument } from '../../contract/iam/document';
import { readDocument } from '../../contract/iam/read-document';
import {
  EMBEDDING_NAME_PATTERN,
  vectorAdministration,
  vectorData,
  vectorsOutside,
  vectorsOutsideRegions,
} from '../../contract/iam/resource-spaces';
import { allowedRegionsSchema, exemptSchema, isExempt } from '../configuration';
import { shortList } from '../explain';
import { resourcePolicy } from '../policy';
import { isVectorBucketPolicy } from '../resources/buckets';
import { describeResource } from '../resources/judged';
import { isUnknown } from '../resources/known';
import { heldDocuments } from '../resources/policy-documents';

const EVERYWHERE = [...vectorData(), ...vectorAdministration()];
const OUTSIDE = vectorsOutside(EMBEDDING_NAME_PATTERN);

export const noBroadVectorGrants = resourcePolicy({
  name: 'no-broad-vector-grants',
  displayName: 'Nobody is granted all vectors',
  description:
    'A policy allows S3 Vectors actions one by one, or data and administration apart, and an identity policy only in buckets of the name pattern.',
  severity: 'high',
  tags: ['iam', 's3-vectors', 'least-privilege'],
  remediationSteps:
    'Replace s3vectors:* by the actions that are needed, and "*" or bucket/* in Resource by the bucket or its name pattern (bucket/<project>-<environment>-vector-*). s3vectors:ListVectorBuckets takes no resource and may stay on "*".',
  url: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3vectors.html',
  configSchema: {
    properties: {
      allowedRegions: allowedRegionsSchema,
      exempt: {
        ...exemptSchema,
        description: 'Names of policies that are left alone (break-glass); "*" and "?" are wildcards.',
      },
    },
  },
  judge(resource, report, settings) {
    for (const held of heldDocuments(resource)) {
      const ofResource = isVectorBucketPolicy(resource);
      if (
        (held.kind !== 'identity' && !ofResource) ||
        held.names.some((name) => isExempt(name, settings.exempt))
      )
        continue;
      const what = describeResource(resource, ofResource ? 'resource policy' : 'policy', held.label);
      const reading = readDocument(held.value, { isUnknown });
      // The policy of a vector bucket speaks of that bucket alone, whatever its Resource says.
      const tooBroad = (document: PolicyDocument) =>
        ofResource
          ? broadActions(held.label, document)
          : broadGrants(held.label, document, settings.allowedRegions ?? []);
      for (const problem of reading.problems) {
        report.violation(`${what}: ${problem} What cannot be read cannot be judged.`);
      }
      const found = tooBroad(reading.certain);
      for (const sentence of found) report.violation(`${what}: ${sentence}`);
      if (found.length === 0 && reading.unknowns.length > 0 && tooBroad(reading.possible).length > 0) {
        report.advisory(
          `${what}: ${reading.unknowns.join(', ')} cannot be known during preview, so it is judged at the update. ` +
            'Build every ARN in it from names to have it judged now.',
        );
      }
    }
  },
});

function broadActions(name: string, document: PolicyDocument): string[] {
  return mayAllow({ documents: [{ name, document }] }, EVERYWHERE).flatMap(actionsTooBroad);
}

function broadGrants(name: string, document: PolicyDocument, regions: readonly string[]): string[] {
  const policies = { documents: [{ name, document }] };
  return [
    ...broadActions(name, document),
    ...mayAllow(policies, OUTSIDE).flatMap(resourcesTooBroad),
    ...(regions.length === 0 ? [] : mayAllow(policies, vectorsOutsideRegions(regions))).map(
      (grant) =>
        `${describe(grant)} allows ${shortList(grant.actions)} on ${shortList(grant.writtenResources)}, which reaches vectors ` +
        `outside ${regions.join(', ')}. Write one of these Regions into the ARN.`,
    ),
  ];
}

/** An entry (or NotAction) that takes in data and administration at once. */
function actionsTooBroad(grant: Grant): string[] {
  const takesIn = (actions: readonly string[], entry?: string) =>
    actions.some(
      (action) => grant.actions.includes(action) && (entry === undefined || matchesAction(entry, action)),
    );
  const both = (entry?: string) =>
    takesIn(S3_VECTORS_DATA_ACTIONS, entry) && takesIn(S3_VECTORS_ADMINISTRATION_ACTIONS, entry);
  if (grant.statement.NotAction !== undefined) {
    return both()
      ? [
          `${describe(grant)} allows all of S3 Vectors but for ${grant.writtenActions.join(', ')}. List the actions that are meant instead.`,
        ]
      : [];
  }
  return grant.writtenActions
    .filter((entry) => both(entry))
    .map(
      (entry) =>
        `${describe(grant)} allows data and administration of S3 Vectors with "${entry}". ` +
        'Replace it by the actions that are meant, such as s3vectors:QueryVectors, s3vectors:GetVectors.',
    );
}

/** A wildcard that reaches vector buckets outside the name pattern; a bucket that is named in full is meant. */
function resourcesTooBroad(grant: Grant): string[] {
  const broad = grant.writtenResources.filter(
    (written) => grant.statement.NotResource !== undefined || !/:bucket\/[^*?$/]+(?:\/|$)/.test(written),
  );
  return broad.length === 0
    ? []
    : [
        `${describe(grant)} allows ${shortList(grant.actions)} on ${shortList(broad)}, which reaches vector buckets ` +
          'of every name. Name the bucket, or its pattern: bucket/<project>-<environment>-vector-*.',
      ];
}
