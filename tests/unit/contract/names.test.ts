// Names are the security boundary: one spelling, one meaning.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { InvalidInputError } from '../../../contract/invalid-input';
import {
  bucketName,
  bucketNamePattern,
  bucketNameProblems,
  deployerRoleNameProblems,
  indexNameProblems,
  namePartProblems,
  parseBucketName,
  policyName,
  projectProblems,
  s3BucketNameProblems,
  serviceName,
  serviceNameLengthProblems,
  vectorBucketNameProblems,
} from '../../../contract/names';

const segment = fc.stringMatching(/^[a-z0-9]{1,6}$/);
const hyphenated = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('-'));
const nameParts = fc
  .record({ project: hyphenated, environment: segment, purpose: hyphenated }, { noNullPrototype: true })
  .filter((parts) => namePartProblems(parts).length === 0);

describe('bucket names', () => {
  it('are project, environment, the word vector and purpose', () => {
    assert.equal(
      bucketName({ project: 'acme', environment: 'dev', purpose: 'user-embeddings' }),
      'acme-dev-vector-user-embeddings',
    );
  });

  it('parse back into the parts that they were built from', () => {
    fc.assert(fc.property(nameParts, (parts) => assert.deepEqual(parseBucketName(bucketName(parts)), parts)));
  });

  it('stand for one set of parts only, also where a purpose contains "vector"', () => {
    assert.deepEqual(parseBucketName('acme-dev-vector-old-vector-data'), {
      project: 'acme',
      environment: 'dev',
      purpose: 'old-vector-data',
    });
    assert.match(projectProblems('acme-vector-x')[0] ?? '', /"vector" between hyphens/);
  });

  it('are refused with every faulty part at once', () => {
    assert.throws(
      () => bucketName({ project: 'Acme', environment: 'my-dev', purpose: '' }),
      (error) =>
        error instanceof InvalidInputError &&
        error.problems.length === 3 &&
        /project "Acme"/.test(error.message) &&
        /environment "my-dev"/.test(error.message) &&
        /purpose ""/.test(error.message),
    );
  });

  it('longer than 63 characters are refused with the number of characters to remove', () => {
    assert.deepEqual(
      namePartProblems({ project: 'p'.repeat(40), environment: 'dev', purpose: 'q'.repeat(20) }),
      [
        `"${'p'.repeat(40)}-dev-vector-${'q'.repeat(20)}" is 72 characters long and a bucket name has at most 63; ` +
          'shorten project, environment or purpose by 9.',
      ],
    );
  });

  it('cannot be of an environment whose names are those of the account-wide policies', () => {
    assert.match(
      namePartProblems({ project: 'acme', environment: 's3', purpose: 'x' })[0] ?? '',
      /account-wide policies/,
    );
  });

  it('never parse into parts that are not allowed', () => {
    for (const name of [
      'acme-vector-x',
      'vector-vector-x',
      '-dev-vector-x',
      'acme-dev-vector-',
      'acme_dev-vector-x',
    ]) {
      assert.equal(parseBucketName(name), undefined, name);
    }
  });

  it('of another project or environment are told apart', () => {
    assert.deepEqual(bucketNameProblems('acme-dev-vector-docs', { project: 'acme', environment: 'dev' }), []);
    assert.deepEqual(bucketNameProblems('acme-dev-vector-docs', { environment: 'prod' }), [
      '"acme-dev-vector-docs" has environment "dev" where "prod" is expected: <project>-prod-vector-<purpose>.',
    ]);
    assert.match(
      bucketNameProblems('my-bucket')[0] ?? '',
      /does not follow <project>-<environment>-vector-<purpose>/,
    );
    assert.match(bucketNameProblems('A')[0] ?? '', /has 1 characters/);
  });
});

describe('IAM name patterns', () => {
  it('cover all environments or one', () => {
    assert.equal(bucketNamePattern('acme'), 'acme-*-vector-*');
    assert.equal(bucketNamePattern('acme', 'dev'), 'acme-dev-vector-*');
  });

  it('cannot be widened by a wildcard in the project or environment', () => {
    assert.throws(() => bucketNamePattern('*'), InvalidInputError);
    assert.throws(() => bucketNamePattern('acme', 'd*'), InvalidInputError);
  });

  it('match every name of the project', () => {
    fc.assert(
      fc.property(nameParts, (parts) => {
        const pattern = new RegExp(`^${bucketNamePattern(parts.project).replaceAll('*', '.*')}$`);
        assert.match(bucketName(parts), pattern);
      }),
    );
  });
});

describe('names of the service', () => {
  it('for vector buckets are 3 to 63 lower-case letters, digits and hyphens', () => {
    assert.deepEqual(vectorBucketNameProblems('abc'), []);
    for (const name of ['ab', 'a'.repeat(64), 'Abc', 'a.bc', '-abc', 'abc-', '']) {
      assert.notEqual(vectorBucketNameProblems(name).length, 0, name);
    }
  });

  it('for indexes may hold dots too', () => {
    assert.deepEqual(indexNameProblems('episodes.v2'), []);
    for (const name of ['.abc', 'abc.', 'a/b', 'ab'])
      assert.notEqual(indexNameProblems(name).length, 0, name);
  });

  it('for policies and the service are fixed', () => {
    assert.equal(policyName.management('acme'), 'acme-s3-vector-management');
    assert.equal(policyName.serviceAccess('acme'), 'acme-s3-vector-service-access');
    assert.equal(policyName.bedrockInvocation('acme'), 'acme-bedrock-invocation');
    assert.equal(serviceName('acme', 'dev'), 'acme-dev-vector-service');
  });

  it('are refused where IAM and Lambda have no room for them, with what is too much', () => {
    assert.deepEqual(deployerRoleNameProblems('a'.repeat(48)), []);
    assert.match(
      deployerRoleNameProblems('a'.repeat(50))[0] ?? '',
      /66 characters .* at most 64; shorten project by 2/,
    );
    assert.deepEqual(serviceNameLengthProblems('a'.repeat(44), 'dev'), []);
    assert.match(
      serviceNameLengthProblems('a'.repeat(45), 'dev12')[0] ?? '',
      /shorten project or environment by 2/,
    );
  });

  it('for buckets of S3 may hold dots, not side by side and not as an IP address', () => {
    assert.deepEqual(s3BucketNameProblems('team.logs'), []);
    for (const name of ['a..b', '192.168.0.1', 'No', 'ab'])
      assert.notDeepEqual(s3BucketNameProblems(name), []);
  });
});
