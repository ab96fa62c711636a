// Who deploys never reads data: a stolen deployer token must not be able to read or change what users stored.
import { objectData, vectorData } from '../../contract/iam/resource-spaces';
import { ofLayer } from '../layer';
import { resourcePolicy } from '../policy';
import { heldDocuments } from '../resources/policy-documents';
import { forbidGrants } from './forbidden-grants';

const DATA = [...objectData(), ...vectorData()];

export const managementWithoutData = resourcePolicy({
  name: 'management-without-data',
  displayName: 'The management policy reaches no data',
  description:
    'A policy named …-s3-vector-management, …-s3-vector-deployment or …-bedrock-invocation allows no action on objects or vectors.',
  severity: 'critical',
  tags: ['iam', 'access-boundary', 'least-privilege'],
  remediationSteps:
    'Remove every action on objects (s3:GetObject, s3:PutObject, …) and vectors (s3vectors:QueryVectors, …) from the policy, wildcards that reach them included; they belong into the service access policy.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-access-management.html',
  judge(resource, report) {
    for (const document of heldDocuments(resource)) {
      const named = ofLayer(document, 'management');
      if (named === undefined) continue;
      forbidGrants(resource, document, DATA, `${named} reaches no objects and no vectors`, report);
    }
  },
});
