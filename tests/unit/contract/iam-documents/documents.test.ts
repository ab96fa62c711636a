import assert from 'node:assert/strict';
import { many } from '../../../../contract/iam/document';
import type { PolicyDocument } from '../../../../contract/iam/document';
import { bedrockInvocationDocument } from '../../../../contract/iam/documents/bedrock-invocation';
import { deploymentDocument } from '../../../../contract/iam/documents/deployment';
import { documentSize, documentSizeProblems } from '../../../../contract/iam/documents/document-size';
import type { DOCUMENT_SIZE } from '../../../../contract/iam/documents/document-size';
import { githubTrustDocument, githubWorkflowProblems } from '../../../../contract/iam/documents/github-trust';
import { keyPolicyDocument, keyPrincipalProblems } from '../../../../contract/iam/documents/key-policy';
import { lambdaLogsDocument } from '../../../../contract/iam/documents/lambda-logs';
import { managementDocument } from '../../../../contract/iam/documents/management';
import { serviceAccessDocument } from '../../../../contract/iam/documents/service-access';
import { serviceBoundaryDocument } from '../../../../contract/iam/documents/service-boundary';
import { serviceTrustDocument } from '../../../../contract/iam/documents/service-trust';
import { tlsOnlyDocument } from '../../../../contract/iam/documents/tls-only';
import { vectorAccessDocument } from '../../../../contract/iam/documents/vector-access';
import { evaluate } from '../../../../contract/iam/evaluator/evaluate';
import { S3_VECTORS_OPERATION_PERMISSIONS } from '../../../../contract/iam/required-permissions';
import {
  vectorBucketGrantProblems,
  vectorBucketPolicyDocument,
} from '../../../../contract/iam/documents/vector-bucket-policy';
import { ACME, PLACE, statement } from './documents';

const CHINA = { partition: 'aws-cn', region: 'cn-north-1', accountId: '123456789012' };
const BUCKET = 'acme-dev-vector-knowledge';
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/abc';
const WORKFLOWS = { repositories: ['acme/vectors'], environments: ['prod'] };

const documents: Record<string, [PolicyDocument, keyof typeof DOCUMENT_SIZE, string[]]> = {
  management: [
    managementDocument(PLACE, ACME),
    'managed',
    [
      'VectorBucketManagement',
      'VectorBucketListing',
      'EmbeddingBucketManagement',
      'CloudControl',
      'NoObjectData',
      'NoVectorData',
    ],
  ],
  deployment: [
    deploymentDocument(PLACE, ACME),
    'managed',
    [
      'KeyCreation',
      'KeyAdministration',
      'KeyAliases',
      'KeyAliasListing',
      'KeyUseAtCreation',
      'ManagedPolicies',
      'ServiceRoles',
      'ServiceRolesWithinBoundary',
      'ServiceRolePassing',
      'Functions',
      'BootstrapStaysAsItIs',
      'NoInvocation',
      'NoServiceRoleSession',
    ],
  ],
  'service access': [
    serviceAccessDocument(PLACE, ACME),
    'managed',
    ['EmbeddingObjects', 'EmbeddingListing', 'NoBucketAdministration', 'NoVectorBucketAdministration'],
  ],
  'service boundary': [
    serviceBoundaryDocument(PLACE, ACME),
    'managed',
    ['Vectors', 'EmbeddingObjects', 'EncryptionKeyUse', 'ModelInvocation', 'FunctionLogs'],
  ],
  'vector access': [
    vectorAccessDocument(PLACE, { vectorBucketName: BUCKET, write: true, encryptionKeyArns: [KEY] }),
    'managed',
    ['VectorBucketAccess', 'VectorIndexOperations', 'EncryptionKeyUse'],
  ],
  'bedrock invocation': [
    bedrockInvocationDocument(PLACE, ['amazon.titan-embed-text-v2:0']),
    'managed',
    ['EmbeddingModelInvocation'],
  ],
  'lambda logs': [lambdaLogsDocument(PLACE, 'acme-dev-vector-service'), 'managed', ['FunctionLog']],
  'GitHub trust': [githubTrustDocument(PLACE, WORKFLOWS), 'trust', ['GithubWorkflows']],
  'service trust': [serviceTrustDocument('lambda'), 'trust', ['ServiceTrust']],
  'key policy': [
    keyPolicyDocument(PLACE, { userArns: ['arn:aws:iam::210987654321:role/reader'] }),
    'keyPolicy',
    ['AccountAdministration', 'UseThroughStorageServices', 'S3VectorsIndexing', 'NamedUsers'],
  ],
  'TLS only': [tlsOnlyDocument(PLACE, BUCKET), 'bucketPolicy', ['TlsOnly']],
};

describe('IAM documents', () => {
  for (const [name, [document, kind, sids]] of Object.entries(documents)) {
    it(`${name}: keeps its Sids, fits its size, and states an action and an effect everywhere`, () => {
      assert.deepEqual(
        many(document.Statement).map(({ Sid }) => Sid),
        sids,
      );
      assert.deepEqual(documentSizeProblems(document, kind), []);
      for (const each of many(document.Statement)) {
        assert.ok(many(each.Action).length > 0);
        assert.equal(each.NotAction ?? each.NotResource ?? each.NotPrincipal, undefined);
      }
    });
  }

  it('count no white space, and say what to do about one that is too large', () => {
    const document = tlsOnlyDocument(PLACE, BUCKET);
    assert.equal(documentSize(document), JSON.stringify(document).length);
    const large = bedrockInvocationDocument(PLACE, Array<string>(100).fill('amazon.titan-embed-text-v2:0'));
    assert.match(documentSizeProblems(large, 'managed')[0] ?? '', /at most 6144 are allowed; name fewer/);
  });

  it('have room for six environments in the deployment policy, and refuse what it cannot hold', () => {
    const sizeWith = (count: number) => {
      const environments = Array.from({ length: count }, (_, at) => `environment${at}`);
      return documentSizeProblems(deploymentDocument(PLACE, { project: 'acme', environments }), 'managed');
    };
    assert.deepEqual(sizeWith(6), []);
    assert.match(sizeWith(12)[0] ?? '', /at most 6144 are allowed; name fewer environments/);
  });

  it('have room for ten environments in the management policy', () => {
    const environments = Array.from({ length: 10 }, (_, at) => `environment${at}`);
    assert.deepEqual(
      documentSizeProblems(managementDocument(PLACE, { project: 'acme', environments }), 'managed'),
      [],
    );
  });

  describe('vector access', () => {
    it('has the two statements of the original design, GetVectors in both forms', () => {
      const read = vectorAccessDocument(PLACE, { vectorBucketName: BUCKET, write: false });
      assert.deepEqual(read.Statement, [
        {
          Sid: 'VectorBucketAccess',
          Effect: 'Allow',
          Action: ['s3vectors:GetVectorBucket', 's3vectors:ListIndexes'],
          Resource: `arn:aws:s3vectors:us-east-1:123456789012:bucket/${BUCKET}`,
        },
        {
          Sid: 'VectorIndexOperations',
          Effect: 'Allow',
          Action: [
            's3vectors:GetIndex',
            's3vectors:GetVectors',
            's3vectors:ListVectors',
            's3vectors:QueryVectors',
          ],
          Resource: [`arn:aws:s3vectors:us-east-1:123456789012:bucket/${BUCKET}/index/*`],
        },
      ]);
      const write = vectorAccessDocument(PLACE, { vectorBucketName: BUCKET, write: true });
      assert.deepEqual(many(statement(write, 'VectorIndexOperations').Action).slice(-2), [
        's3vectors:DeleteVectors',
        's3vectors:PutVectors',
      ]);
    });

    it('narrows to named indexes', () => {
      const document = vectorAccessDocument(PLACE, {
        vectorBucketName: BUCKET,
        indexNames: ['episodes'],
        write: false,
      });
      assert.deepEqual(statement(document, 'VectorIndexOperations').Resource, [
        `arn:aws:s3vectors:us-east-1:123456789012:bucket/${BUCKET}/index/episodes`,
      ]);
    });

    it('allows the key through the storage services only', () => {
      const document = vectorAccessDocument(PLACE, {
        vectorBucketName: BUCKET,
        write: true,
        encryptionKeyArns: [KEY],
      });
      assert.deepEqual(statement(document, 'EncryptionKeyUse'), {
        Sid: 'EncryptionKeyUse',
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: KEY,
        Condition: {
          StringEquals: {
            'kms:ViaService': ['s3.us-east-1.amazonaws.com', 's3vectors.us-east-1.amazonaws.com'],
          },
        },
      });
    });
  });

  describe('key use', () => {
    const reading = vectorAccessDocument(PLACE, {
      vectorBucketName: BUCKET,
      write: false,
      encryptionKeyArns: [KEY],
    });

    it('of who reads vectors is to decrypt, which is all that an operation that reads asks for', () => {
      assert.equal(statement(reading, 'EncryptionKeyUse').Action, 'kms:Decrypt');
      for (const operation of ['GetVectors', 'ListVectors', 'QueryVectors']) {
        assert.deepEqual(S3_VECTORS_OPERATION_PERMISSIONS[operation]?.keyActions, ['kms:Decrypt']);
      }
    });

    for (const [action, service, expected] of [
      ['kms:GenerateDataKey', 's3', 'allowed'],
      ['kms:Decrypt', 's3', 'allowed'],
      ['kms:Decrypt', 's3vectors', 'implicitlyDenied'],
      ['kms:Encrypt', 's3', 'implicitlyDenied'],
    ] as const) {
      it(`of who works with objects: ${action} through ${service} is ${expected}`, () => {
        const key = { name: 'key', document: keyPolicyDocument(PLACE) };
        const outcomeWith = (keyArns: readonly string[]) =>
          evaluate(
            {
              caller: { kind: 'aws', arn: 'arn:aws:sts::123456789012:assumed-role/service/run' },
              action,
              resource: KEY,
              context: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` },
            },
            {
              identity: [{ name: 'service access', document: serviceAccessDocument(PLACE, ACME, keyArns) }],
              resource: [key],
            },
          ).outcome;
        assert.equal(outcomeWith([KEY]), expected);
        assert.equal(outcomeWith([]), 'implicitlyDenied');
      });
    }
  });

  describe('Bedrock invocation', () => {
    const PROFILE_ARN = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.cohere.embed-v4:0';
    const profile = { profileId: 'us.cohere.embed-v4:0', regions: ['us-west-2'] };

    it('allows a profile, and its model in every Region of it through the profile only', () => {
      const document = bedrockInvocationDocument(PLACE, ['amazon.titan-embed-text-v2:0'], [profile]);
      assert.deepEqual(statement(document, 'EmbeddingModelInvocation').Resource, [
        'arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0',
      ]);
      assert.deepEqual(statement(document, 'InferenceProfileInvocation').Resource, [PROFILE_ARN]);
      assert.deepEqual(statement(document, 'ModelsThroughProfiles'), {
        Sid: 'ModelsThroughProfiles',
        Effect: 'Allow',
        Action: 'bedrock:InvokeModel',
        Resource: [
          'arn:aws:bedrock:us-east-1::foundation-model/cohere.embed-v4:0',
          'arn:aws:bedrock:us-west-2::foundation-model/cohere.embed-v4:0',
        ],
        Condition: { StringEquals: { 'bedrock:InferenceProfileArn': [PROFILE_ARN] } },
      });
    });

    it('names the model without a Region too for a global profile', () => {
      const global = { profileId: 'global.cohere.embed-v4:0', regions: ['eu-west-1'] };
      const models = statement(bedrockInvocationDocument(PLACE, [], [global]), 'ModelsThroughProfiles');
      assert.deepEqual(many(models.Resource).at(-1), 'arn:aws:bedrock:::foundation-model/cohere.embed-v4:0');
    });

    it('gives no statement without a resource where only profiles, or only models, are named', () => {
      const sids = (document: PolicyDocument) => many(document.Statement).map(({ Sid }) => Sid);
      assert.deepEqual(sids(bedrockInvocationDocument(PLACE, [], [profile])), [
        'InferenceProfileInvocation',
        'ModelsThroughProfiles',
      ]);
      assert.deepEqual(sids(bedrockInvocationDocument(PLACE, ['cohere.embed-v4:0'])), [
        'EmbeddingModelInvocation',
      ]);
    });

    it('keeps a profile within the boundary of services', () => {
      assert.deepEqual(
        statement(serviceBoundaryDocument(PLACE, ACME, [profile]), 'InferenceProfileInvocation').Resource,
        [PROFILE_ARN],
      );
    });

    for (const [change, problem] of [
      [{ profileId: 'cohere.embed-v4:0' }, /"cohere.embed-v4:0" is no inference profile/],
      [{ profileId: 'us.*' }, /"us.\*" is no inference profile/],
      [{ regions: [] }, /names no Region/],
      [{ regions: ['*'] }, /"\*", of inference profile "us.cohere.embed-v4:0", is no Region/],
    ] as const) {
      it(`refuses ${JSON.stringify(change)}`, () => {
        assert.throws(() => bedrockInvocationDocument(PLACE, [], [{ ...profile, ...change }]), problem);
      });
    }
  });

  describe('key policy', () => {
    it('names administrators who neither use the key nor hand it on', () => {
      const administratorArns = ['arn:aws:iam::123456789012:role/keys'];
      const named = statement(keyPolicyDocument(PLACE, { administratorArns }), 'NamedAdministrators');
      assert.deepEqual(named.Principal, { AWS: administratorArns });
      assert.deepEqual(
        many(named.Action),
        many(statement(keyPolicyDocument(PLACE), 'AccountAdministration').Action),
      );
    });

    for (const [principals, problem] of [
      [{ userArns: ['*'] }, /userArns: "\*" must be the ARN of a role/],
      [{ administratorArns: ['123456789012'] }, /administratorArns: "123456789012" must be/],
      [
        {
          userArns: ['arn:aws:iam::123456789012:user/a'],
          administratorArns: ['arn:aws:iam::123456789012:user/a'],
        },
        /who administers does not decrypt/,
      ],
    ] as const) {
      it(`refuses ${JSON.stringify(principals)}`, () => {
        assert.match(keyPrincipalProblems(principals).join(' '), problem);
      });
    }

    it('takes roles, users, sessions and the root of an account', () => {
      const userArns = [
        'arn:aws:iam::123456789012:role/path/reader',
        'arn:aws-cn:iam::123456789012:user/someone@example.com',
        'arn:aws:sts::123456789012:assumed-role/reader/session',
        'arn:aws:iam::123456789012:root',
      ];
      assert.deepEqual(keyPrincipalProblems({ userArns }), []);
    });

    it('grants indexing under all three conditions', () => {
      assert.deepEqual(statement(keyPolicyDocument(PLACE), 'S3VectorsIndexing'), {
        Sid: 'S3VectorsIndexing',
        Effect: 'Allow',
        Principal: { Service: 'indexing.s3vectors.amazonaws.com' },
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: {
          StringEquals: { 'aws:SourceAccount': '123456789012' },
          ArnLike: { 'aws:SourceArn': 'arn:aws:s3vectors:us-east-1:123456789012:bucket/*' },
          'ForAnyValue:StringEquals': {
            'kms:EncryptionContextKeys': ['aws:s3vectors:arn', 'aws:s3vectors:resource-id'],
          },
        },
      });
    });

    it('keeps administration and use apart: who administers does not decrypt', () => {
      const administration = many(statement(keyPolicyDocument(PLACE), 'AccountAdministration').Action);
      for (const action of administration) {
        assert.doesNotMatch(action, /Encrypt|Decrypt|GenerateDataKey|CreateGrant|\*/);
      }
      assert.notEqual(statement(keyPolicyDocument(PLACE), 'UseThroughStorageServices').Condition, undefined);
    });

    it('names no further users where none are given', () => {
      assert.throws(() => statement(keyPolicyDocument(PLACE, { userArns: [] }), 'NamedUsers'));
    });
  });

  describe('GitHub trust', () => {
    it('asks for the exact audience and the exact subjects', () => {
      const document = githubTrustDocument(PLACE, {
        repositories: ['acme/vectors', 'acme/search'],
        environments: ['prod'],
        branches: ['main'],
      });
      assert.deepEqual(statement(document, 'GithubWorkflows'), {
        Sid: 'GithubWorkflows',
        Effect: 'Allow',
        Principal: {
          Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
        },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': [
              'repo:acme/vectors:environment:prod',
              'repo:acme/vectors:ref:refs/heads/main',
              'repo:acme/search:environment:prod',
              'repo:acme/search:ref:refs/heads/main',
            ],
          },
        },
      });
    });

    it('takes a repository with its ids, for the subject that has them', () => {
      const document = githubTrustDocument(PLACE, {
        repositories: ['octocat@123456/my-repo@456789', 'octocat/older'],
        environments: ['dev'],
      });
      const { Condition } = statement(document, 'GithubWorkflows');
      assert.deepEqual(Condition?.['StringEquals']?.['token.actions.githubusercontent.com:sub'], [
        'repo:octocat@123456/my-repo@456789:environment:dev',
        'repo:octocat/older:environment:dev',
      ]);
    });

    for (const repository of [
      'octocat@123456/my-repo',
      'octocat/my-repo@456789',
      'octocat@*/my-repo@456789',
      'octocat@123456/*@456789',
      'octocat@123456/my-repo@?',
      'octocat@x/my-repo@y',
      '@1/my-repo@2',
      'octocat@1/@2',
    ]) {
      it(`refuses ${repository}: both ids or none, and no wildcard`, () => {
        assert.match(
          githubWorkflowProblems({ repositories: [repository], environments: ['prod'] }).join(' '),
          /must be written owner\/name, or owner@id\/name@id/,
        );
      });
    }

    for (const [workflows, problem] of [
      [{ repositories: [], environments: ['prod'] }, /no repository is named/],
      [{ repositories: ['acme/*'], environments: ['prod'] }, /"acme\/\*" must be written owner\/name/],
      [{ repositories: ['*'], environments: ['prod'] }, /"\*" must be written owner\/name/],
      [{ repositories: ['acme/vectors'] }, /neither an environment nor a branch/],
      [{ repositories: ['acme/vectors'], branches: ['*'] }, /branch "\*" may hold/],
      [{ repositories: ['acme/vectors'], environments: ['a:b'] }, /environment "a:b" may hold/],
    ] as const) {
      it(`refuses ${JSON.stringify(workflows)}`, () => {
        assert.match(githubWorkflowProblems(workflows).join(' '), problem);
        assert.throws(() => githubTrustDocument(PLACE, workflows), problem);
      });
    }
  });

  describe('vector bucket policy', () => {
    const grant = {
      sid: 'Partner',
      effect: 'Allow' as const,
      principals: ['210987654321'],
      actions: ['s3vectors:QueryVectors'],
    };

    it('covers the bucket and its indexes, or the named indexes', () => {
      const arn = `arn:aws:s3vectors:us-east-1:123456789012:bucket/${BUCKET}`;
      const document = vectorBucketPolicyDocument(PLACE, BUCKET, [grant]);
      assert.deepEqual(statement(document, 'Partner').Resource, [arn, `${arn}/index/*`]);
      const narrow = vectorBucketPolicyDocument(PLACE, BUCKET, [{ ...grant, indexNames: ['episodes'] }]);
      assert.deepEqual(statement(narrow, 'Partner').Resource, [`${arn}/index/episodes`]);
    });

    for (const [change, problem] of [
      [{ principals: ['*'] }, /S3 Vectors refuses public access/],
      [{ principals: [] }, /no principal is named/],
      [{ actions: [] }, /no action is named/],
      [{ actions: ['s3vectors:*'] }, /must be one action of S3 Vectors/],
      [{ actions: ['s3:GetObject'] }, /must be one action of S3 Vectors/],
      [{ sid: 'not-a-sid' }, /may hold letters and digits only/],
    ] as const) {
      it(`refuses ${JSON.stringify(change)}`, () => {
        assert.match(vectorBucketGrantProblems([{ ...grant, ...change }]).join(' '), problem);
      });
    }

    it('refuses two statements of one name', () => {
      assert.match(vectorBucketGrantProblems([grant, grant]).join(' '), /"Partner" is given twice/);
    });
  });

  it('are written for the partition of their place', () => {
    const trust = githubTrustDocument(CHINA, WORKFLOWS);
    assert.deepEqual(statement(trust, 'GithubWorkflows').Principal, {
      Federated: 'arn:aws-cn:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
    });
    const policy = keyPolicyDocument(CHINA);
    assert.deepEqual(statement(policy, 'UseThroughStorageServices').Condition, {
      StringEquals: {
        'kms:ViaService': ['s3.cn-north-1.amazonaws.com.cn', 's3vectors.cn-north-1.amazonaws.com.cn'],
      },
    });
    assert.ok(!JSON.stringify(managementDocument(CHINA, ACME)).includes('arn:aws:'));
  });
});
