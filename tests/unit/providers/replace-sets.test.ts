// What makes a new resource. For aws-native the SDK package itself says it; @pulumi/aws does not, so there the list is
// what the schemas of hashicorp/terraform-provider-aws say (ForceNew, RequiresReplace), read from its sources.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { awsPackage } from '../../../local/providers/aws/package';
import { NATIVE_TYPES } from '../../../local/providers/aws-native/resource-types';
import type { ObjectShape } from '../../../local/providers/plugin/shape';

const require_ = createRequire(__filename);
const replacing = ({ properties }: ObjectShape): string[] =>
  Object.keys(properties)
    .filter((name) => properties[name]?.replaces === true)
    .sort();

describe('the replace-on-change sets of aws-native', () => {
  const files: Record<string, string> = {
    VectorBucket: 'vectorBucket.js',
    Index: 'index_.js',
    VectorBucketPolicy: 'vectorBucketPolicy.js',
  };
  for (const type of NATIVE_TYPES) {
    const name = type.token.split(':').at(-1) ?? '';
    const source = readFileSync(
      require_.resolve(`@pulumi/aws-native/s3vectors/${files[name] ?? ''}`),
      'utf8',
    );

    it(`are those of the SDK’s class ${name}`, () => {
      const found = /replaceOnChanges: (\[[^\]]*\])/.exec(source)?.[1];
      assert.ok(found !== undefined, 'the SDK class has a replaceOnChanges list');
      assert.deepEqual(replacing(type.inputs), (JSON.parse(found) as string[]).sort());
    });

    it(`go with the properties of the SDK’s class ${name}`, () => {
      const given = [...source.matchAll(/resourceInputs\["(\w+)"\] = args\?\.\1/g)].map((match) => match[1]);
      assert.deepEqual(Object.keys(type.inputs.properties).sort(), given.sort());
      const outputs = [...source.matchAll(/resourceInputs\["(\w+)"\] = undefined \/\*out\*\//g)].map(
        (match) => match[1],
      );
      const readOnly = [...new Set(outputs)].filter((output) => !given.includes(output));
      assert.deepEqual([...type.readOnly].sort(), readOnly.sort());
    });
  }
});

describe('the replace sets of aws', () => {
  const forceNew: Record<string, string[]> = {
    'aws:s3/bucket:Bucket': ['bucket', 'region'],
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': [
      'bucket',
      'region',
    ],
    'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': ['bucket', 'region'],
    'aws:s3/bucketLogging:BucketLogging': ['bucket', 'region'],
    'aws:s3/bucketOwnershipControls:BucketOwnershipControls': ['bucket', 'region'],
    'aws:s3/bucketPolicy:BucketPolicy': ['bucket', 'region'],
    'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': ['bucket', 'region'],
    'aws:s3/bucketVersioning:BucketVersioning': ['bucket', 'region'],
    'aws:kms/key:Key': ['customerMasterKeySpec', 'keyUsage', 'multiRegion', 'region'],
    'aws:kms/alias:Alias': ['name', 'region'],
    'aws:lambda/function:Function': ['name', 'packageType', 'region'],
    'aws:iam/openIdConnectProvider:OpenIdConnectProvider': ['url'],
    'aws:iam/policy:Policy': ['description', 'name', 'path'],
    'aws:iam/role:Role': ['name', 'path'],
    'aws:iam/rolePolicy:RolePolicy': ['name', 'role'],
    'aws:iam/rolePolicyAttachment:RolePolicyAttachment': ['policyArn', 'role'],
    'aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy': ['region', 'vectorBucketArn'],
  };

  it('are those of the Terraform provider, for every resource', () => {
    assert.deepEqual(
      Object.fromEntries(awsPackage.resources.map(({ token, inputs }) => [token, replacing(inputs)])),
      forceNew,
    );
  });

  it('belong to resources and properties of the SDK package', () => {
    for (const { token, inputs } of awsPackage.resources) {
      const [, module] = token.split(':');
      const source = readFileSync(require_.resolve(`@pulumi/aws/${module ?? ''}.js`), 'utf8');
      assert.ok(source.includes(`__pulumiType = '${token}'`), token);
      const given = [...source.matchAll(/resourceInputs\["(\w+)"\] = args\?\.\1/g)].map((match) => match[1]);
      assert.deepEqual(Object.keys(inputs.properties).sort(), given.sort(), token);
    }
  });
});
