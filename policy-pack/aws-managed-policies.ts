// What AWS's own managed policies allow, as far as S3 and S3 Vectors are concerned; source: AWS Managed Policy Reference.
// AWS changes them: `AS_OF` is when the list was made. A policy that is not listed is not judged, and that is said.
import { policyDocument, type PolicyDocument } from '../contract/iam/document';

const nothing = policyDocument();
const allow = (...actions: string[]): PolicyDocument =>
  policyDocument({ Sid: 'ManagedByAws', Effect: 'Allow', Action: actions, Resource: '*' });

/** The day of the list, which a note about a policy that is not in it names. */
export const AS_OF = '2026-11-21';

/** Name (the ARN's part after `policy/`) → the rights that matter here. */
export const AWS_MANAGED_POLICIES: ReadonlyMap<string, PolicyDocument> = new Map([
  ['AdministratorAccess', allow('*')],
  [
    'PowerUserAccess',
    policyDocument({
      Sid: 'ManagedByAws',
      Effect: 'Allow',
      NotAction: ['iam:*', 'organizations:*', 'account:*'],
      Resource: '*',
    }),
  ],
  ['AmazonS3FullAccess', allow('s3:*', 's3-object-lambda:*')],
  [
    'AmazonS3ReadOnlyAccess',
    allow('s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'),
  ],
  ['AWSLambda_FullAccess', nothing],
  ['AmazonBedrockFullAccess', nothing],
  ['AmazonBedrockReadOnly', nothing],
  ['AmazonBedrockLimitedAccess', nothing],
  ['IAMFullAccess', nothing],
  ['IAMReadOnlyAccess', nothing],
  ['AWSXRayDaemonWriteAccess', nothing],
  ['CloudWatchLambdaInsightsExecutionRolePolicy', nothing],
  ['CloudWatchAgentServerPolicy', nothing],
  ['AmazonSSMManagedInstanceCore', nothing],
  ['service-role/AWSLambdaBasicExecutionRole', nothing],
  ['service-role/AWSLambdaVPCAccessExecutionRole', nothing],
  ['service-role/AWSLambdaSQSQueueExecutionRole', nothing],
  ['service-role/AWSLambdaDynamoDBExecutionRole', nothing],
  ['service-role/AWSLambdaKinesisExecutionRole', nothing],
  ['service-role/AWSAppRunnerServicePolicyForECRAccess', nothing],
  ['service-role/AmazonECSTaskExecutionRolePolicy', nothing],
]);
