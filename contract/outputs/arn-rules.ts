// What the ARNs among the stack outputs look like.
import type { TextRule } from '../field-reader';

/** Every reason why a value is no ARN of the kind that an input takes; empty when it is one. */
export function arnProblems(input: string, value: string | undefined, rule: TextRule): string[] {
  return rule.pattern?.test(value ?? '') === true
    ? []
    : [`${input} "${value}" must be ${rule.as ?? 'an ARN'}.`];
}

function arnOf(service: string, resource: string, example: string): TextRule {
  return {
    pattern: new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]*:[0-9]*:${resource}$`),
    as: `an ARN like ${example}`,
  };
}

export const vectorBucketArnRule = arnOf(
  's3vectors',
  'bucket/[a-z0-9.-]+',
  'arn:aws:s3vectors:us-east-1:123456789012:bucket/acme-dev-vector-knowledge',
);
export const vectorIndexArnRule = arnOf(
  's3vectors',
  'bucket/[a-z0-9.-]+/index/[a-z0-9.-]+',
  'arn:aws:s3vectors:us-east-1:123456789012:bucket/acme-dev-vector-knowledge/index/episodes',
);
export const bucketArnRule = arnOf('s3', '[a-z0-9.-]+', 'arn:aws:s3:::acme-dev-vector-documents');
export const managedPolicyArnRule = arnOf(
  'iam',
  'policy/.+',
  'arn:aws:iam::123456789012:policy/acme-dev-vector-access',
);
/** Any managed policy, AWS's own included. */
export const policyArnRule: TextRule = {
  ...managedPolicyArnRule,
  pattern: /^arn:aws[a-z-]*:iam::(?:[0-9]{12}|aws):policy\/.+$/,
};
export const roleArnRule = arnOf('iam', 'role/.+', 'arn:aws:iam::123456789012:role/acme-github-deployer');
export const keyArnRule = arnOf(
  'kms',
  'key/[A-Za-z0-9-]+',
  'arn:aws:kms:us-east-1:123456789012:key/1234abcd-…',
);
export const functionArnRule = arnOf(
  'lambda',
  'function:.+',
  'arn:aws:lambda:us-east-1:123456789012:function:acme-dev-vector-service',
);
