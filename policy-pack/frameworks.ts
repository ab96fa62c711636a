// Controls of public frameworks that a policy of the pack answers to, as tags of its metadata: `<framework>:<control>`.
// Only controls whose text the policy enforces or narrows are named. `security-hub` is the control's number whatever the
// standard: KMS.4, S3.14 and S3.17, for one, are not among the Foundational Security Best Practices.

type Tags = Readonly<Record<string, readonly string[]>>;

/**
 * Numbers and relations as AWS states them under "Related requirements" of each control: Security Hub User Guide,
 * https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html, …/kms-controls.html and
 * …/iam-controls.html, read on 2026-11-21 in stored copies. CIS is the AWS Foundations Benchmark v3.0.0, NIST is
 * SP 800-53 Rev. 5.
 */
export const STATED_BY_AWS: Tags = {
  'embedding-bucket-encryption': ['security-hub:S3.17', 'nist-800-53-r5:SC-28'],
  'embedding-bucket-versioning': ['security-hub:S3.14', 'nist-800-53-r5:CP-9'],
  'embedding-bucket-public-access': ['security-hub:S3.8', 'cis-aws-3.0.0:2.1.4', 'nist-800-53-r5:AC-3'],
  'embedding-bucket-lifecycle': ['security-hub:S3.13'],
  'embedding-bucket-tls-only': ['security-hub:S3.5', 'cis-aws-3.0.0:2.1.1', 'nist-800-53-r5:SC-8'],
  'encryption-key-rotation': ['security-hub:KMS.4', 'cis-aws-3.0.0:3.6', 'nist-800-53-r5:SC-12'],
  'no-broad-vector-grants': ['security-hub:IAM.21', 'nist-800-53-r5:AC-6'],
  'no-public-principal': [
    'security-hub:S3.2',
    'security-hub:S3.3',
    'security-hub:KMS.5',
    'nist-800-53-r5:AC-3',
  ],
};

/** Relations that are this package's own reading of the control's title. Not verified against a published mapping. */
export const OWN_READING: Tags = {
  'vector-bucket-encryption': ['nist-800-53-r5:SC-28', 'nist-800-53-r5:SC-12'],
  'embedding-bucket-lifecycle': ['nist-800-53-r5:SI-12'],
  'encryption-key-indexing-grant': ['nist-800-53-r5:AC-6'],
  'management-without-data': ['nist-800-53-r5:AC-5', 'nist-800-53-r5:AC-6'],
  'service-without-administration': ['nist-800-53-r5:AC-5', 'nist-800-53-r5:AC-6'],
  'no-role-with-both': ['nist-800-53-r5:AC-5', 'nist-800-53-r5:AC-6'],
  'deployer-trust': ['nist-800-53-r5:AC-3', 'nist-800-53-r5:IA-5'],
  'data-protected': ['nist-800-53-r5:CP-9'],
  'required-tags': ['nist-800-53-r5:CM-8'],
};

/** The tags of a policy; one about names or shapes answers to no control of a framework. */
export function frameworkTags(policy: string): readonly string[] {
  return [...(STATED_BY_AWS[policy] ?? []), ...(OWN_READING[policy] ?? [])];
}
