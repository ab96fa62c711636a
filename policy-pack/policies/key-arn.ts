// What S3 and S3 Vectors take for a key. Sources: S3 Vectors API model, `kmsKeyArn`; S3 User Guide, "Using server-side
// encryption with AWS KMS keys".

/** Is this the ARN of a key, and not an id, an alias or the ARN of one? */
export function keyArnIsComplete(value: string): boolean {
  return /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/.test(value);
}

/** Is this no key of the account's own: nothing, or the alias of AWS's key for S3? */
export function isKeyOfAws(value: string): boolean {
  return value === '' || /(?:^|:)alias\/aws\//.test(value);
}
