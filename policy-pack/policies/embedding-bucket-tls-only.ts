// S3 still answers over plain HTTP unless the bucket's policy refuses it. Whether it does is found out by asking: is
// there any action on any object that the policy leaves to somebody who calls without TLS?
import {
  S3_BUCKET_ADMINISTRATION_ACTIONS,
  S3_BUCKET_READ_ACTIONS,
  S3_OBJECT_DATA_ACTIONS,
} from '../../contract/iam/actions';
import { many, policyDocument, type PolicyDocument, type Statement } from '../../contract/iam/document';
import { evaluateConditions } from '../../contract/iam/evaluator/conditions';
import { mayAllow } from '../../contract/iam/evaluator/may-allow';
import { anything, sequence } from '../../contract/iam/evaluator/pattern';
import { readDocument } from '../../contract/iam/read-document';
import { shortList } from '../explain';
import { isUnknown } from '../resources/known';
import { embeddingBucketPolicy } from './embedding-bucket-policy';

export const embeddingBucketTlsOnly = embeddingBucketPolicy({
  name: 'embedding-bucket-tls-only',
  setting: 'policy',
  displayName: 'Embedding buckets refuse requests without TLS',
  description: "An embedding bucket's policy denies every request that does not come over TLS.",
  severity: 'medium',
  tags: ['encryption', 's3'],
  remediationSteps:
    'Add a bucket policy that denies s3:* to everyone on the bucket and its objects where aws:SecureTransport is false, or use the EmbeddingBucket component.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html',
  judge({ bucket, policies }, report) {
    const readings = policies.map((value) => readDocument(value, { isUnknown }));
    const name = String(bucket.name);
    const open = openWithoutTls(
      name,
      readings.map(({ possible }) => possible),
    );
    if (open.length === 0) return;
    // A Deny counts in `possible` only where it is known; what it may still turn out to be stands in `certain`.
    const unknown = readings.some(({ unknowns }) => unknowns.length > 0);
    if (
      unknown &&
      openWithoutTls(
        name,
        readings.map(({ certain }) => certain),
      ).length === 0
    ) {
      report.advisory(
        'its policy is not known yet, so whether it refuses requests without TLS is judged at the update.',
      );
    } else if (policies.some(isUnknown)) {
      report.advisory(
        'its policy is not known yet, so whether it refuses requests without TLS is judged at the update.',
      );
    } else {
      report.violation(
        `${shortList(open)} are possible without TLS; add a statement that denies s3:* to "*" on the bucket and on its objects where aws:SecureTransport is false.`,
      );
    }
  },
});

/** Actions on the bucket, or on some object of it, that the documents do not deny to somebody who calls without TLS. */
function openWithoutTls(name: string, documents: readonly PolicyDocument[]): string[] {
  const bucket = `arn:aws:s3:::${name}`;
  const denials = documents.flatMap((document) =>
    many(withoutPartition(document).Statement).flatMap(denialWithoutTls),
  );
  const everything: Statement = { Effect: 'Allow', Action: '*', Resource: '*' };
  const open = mayAllow(
    { documents: [{ name: 'bucket policy', document: policyDocument(everything, ...denials) }] },
    [
      { actions: S3_OBJECT_DATA_ACTIONS, resources: [sequence(bucket, '/', anything)] },
      {
        actions: [...S3_BUCKET_READ_ACTIONS, ...S3_BUCKET_ADMINISTRATION_ACTIONS],
        resources: [sequence(bucket)],
      },
    ],
  );
  return open.flatMap(({ actions }) => actions);
}

/**
 * The Deny as it stands for every call without TLS, or nothing where it is for some calls only: a second condition
 * (all but one organisation, all but one network) leaves these a way.
 */
function denialWithoutTls(statement: Statement): Statement[] {
  const { Condition: conditions, ...always } = statement;
  const keys = Object.values(conditions ?? {}).flatMap((one) => Object.keys(one));
  const forAll =
    statement.Effect === 'Deny' &&
    keys.every((key) => key.toLowerCase() === 'aws:securetransport') &&
    evaluateConditions(conditions, { 'aws:SecureTransport': 'false' }).kind === 'satisfied';
  return forAll ? [always] : [];
}

/** The same document for buckets of every partition: only the name matters here. */
function withoutPartition(document: PolicyDocument): PolicyDocument {
  return JSON.parse(
    JSON.stringify(document).replaceAll(/arn:aws[a-z-]*:s3:::/g, 'arn:aws:s3:::'),
  ) as PolicyDocument;
}
