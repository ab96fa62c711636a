// Buckets of both kinds that do not follow the pattern, made without our components.
import { Bucket } from '@pulumi/aws/s3/bucket';
import { VectorBucket } from '@pulumi/aws-native/s3vectors/vectorBucket';

new VectorBucket('vectors', { vectorBucketName: 'my-vectors' });
new Bucket('embeddings', { bucket: 'acme-embeddings-dev' });
