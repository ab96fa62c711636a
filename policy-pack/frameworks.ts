// Controls of public frameworks that a policy of the pack answers to, as tags of its metadata: `<framework>:<control>`.
// Sources: AWS Foundational Security Best Practices (Security Hub controls reference), CIS AWS Foundations Benchmark
// v3.0.0, NIST SP 800-53 Rev. 5. Only controls whose text the policy enforces or narrows are named.

/** Policy name → tags. A policy about names or shapes answers to no control of a framework. */
export const FRAMEWORK_TAGS: Readonly<Record<string, readonly string[]>> = {
  'vector-bucket-encryption': ['nist-800-53-r5:SC-28', 'nist-800-53-r5:SC-12'],
  'embedding-bucket-encryption': ['aws-fsbp:S3.17', 'nist-800-53-r5:SC-28'],
  'embedding-bucket-versioning': ['aws-fsbp:S3.14', 'nist-800-53-r5:CP-9'],
  'embedding-bucket-public-access': ['aws-fsbp:S3.8', 'cis-aws-3.0.0:2.1.4', 'nist-800-53-r5:AC-3'],
  'embedding-bucket-lifecycle': ['aws-fsbp:S3.13', 'nist-800-53-r5:SI-12'],
  'embedding-bucket-tls-only': ['aws-fsbp:S3.5', 'cis-aws-3.0.0:2.1.1', 'nist-800-53-r5:SC-8'],
  'encryption-key-rotation': ['aws-fsbp:KMS.4', 'cis-aws-3.0.0:3.6', 'nist-800-53-r5:SC-12'],
  'encryption-key-indexing-grant': ['nist-800-53-r5:AC-6'],
  'management-without-data': ['nist-800-53-r5:AC-5', 'nist-800-53-r5:AC-6'],
  'service-without-administration': ['nist-800-53-r5:AC-5', 'nist-800-53-r5:AC-6'],
  'no-role-with-both': ['nist-800-53-r5:AC-5', 'nist-800-53-r5:AC-6'],
  'no-broad-vector-grants': ['aws-fsbp:IAM.21', 'nist-800-53-r5:AC-6'],
  'deployer-trust': ['nist-800-53-r5:AC-3', 'nist-800-53-r5:IA-5'],
  'no-public-principal': ['aws-fsbp:S3.2', 'aws-fsbp:S3.3', 'aws-fsbp:KMS.5', 'nist-800-53-r5:AC-3'],
  'data-protected': ['nist-800-53-r5:CP-9'],
  'required-tags': ['nist-800-53-r5:CM-8'],
};
