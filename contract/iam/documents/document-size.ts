// How large a policy document may be. IAM refuses a larger one only when it is created, which is late: the
// stack is half made by then.
import type { PolicyDocument } from '../document';

/**
 * Largest documents, in characters that are not white space.
 * Source: IAM User Guide, "IAM and STS quotas" (managed, trust); KMS Developer Guide, "Quotas" (key policy);
 * S3 User Guide, "Bucket policies" (bucket policy); S3 Vectors takes the same 20 KB for vector bucket policies.
 */
export const DOCUMENT_SIZE = {
  managed: 6_144,
  trust: 2_048,
  keyPolicy: 32_768,
  bucketPolicy: 20_480,
} as const;

/** The characters of a document that count: white space does not. */
export function documentSize(document: PolicyDocument): number {
  return JSON.stringify(document).replaceAll(/\s/g, '').length;
}

/** Every reason why a document is too large for its kind; empty when it is not. */
export function documentSizeProblems(document: PolicyDocument, kind: keyof typeof DOCUMENT_SIZE): string[] {
  const size = documentSize(document);
  return size <= DOCUMENT_SIZE[kind]
    ? []
    : [
        `the ${kind} policy document has ${size} characters and at most ${DOCUMENT_SIZE[kind]} are allowed; ` +
          'name fewer environments, repositories, indexes or models, or use several policies.',
      ];
}
