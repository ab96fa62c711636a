// Who runs never administers: a compromised service must not be able to open, re-encrypt or delete its storage.
import { bucketAdministration, vectorAdministration } from '../../contract/iam/resource-spaces';
import { ofLayer } from '../layer';
import { resourcePolicy } from '../policy';
import { heldDocuments } from '../resources/policy-documents';
import { forbidGrants } from './forbidden-grants';

const ADMINISTRATION = [...bucketAdministration(), ...vectorAdministration()];

export const serviceWithoutAdministration = resourcePolicy({
  name: 'service-without-administration',
  displayName: 'The service access policy administers nothing',
  description:
    'A policy named …-s3-vector-service-access, <bucket>-access, <bucket>-read or …-bedrock-invocation creates, configures and deletes no bucket, vector bucket or index.',
  severity: 'critical',
  tags: ['iam', 'access-boundary', 'least-privilege'],
  remediationSteps:
    'Remove every action that creates, configures or deletes buckets, vector buckets or indexes from the policy, wildcards that reach them included; they belong into the management policy.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-access-management.html',
  judge(resource, report) {
    for (const document of heldDocuments(resource)) {
      const named = ofLayer(document, 'service');
      if (named === undefined) continue;
      forbidGrants(resource, document, ADMINISTRATION, `${named} administers nothing`, report);
    }
  },
});
