// The policy pack: every policy, mandatory unless the configuration says otherwise.
import { PolicyPack } from '@pulumi/policy';
import { policies } from './policies';
import { rememberingInputs } from './policy';

new PolicyPack('s3-vectors', {
  description: 'Names, shapes and the boundary between deploying and using vector storage',
  displayName: 'S3 Vectors',
  provider: 'AWS',
  tags: ['s3-vectors', 'iam'],
  enforcementLevel: 'mandatory',
  policies: policies.map(rememberingInputs),
});
