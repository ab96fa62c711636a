// Which encryption a key stands for: none is SSE-S3 (AES256), one is SSE-KMS with exactly that key.
import { keyArnRule } from '../contract/outputs/arn-rules';

/** Every reason why this names no key for S3 Vectors; empty when it does. An alias or a bare id is refused by the service. */
export function keyArnProblems(keyArn: string | undefined, input = 'encryptionKeyArn'): string[] {
  return keyArn === undefined || keyArnRule.pattern?.test(keyArn) === true
    ? []
    : [`${input} "${keyArn}" must be ${keyArnRule.as ?? 'a key ARN'}; aliases and bare key ids are refused.`];
}
