// The resource policy of one vector bucket, from named grants: access that crosses accounts, or that no
// identity policy may take away.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import { choiceProblems } from '../../choice';
import { indexNameProblems } from '../../names';
import { repeated } from '../../repeated';
import {
  S3_VECTORS_ADMINISTRATION_ACTIONS,
  S3_VECTORS_DATA_ACTIONS,
  S3_VECTORS_READ_ACTIONS,
} from '../actions';
import { policyDocument } from '../document';
import type { PolicyDocument } from '../document';

/** One statement of a vector bucket's policy. */
export interface VectorBucketGrant {
  /** Letters and digits; unique in the policy. */
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  /** ARNs of principals, or 12-digit accounts; `*` only to deny. */
  readonly principals: readonly string[];
  /** Actions of S3 Vectors, spelled out: `s3vectors:QueryVectors`. */
  readonly actions: readonly string[];
  /** Indexes that are covered; the bucket and all of its indexes where the list is absent or empty. */
  readonly indexNames?: readonly string[] | undefined;
}

const SID = /^[A-Za-z0-9]+$/;
/** IAM reads actions without regard to case. */
const ACTIONS: ReadonlySet<string> = new Set(
  [...S3_VECTORS_DATA_ACTIONS, ...S3_VECTORS_ADMINISTRATION_ACTIONS, ...S3_VECTORS_READ_ACTIONS].map(
    (action) => action.toLowerCase(),
  ),
);
const PRINCIPAL = /^(?:\d{12}|arn:aws[a-z-]*:(?:iam|sts)::\d{12}:.+)$/;

/** Every reason why these grants make no policy; empty when they do. */
export function vectorBucketGrantProblems(grants: readonly VectorBucketGrant[]): string[] {
  const problems: string[] = [];
  for (const sid of repeated(grants.map(({ sid }) => sid))) {
    problems.push(`statement "${sid}" is given twice.`);
  }
  for (const { sid, effect, principals, actions, indexNames = [] } of grants) {
    const statement = `statement "${sid}"`;
    if (!SID.test(sid)) problems.push(`${statement}: the sid may hold letters and digits only.`);
    problems.push(...choiceProblems(`${statement}: effect`, effect, ['Allow', 'Deny']));
    if (principals.length === 0) problems.push(`${statement}: no principal is named.`);
    if (actions.length === 0) problems.push(`${statement}: no action is named.`);
    for (const principal of principals) {
      if (principal === '*' && effect === 'Deny') continue;
      if (!PRINCIPAL.test(principal)) {
        problems.push(
          `${statement}: principal "${principal}" must be a 12-digit account or an IAM ARN` +
            (principal === '*' ? '; S3 Vectors refuses public access.' : '.'),
        );
      }
    }
    for (const action of actions) {
      if (!ACTIONS.has(action.toLowerCase())) {
        problems.push(
          `${statement}: action "${action}" must be one action of S3 Vectors, such as "s3vectors:QueryVectors".`,
        );
      }
    }
    problems.push(...indexNames.flatMap(indexNameProblems).map((problem) => `${statement}: ${problem}`));
  }
  return problems;
}

/** The resource policy of a vector bucket. */
export function vectorBucketPolicyDocument(
  place: Place,
  vectorBucketName: string,
  grants: readonly VectorBucketGrant[],
): PolicyDocument {
  return policyDocument(
    ...grants.map(({ sid, effect, principals, actions, indexNames = [] }) => ({
      Sid: sid,
      Effect: effect,
      Principal: principals.includes('*') ? ('*' as const) : { AWS: principals },
      Action: actions,
      Resource:
        indexNames.length === 0
          ? [arn.vectorBucket(place, vectorBucketName), arn.vectorIndex(place, vectorBucketName)]
          : indexNames.map((index) => arn.vectorIndex(place, vectorBucketName, index)),
    })),
  );
}
