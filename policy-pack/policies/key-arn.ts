// What S3 and S3 Vectors take for a key in full. Source: S3 Vectors API model, `kmsKeyArn`.

/** Is this the ARN of a key, and not an id, an alias or the ARN of one? */
export function keyArnIsComplete(value: string): boolean {
  return /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/.test(value);
}
