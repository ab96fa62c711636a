// S3 Vectors builds indexes in the background under its own name; a key that does not let it makes the creation of
// every bucket and index with that key fail, minutes into a deployment.
import { many, type PolicyDocument } from '../../contract/iam/document';
import { evaluate } from '../../contract/iam/evaluator/evaluate';
import { readDocument } from '../../contract/iam/read-document';
import { stackPolicy } from '../policy';
import { asVectorBucket, asVectorIndex } from '../resources/buckets';
import { describeResource } from '../resources/judged';
import { asEncryptionKey, isUsed, keyUseOf, policyOfItsOwn } from '../resources/keys';
import { isUnknown } from '../resources/known';
import { confines } from '../confining-conditions';

/** Who indexes. Source: S3 User Guide, "Data protection and encryption in S3 Vectors". */
const INDEXER = 'indexing.s3vectors.amazonaws.com';

export const encryptionKeyIndexingGrant = stackPolicy({
  name: 'encryption-key-indexing-grant',
  displayName: 'Keys of vector buckets let S3 Vectors index',
  description: `A key that encrypts a vector bucket or index allows kms:Decrypt to ${INDEXER}, for the own account only.`,
  severity: 'high',
  tags: ['encryption', 'kms', 's3-vectors'],
  remediationSteps: `Add a statement to the key policy that allows kms:Decrypt to the service ${INDEXER} with conditions on aws:SourceAccount and aws:SourceArn, or use the EncryptionKey component.`,
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-data-encryption.html',
  judge(resources, reportOn) {
    const use = keyUseOf(
      resources.filter((one) => asVectorBucket(one) !== undefined || asVectorIndex(one) !== undefined),
    );
    for (const key of resources) {
      if (asEncryptionKey(key) === undefined || !isUsed(key, use, resources)) continue;
      const report = reportOn(key.urn);
      const what = describeResource(key, 'key', undefined);
      const elsewhere = policyOfItsOwn(key, resources);
      const value =
        elsewhere === undefined ? (key.props.policy ?? key.props.keyPolicy) : elsewhere.props.policy;
      if (isUnknown(value)) {
        report.advisory(
          `${what}: its policy is not known yet, so the grant to ${INDEXER} is judged at the update.`,
        );
        continue;
      }
      if (value === undefined || value === null) {
        report.violation(
          `${what}: it encrypts vectors and has no policy of its own; allow kms:Decrypt to ${INDEXER}.`,
        );
        continue;
      }
      const reading = readDocument(value, { isUnknown });
      for (const problem of reading.problems) report.violation(`${what}: ${problem}`);
      const arn = key.props.arn;
      if (!letsIndex(reading.certain, arn)) {
        if (reading.unknowns.length > 0 && letsIndex(reading.possible, arn)) {
          report.advisory(
            `${what}: ${reading.unknowns.join(', ')} of its policy cannot be known during preview.`,
          );
        } else {
          report.violation(
            `${what}: its policy does not allow kms:Decrypt to ${INDEXER}; without that S3 Vectors refuses the key ("Insufficient access to perform asynchronous indexing").`,
          );
        }
      } else if (letsIndexForAnybody(reading.certain, arn)) {
        report.violation(
          `${what}: it lets ${INDEXER} decrypt on behalf of every account; add conditions on aws:SourceAccount and aws:SourceArn.`,
        );
      }
    }
  },
});

const OURS = '111111111111';

/** Conditions that say for whom a service works. */
const FOR_WHOM = ['aws:sourceaccount', 'aws:sourcearn', 'aws:sourceorgid'];

/** Would the indexer get through, working for a bucket of the account that its conditions name? */
function letsIndex(document: PolicyDocument, keyArn: unknown): boolean {
  return [OURS, ...accountsIn(document)].some((account) => decides(document, account, keyArn));
}

/** … and by a statement that names nobody, or excepts only some? */
function letsIndexForAnybody(document: PolicyDocument, keyArn: unknown): boolean {
  const open = many(document.Statement).filter(
    ({ Effect, Condition }) => Effect === 'Deny' || !confines(Condition, FOR_WHOM),
  );
  return letsIndex({ ...document, Statement: open }, keyArn);
}

function decides(document: PolicyDocument, account: string, keyArn: unknown): boolean {
  const places = sourcesIn(document, account);
  const ask = (sourceArn: string, encrypted: string) =>
    evaluate(
      {
        caller: { kind: 'service', name: INDEXER },
        action: 'kms:Decrypt',
        resource: typeof keyArn === 'string' ? keyArn : `arn:aws:kms:us-east-1:${account}:key/any`,
        context: {
          'aws:SourceAccount': account,
          'aws:SourceArn': sourceArn,
          'kms:EncryptionContextKeys': ['aws:s3vectors:arn', 'aws:s3vectors:resource-id'],
          'kms:EncryptionContext:aws:s3vectors:arn': encrypted,
        },
      },
      { resource: [{ name: 'key policy', document }] },
    ).outcome === 'allowed';
  return places.some((sourceArn) => places.some((encrypted) => ask(sourceArn, encrypted)));
}

/** Accounts that the document speaks of. */
function accountsIn(document: PolicyDocument): string[] {
  return [...new Set(JSON.stringify(document).match(/\b\d{12}\b/g) ?? [])];
}

/** ARNs of vector buckets in the partitions and Regions that the document speaks of, patterns filled in. */
function sourcesIn(document: PolicyDocument, account: string): string[] {
  const written = JSON.stringify(document).match(/arn:[^"]*:s3vectors:[^"]*/g) ?? [];
  return [
    `arn:aws:s3vectors:us-east-1:${account}:bucket/any`,
    ...written.map((text) => text.replaceAll('*', 'any').replaceAll('?', 'x')),
  ].filter((arn) => arn.includes(`:${account}:`) || account === OURS);
}
