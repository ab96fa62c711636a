// What is plain is judged where it was written, all of it in one error, whatever else is not known yet.
import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import {
  EmbeddingBucket,
  EncryptionKey,
  GithubDeployer,
  ServiceAccess,
  VectorAccessPolicy,
  VectorBucket,
  VectorIndex,
} from '../../../components/index';
import { InvalidInputError } from '../../../contract/invalid-input';
import { record } from './recorded-program';

const NAME = { project: 'acme', environment: 'dev', purpose: 'knowledge' };
const BAD = { project: 'Acme', environment: 'BAD-ENV', purpose: 'no_purpose' };
const NAME_FAULTS = [/project "Acme"/, /environment "BAD-ENV"/, /purpose "no_purpose"/];
const POLICY_ARN = 'arn:aws:iam::123456789012:policy/acme-dev-vector-knowledge-read';
const INDEX = { dimension: 8, distanceMetric: 'cosine' } as const;
const tags = { 'aws:team': 'x' };
/** What a program that is not type-checked gives. */
const untyped = (value: string) => value as never;

const cases: Record<string, readonly [() => unknown, readonly RegExp[]]> = {
  'VectorBucket: name, key, statement, indexes and tags': [
    () =>
      new VectorBucket('bad', {
        ...BAD,
        encryptionKeyArn: 'alias/x',
        tags,
        policyStatements: [
          {
            sid: 'One',
            effect: untyped('allow'),
            principals: ['123456789012'],
            actions: ['s3vectors:Querry'],
            indexNames: ['No'],
          },
        ],
        indexes: { good: INDEX, bad: { ...INDEX, dimension: 0, encryptionKeyArn: 'alias/y' } },
      }),
    [
      ...NAME_FAULTS,
      /encryptionKeyArn "alias\/x"/,
      /tag "aws:team": keys that begin with "aws:" are reserved/,
      /statement "One": effect "allow" must be "Allow" or "Deny"/,
      /statement "One": action "s3vectors:Querry"/,
      /statement "One": index name "No" has 2 characters/,
      /statement "One": index name "No" may hold/,
      /index "bad": dimension 0/,
      /index "bad": encryptionKeyArn "alias\/y"/,
    ],
  ],
  'EmbeddingBucket: name, key, days, log bucket and tags': [
    () =>
      new EmbeddingBucket('bad', {
        ...BAD,
        encryptionKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/alias/foo bar',
        archiveAfterDays: 0,
        accessLogBucketName: 'a..b',
        tags,
      }),
    [
      ...NAME_FAULTS,
      /encryptionKeyArn "/,
      /archiveAfterDays 0/,
      /accessLogBucketName "a\.\.b"/,
      /"aws:team"/,
    ],
  ],
  'VectorIndex: both names, shape, key and tags': [
    () =>
      new VectorIndex('bad', {
        vectorBucketName: 'no.bucket',
        indexName: 'No_Index',
        dimension: 5000,
        distanceMetric: untyped('dot'),
        encryptionKeyArn: 'alias/x',
        tags,
      }),
    [
      /vector bucket name "no.bucket"/,
      /index name "No_Index"/,
      /dimension 5000/,
      /distance metric "dot"/,
      /encryptionKeyArn "alias\/x"/,
      /"aws:team"/,
    ],
  ],
  'VectorIndex that is adopted: what exists and what it is declared to be': [
    () => new VectorIndex('bad', { existing: { name: 'notes', arn: 'x' }, ...INDEX, dimension: 0 }),
    [/existing has both/, /vectorBucketName|existing/, /dimension 0/],
  ],
  'VectorAccessPolicy: name, access, bucket, indexes and keys': [
    () =>
      new VectorAccessPolicy('bad', {
        ...BAD,
        access: untyped('readWrite'),
        vectorBucketName: 'no.bucket',
        indexNames: ['No_Index'],
        encryptionKeyArn: 'alias/x',
        indexEncryptionKeyArns: ['alias/y'],
      }),
    [
      ...NAME_FAULTS,
      /access "readWrite" must be "read" or "read-write"/,
      /vector bucket name "no.bucket"/,
      /index name "No_Index"/,
      /encryptionKeyArn "alias\/x"/,
      /indexEncryptionKeyArns\[0\] "alias\/y"/,
    ],
  ],
  'ServiceAccess: host, role, policies and settings': [
    () =>
      new ServiceAccess('bad', {
        host: untyped('apprunner'),
        roleName: 'arn:aws:iam::123456789012:role/services/search',
        vectorAccessPolicyArn: 'vectors-read',
        vectorBucketName: 'acme-dev-vector-knowledge',
        indexName: 'episodes',
        dimension: 0,
        modelId: '',
        embeddingBucketName: '192.168.0.1',
      }),
    [
      /host "apprunner" must be "lambda" or "app-runner"/,
      /roleName "arn:.*" is an ARN; give the name of the role, "search"/,
      /vectorAccessPolicyArn "vectors-read" must be an ARN like/,
      /dimension 0/,
      /modelId is empty/,
      /embeddingBucketName "192.168.0.1"/,
    ],
  ],
  'GithubDeployer: project, environments and workflows': [
    () =>
      new GithubDeployer('bad', {
        project: 'a'.repeat(49),
        environments: ['BAD-ENV'],
        repositories: ['acme/*'],
        branches: ['main'],
        managementPolicyArn: POLICY_ARN,
      }),
    [
      /is 65 characters long and the name of a role has at most 64; shorten project by 1/,
      /environment "BAD-ENV"/,
      /acme\/\*/,
    ],
  ],
  'EncryptionKey: a wrong environment beside a project that is not known yet': [
    () => new EncryptionKey('bad', { project: pulumi.output('acme'), environment: 'BAD-ENV' }),
    [/environment "BAD-ENV"/],
  ],
  'VectorBucket: a wrong environment beside a project that is not known yet': [
    () => new VectorBucket('bad', { ...NAME, project: pulumi.output('acme'), environment: 'BAD-ENV' }),
    [/environment "BAD-ENV"/],
  ],
  'VectorIndex: a wrong dimension beside a name that is not known yet': [
    () =>
      new VectorIndex('bad', {
        vectorBucketName: pulumi.output('acme-dev-vector-knowledge'),
        indexName: pulumi.output('notes'),
        dimension: 5000,
        distanceMetric: 'cosine',
      }),
    [/dimension 5000/],
  ],
  'tags: a reserved key beside a value that is not known yet': [
    () => new VectorBucket('bad', { ...NAME, tags: { 'AWS:x': pulumi.output('y') } }),
    [/tag "AWS:x"/],
  ],
};

describe('the faults of plain arguments', () => {
  for (const [what, [make, expected]] of Object.entries(cases)) {
    it(`are thrown at once, all of them, before anything is declared: ${what}`, async () => {
      const run = await record(() => {
        assert.throws(make, (error) => {
          assert.ok(error instanceof InvalidInputError);
          for (const pattern of expected) assert.match(error.message, pattern);
          if (!what.includes('adopted')) assert.equal(error.problems.length, expected.length, error.message);
          return true;
        });
      });
      assert.deepEqual(run.resources, []);
    });
  }
});
