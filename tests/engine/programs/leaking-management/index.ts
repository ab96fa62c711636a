// A management policy that can read objects, and a service policy that can create buckets: each with a spelling
// that does not name the action outright.
import { Policy } from '@pulumi/aws/iam/policy';

new Policy('management', {
  name: 'acme-s3-vector-management',
  policy: {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'ReadsToo',
        Effect: 'Allow',
        Action: 's3:G?tObject',
        Resource: 'arn:aws:s3:::acme-*-vector-*/*',
      },
    ],
  },
});
new Policy('service', {
  name: 'acme-s3-vector-service-access',
  policy: {
    Version: '2012-10-17',
    Statement: [{ Sid: 'CreatesToo', Effect: 'Allow', Action: 's3vectors:Create*', Resource: '*' }],
  },
});
