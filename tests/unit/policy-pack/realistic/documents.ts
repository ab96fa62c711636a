// Policy documents as they are found in accounts, each with the verdict that a person who knows the rules would give.
// The names are those of a made-up company; the statements follow patterns of AWS's examples and of common tools.
import type { PolicyDocument, Principal, Statement } from '../../../../contract/iam/document';

export interface RealisticDocument {
  readonly what: string;
  /** The policy's name in IAM, or the bucket's. */
  readonly name: string;
  readonly document: PolicyDocument;
  /** Policies of the pack that refuse it; empty where it is in order. */
  readonly refusedBy: readonly string[];
}

const ACCOUNT = '111122223333';
const VECTORS = `arn:aws:s3vectors:eu-west-1:${ACCOUNT}:bucket`;
const DOCS = `${VECTORS}/acme-prod-vector-docs`;
const EPISODES = `${DOCS}/index/episodes`;
const OBJECTS = 'arn:aws:s3:::acme-prod-vector-embeddings/*';
const BUCKET = 'arn:aws:s3:::acme-prod-vector-embeddings';
const GITHUB = 'token.actions.githubusercontent.com';
const BOTH = 'no-role-with-both';
const BROAD = 'no-broad-vector-grants';
const PUBLIC = 'no-public-principal';
const TRUST = 'deployer-trust';
const MANAGEMENT = 'management-without-data';
const SERVICE = 'service-without-administration';

type One = string | readonly string[];
const allow = (Action: One, Resource: One, more: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: One, Resource: One, more: Partial<Statement> = {}): Statement => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});
const toEveryone = (statement: Statement): Statement => ({ ...statement, Principal: '*' });
const to = (principal: Principal, statement: Statement): Statement => ({
  ...statement,
  Principal: principal,
});
const github = (subject: One | undefined, operator = 'StringEquals'): Statement => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRoleWithWebIdentity',
  Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}` },
  Condition:
    operator === 'StringEquals'
      ? {
          StringEquals: {
            [`${GITHUB}:aud`]: 'sts.amazonaws.com',
            ...(subject === undefined ? {} : { [`${GITHUB}:sub`]: subject }),
          },
        }
      : {
          StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' },
          [operator]: { [`${GITHUB}:sub`]: subject ?? '*' },
        },
});
const assumedBy = (principal: Principal, more: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: principal,
  ...more,
});

const given = (
  what: string,
  name: string,
  refusedBy: readonly string[],
  ...Statement: Statement[]
): RealisticDocument => ({ what, name, refusedBy, document: { Version: '2012-10-17', Statement } });

const LOGS = allow(
  ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
  `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/lambda/*`,
);
const INVOKE = allow(
  'bedrock:InvokeModel',
  'arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v2:0',
);

export const REALISTIC_DOCUMENTS: readonly RealisticDocument[] = [
  // Lambda functions and services
  given('a Lambda that writes logs', 'worker-logs', [], LOGS),
  given(
    'a Lambda that searches one index',
    'search-api',
    [],
    LOGS,
    INVOKE,
    allow(['s3vectors:QueryVectors', 's3vectors:GetVectors'], EPISODES),
  ),
  given(
    'a Lambda that ingests documents',
    'ingest',
    [],
    LOGS,
    INVOKE,
    allow(['s3vectors:PutVectors', 's3vectors:DeleteVectors', 's3vectors:GetIndex'], EPISODES),
    allow('s3:GetObject', 'arn:aws:s3:::acme-uploads/*'),
  ),
  given(
    'a Lambda with all vector data of its bucket by wildcard',
    'ingest-wide',
    [],
    allow('s3vectors:*Vectors', `${DOCS}/index/*`),
  ),
  given(
    'a Lambda with s3vectors:* on its index',
    'search-lazy',
    [BOTH, BROAD],
    LOGS,
    allow('s3vectors:*', EPISODES),
  ),
  given(
    'a Lambda that searches wherever there are vectors',
    'search-anywhere',
    [BROAD],
    allow('s3vectors:QueryVectors', '*'),
  ),
  given('a Lambda with the sample policy that grants s3:*', 'quick-start', [BOTH], LOGS, allow('s3:*', '*')),
  given(
    'a Lambda with s3:* on its own upload bucket',
    'uploads',
    [],
    allow('s3:*', ['arn:aws:s3:::acme-uploads', 'arn:aws:s3:::acme-uploads/*']),
  ),
  given(
    'a Lambda that reads and writes embeddings',
    'archive',
    [],
    allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], OBJECTS),
    allow('s3:ListBucket', BUCKET),
  ),
  given(
    'a Lambda that also sets the lifecycle of its bucket',
    'archive-tidy',
    [BOTH],
    allow(['s3:GetObject', 's3:PutObject'], OBJECTS),
    allow('s3:PutLifecycleConfiguration', BUCKET),
  ),
  given(
    'a Lambda that makes its index when it is missing',
    'self-healing',
    [BOTH],
    allow(['s3vectors:CreateIndex', 's3vectors:PutVectors'], EPISODES),
  ),
  given(
    'a queue worker without storage',
    'queue-worker',
    [],
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      `arn:aws:sqs:eu-west-1:${ACCOUNT}:jobs`,
    ),
    allow(['dynamodb:GetItem', 'dynamodb:PutItem'], `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/jobs`),
  ),
  given(
    'a container that reads its secrets',
    'api-secrets',
    [],
    allow('secretsmanager:GetSecretValue', `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:api-*`),
    allow('kms:Decrypt', '*', {
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    }),
  ),
  given(
    'a service policy of this package as it should be',
    'acme-s3-vector-service-access',
    [],
    allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], 'arn:aws:s3:::acme-*-vector-*/*'),
    allow('s3:ListBucket', 'arn:aws:s3:::acme-*-vector-*'),
    deny(['s3:CreateBucket', 's3:DeleteBucket', 's3:PutBucketPolicy'], '*'),
  ),
  given(
    'a service policy that somebody let create buckets',
    'acme-s3-vector-service-access',
    [SERVICE, BOTH],
    allow(
      ['s3:GetObject', 's3:CreateBucket'],
      ['arn:aws:s3:::acme-*-vector-*', 'arn:aws:s3:::acme-*-vector-*/*'],
    ),
  ),
  // CI and deployment
  given(
    'a deployer that makes vector buckets and indexes',
    'deploy-vectors',
    [],
    allow(
      [
        's3vectors:CreateVectorBucket',
        's3vectors:DeleteVectorBucket',
        's3vectors:GetVectorBucket',
        's3vectors:CreateIndex',
        's3vectors:DeleteIndex',
        's3vectors:GetIndex',
      ],
      [`${VECTORS}/acme-*-vector-*`, `${VECTORS}/acme-*-vector-*/index/*`],
    ),
    allow('s3vectors:ListVectorBuckets', '*'),
  ),
  given(
    'a deployer that configures embedding buckets',
    'deploy-buckets',
    [],
    allow(
      [
        's3:CreateBucket',
        's3:PutBucket*',
        's3:PutLifecycleConfiguration',
        's3:PutEncryptionConfiguration',
        's3:GetBucket*',
      ],
      'arn:aws:s3:::acme-*-vector-*',
    ),
  ),
  given('a deployer with everything in S3', 'deploy-s3', [BOTH], allow('s3:*', '*')),
  given(
    'a management policy of this package as it should be',
    'acme-s3-vector-management',
    [],
    allow(['s3:CreateBucket', 's3:PutBucketPolicy', 's3:ListBucket'], 'arn:aws:s3:::acme-*-vector-*'),
    deny(['s3:GetObject', 's3:PutObject', 's3vectors:QueryVectors'], '*'),
  ),
  given(
    'a management policy that somebody let read',
    'acme-s3-vector-management',
    [MANAGEMENT, BOTH],
    allow(['s3:CreateBucket', 's3:Get*'], ['arn:aws:s3:::acme-*-vector-*', 'arn:aws:s3:::acme-*-vector-*/*']),
  ),
  given(
    'a Terraform state backend',
    'terraform-state',
    [],
    allow('s3:ListBucket', 'arn:aws:s3:::acme-terraform'),
    allow(['s3:GetObject', 's3:PutObject'], 'arn:aws:s3:::acme-terraform/state/*'),
    allow(
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
      `arn:aws:dynamodb:*:*:table/terraform-lock`,
    ),
  ),
  given(
    'a CDK deployer that assumes the bootstrap roles',
    'cdk-deploy',
    [],
    allow('sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/cdk-*`),
  ),
  given(
    'a pipeline that uploads artefacts and passes a role',
    'pipeline',
    [],
    allow('s3:PutObject', 'arn:aws:s3:::acme-artefacts/*'),
    allow('iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/lambda-*`, {
      Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    }),
    allow(['lambda:UpdateFunctionCode', 'lambda:PublishVersion'], '*'),
  ),
  given(
    'a pipeline that pushes images',
    'images',
    [],
    allow('ecr:GetAuthorizationToken', '*'),
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:PutImage', 'ecr:UploadLayerPart'],
      `arn:aws:ecr:eu-west-1:${ACCOUNT}:repository/api`,
    ),
  ),
  given('a deployer of CloudFormation with administrator rights', 'cfn-exec', [BOTH, BROAD], allow('*', '*')),
  given('a deployer that may do all but IAM', 'power-ci', [BOTH, BROAD], {
    Effect: 'Allow',
    NotAction: ['iam:*', 'organizations:*'],
    Resource: '*',
  }),
  // People: data science, support, security, break-glass
  given(
    'a data scientist in a notebook',
    'notebook',
    [],
    allow(['s3:GetObject', 's3:ListBucket'], ['arn:aws:s3:::acme-lake', 'arn:aws:s3:::acme-lake/*']),
    allow(['athena:StartQueryExecution', 'athena:GetQueryResults', 'glue:GetTable'], '*'),
  ),
  given(
    'a data scientist who searches vectors of development',
    'notebook-vectors',
    [],
    allow(
      ['s3vectors:QueryVectors', 's3vectors:GetVectors', 's3vectors:ListVectors'],
      `${VECTORS}/acme-dev-vector-*/index/*`,
    ),
  ),
  given(
    'a data scientist with a bucket of any name',
    'notebook-any',
    [BROAD],
    allow(['s3vectors:QueryVectors'], `${VECTORS}/*`),
  ),
  given(
    'a data scientist who may experiment with vectors in development',
    'sandbox',
    [BOTH, BROAD],
    allow('s3vectors:*', `${VECTORS}/acme-dev-vector-sandbox*`),
  ),
  given(
    'a home directory in S3',
    'home',
    [],
    allow('s3:ListBucket', 'arn:aws:s3:::acme-home', {
      Condition: { StringLike: { 's3:prefix': '${aws:username}/*' } },
    }),
    allow('s3:*Object', 'arn:aws:s3:::acme-home/${aws:username}/*'),
  ),
  given(
    'support that looks at buckets and never into them',
    'support',
    [],
    allow(['s3:ListAllMyBuckets', 's3:GetBucketLocation', 's3:ListBucket'], '*'),
    allow(
      [
        's3vectors:ListVectorBuckets',
        's3vectors:GetVectorBucket',
        's3vectors:ListIndexes',
        's3vectors:GetIndex',
      ],
      '*',
    ),
  ),
  given(
    'an auditor who reads configuration',
    'auditor',
    [],
    allow(
      [
        's3:GetBucket*',
        's3:GetEncryptionConfiguration',
        's3:GetLifecycleConfiguration',
        'iam:Get*',
        'iam:List*',
        'kms:Describe*',
      ],
      '*',
    ),
  ),
  given(
    'an auditor with read access to all',
    'auditor-wide',
    [BROAD],
    allow(['s3:Get*', 's3:List*', 's3vectors:Get*', 's3vectors:List*'], '*'),
  ),
  given(
    'a break-glass administrator',
    'break-glass',
    [BOTH, BROAD],
    allow('*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
  ),
  given(
    'an administrator who is denied all data',
    'admin-without-data',
    [],
    allow('s3:*', '*'),
    deny(
      [
        's3:*Object*',
        's3:GetDataAccess',
        's3:AbortMultipartUpload',
        's3:BypassGovernanceRetention',
        's3:InitiateReplication',
        's3:ListMultipartUploadParts',
        's3:Replicate*',
      ],
      '*',
    ),
  ),
  given(
    'an administrator whose denial holds without MFA only',
    'admin-mfa',
    [BOTH],
    allow('s3:*', '*'),
    deny('s3:*', '*', { Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } }),
  ),
  given('a policy that only denies outside Regions', 'region-guard', [], {
    Effect: 'Deny',
    NotAction: ['iam:*', 'sts:*'],
    Resource: '*',
    Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1'] } },
  }),
  given(
    'self-service of credentials',
    'self-service',
    [],
    allow(
      ['iam:ChangePassword', 'iam:CreateAccessKey', 'iam:ListAccessKeys'],
      'arn:aws:iam::*:user/${aws:username}',
    ),
  ),
  // Evasions seen in the wild, or easily made by accident
  given(
    's3vectors with a question mark',
    'typo',
    [BROAD],
    allow('s3vectors:Query?ectors', `${VECTORS}/acme*`),
  ),
  given('capitals throughout', 'capitals', [BOTH, BROAD], allow('S3VECTORS:*', EPISODES)),
  given(
    'a resource pattern that only meets the embeddings',
    'meets',
    [BOTH],
    allow(['s3:PutObject', 's3:DeleteBucketPolicy'], 'arn:aws:s3:::*-embed*'),
  ),
  given('everything but one bucket', 'but-one', [BOTH], {
    Effect: 'Allow',
    Action: 's3:*',
    NotResource: ['arn:aws:s3:::acme-secrets', 'arn:aws:s3:::acme-secrets/*'],
  }),
  // Bucket and key policies
  given(
    'a bucket policy for a content delivery network',
    'acme-site',
    [],
    to(
      { Service: 'cloudfront.amazonaws.com' },
      allow('s3:GetObject', 'arn:aws:s3:::acme-site/*', {
        Condition: { StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::${ACCOUNT}:distribution/E1` } },
      }),
    ),
  ),
  given(
    'a public website',
    'acme-public',
    [PUBLIC],
    toEveryone(allow('s3:GetObject', 'arn:aws:s3:::acme-public/*')),
  ),
  given(
    'a bucket open to the organisation',
    'acme-shared',
    [],
    toEveryone(
      allow('s3:GetObject', 'arn:aws:s3:::acme-shared/*', {
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
      }),
    ),
  ),
  given(
    'a bucket that refuses requests without TLS',
    'acme-tls',
    [],
    toEveryone(
      deny('s3:*', ['arn:aws:s3:::acme-tls', 'arn:aws:s3:::acme-tls/*'], {
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ),
  ),
  given(
    'a bucket open to an address range',
    'acme-office',
    [PUBLIC],
    toEveryone(
      allow('s3:GetObject', 'arn:aws:s3:::acme-office/*', {
        Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      }),
    ),
  ),
  given(
    'a bucket that takes logs of the load balancer',
    'acme-lb-logs',
    [],
    to(
      { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      allow('s3:PutObject', 'arn:aws:s3:::acme-lb-logs/*'),
    ),
  ),
  // Trust
  given('a Lambda role', 'search-role', [], assumedBy({ Service: 'lambda.amazonaws.com' })),
  given(
    'a role for another account with an external id',
    'vendor',
    [],
    assumedBy(
      { AWS: 'arn:aws:iam::444455556666:root' },
      { Condition: { StringEquals: { 'sts:ExternalId': 'acme-7' } } },
    ),
  ),
  given(
    'a role that anyone may assume who knows an external id',
    'vendor-open',
    [PUBLIC],
    assumedBy('*', { Condition: { StringEquals: { 'sts:ExternalId': 'acme-7' } } }),
  ),
  given(
    'a deployer for the production environment of one repository',
    'deployer',
    [],
    github('repo:acme/vectors:environment:prod'),
  ),
  given(
    'a deployer for every branch of one repository',
    'deployer-branches',
    [TRUST],
    github('repo:acme/vectors:*', 'StringLike'),
  ),
  given(
    'a deployer for every repository of the company',
    'deployer-company',
    [TRUST],
    github('repo:acme/*', 'StringLike'),
  ),
  given('a deployer that forgot the subject', 'deployer-world', [TRUST], github(undefined)),
  given('single sign-on by SAML', 'sso', [], {
    Effect: 'Allow',
    Action: 'sts:AssumeRoleWithSAML',
    Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/corp` },
    Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
  }),
];
