// Refuses every request to a bucket that does not come over TLS.
import { arn } from '../../arns';
import type { Place } from '../../arns';
import { policyDocument } from '../document';
import type { PolicyDocument } from '../document';

/** The bucket policy. It denies only, so it opens nothing. Source: S3 User Guide, "Security best practices". */
export function tlsOnlyDocument(place: Pick<Place, 'partition'>, bucketName: string): PolicyDocument {
  return policyDocument({
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn.bucket(place, bucketName), arn.objects(place, bucketName)],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
}
