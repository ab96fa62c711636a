// What nobody can know before the update: names and documents that hold the ARN of a key that is yet to be made. The
// management policy hides a read of objects in such a document.
import { Policy } from '@pulumi/aws/iam/policy';
import { Role } from '@pulumi/aws/iam/role';
import { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment';
import { Key } from '@pulumi/aws/kms/key';
import { VectorBucket } from '@pulumi/aws-native/s3vectors/vectorBucket';
import * as pulumi from '@pulumi/pulumi';

const tags = { Project: 'engine', ManagedBy: 'pulumi' };
const statement = (Sid: string, Action: string, Resource: pulumi.Input<string>) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

const key = new Key('key', { enableKeyRotation: true, tags });
const management = new Policy('management', {
  name: 'acme-s3-vector-management',
  policy: pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      statement('Key', 'kms:DescribeKey', key.arn),
      statement('Hidden', 's3:G?tObject', 'arn:aws:s3:::acme-*-vector-*/*'),
    ],
  }),
  tags,
});
const worker = new Role('worker', {
  name: 'acme-worker',
  assumeRolePolicy: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
    ],
  }),
  tags,
});
new RolePolicyAttachment('attached', { role: worker.name, policyArn: management.arn });
new VectorBucket('nameless', {
  vectorBucketName: pulumi.interpolate`acme-dev-vector-${key.keyId}`,
  tags: Object.entries(tags).map(([name, value]) => ({ key: name, value })),
});
