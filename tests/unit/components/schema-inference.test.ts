import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { Analyzer } from '@pulumi/pulumi/provider/experimental/analyzer';
import { generateSchema } from '@pulumi/pulumi/provider/experimental/schema';
import * as components from '../../../components/index';
import { schemaText } from './schema-text';

const SNAPSHOT = join(__dirname, 'schema.snapshot.txt');
const root = resolve(__dirname, '..', '..', '..');
const names = Object.entries(components)
  .filter(([, value]) => typeof value === 'function' && value.prototype instanceof pulumi.ComponentResource)
  .map(([name]) => name);

// Type-checks the components as `pulumi package get-schema` does, which takes some seconds.
describe('schema inference', function () {
  this.timeout(120_000);
  let directory: string;
  let analyzed: ReturnType<Analyzer['analyze']>;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'schema-inference-'));
    // The plugin host reads the tsconfig of its directory: this one leaves tests and the other rooms out.
    writeFileSync(
      join(directory, 'tsconfig.json'),
      JSON.stringify({ extends: join(root, 'tsconfig.json'), include: [join(root, 'components')] }),
    );
    const main = relative(directory, join(root, 'components', 'index.ts'));
    const packageJson = { name: 'pulumi-s3-vectors', main, dependencies: {} };
    analyzed = new Analyzer(directory, 'pulumi-s3-vectors', packageJson, new Set(names)).analyze();
  });

  after(() => rmSync(directory, { recursive: true, force: true }));

  it('takes every component, with a description of the component and of every argument and output', () => {
    assert.deepEqual(Object.keys(analyzed.components).sort(), [
      'BedrockInvocationPolicy',
      'EmbeddingBucket',
      'EncryptionKey',
      'GithubDeployer',
      'ManagementPolicy',
      'ServiceAccess',
      'ServiceAccessPolicy',
      'VectorAccessPolicy',
      'VectorBucket',
      'VectorIndex',
    ]);
    for (const [name, component] of Object.entries(analyzed.components)) {
      assert.ok(component.description, name);
      for (const [property, { description }] of Object.entries({
        ...component.inputs,
        ...component.outputs,
      })) {
        assert.ok(description, `${name}.${property}`);
      }
    }
  });

  it('leaks no private field into the outputs', () => {
    for (const [name, { outputs }] of Object.entries(analyzed.components)) {
      for (const [property, definition] of Object.entries(outputs)) {
        assert.notEqual(definition.plain, true, `${name}.${property} is no output`);
      }
    }
  });

  it('turns the enums into enums with their values', () => {
    const values = Object.fromEntries(
      Object.entries(analyzed.typeDefinitions)
        .filter(([, { enum: members }]) => members !== undefined)
        .map(([name, { enum: members = [] }]) => [name, members.map(({ value }) => value)]),
    );
    assert.deepEqual(values, {
      DistanceMetric: ['cosine', 'euclidean'],
      PolicyEffect: ['Allow', 'Deny'],
      ServiceHost: ['lambda', 'app-runner'],
      VectorAccess: ['read', 'read-write'],
    });
  });

  it('describes every enum and every one of its values', () => {
    for (const [name, { description, enum: members }] of Object.entries(analyzed.typeDefinitions)) {
      if (members === undefined) continue;
      assert.ok(description, name);
      for (const member of members) assert.ok(member.description, `${name}.${member.name}`);
    }
  });

  // A removed or renamed line, a `?` gone or a changed type breaks programs that use the package: such a change needs
  // a new major version. To accept a change: UPDATE_SCHEMA_SNAPSHOT=1 npx mocha <this file>, then review the difference.
  it('is the reviewed schema, line by line', () => {
    const { components: found, typeDefinitions } = analyzed;
    const actual = schemaText(generateSchema('pulumi-s3-vectors', '0.0.0', '', found, typeDefinitions, []));
    if (process.env['UPDATE_SCHEMA_SNAPSHOT'] === '1') writeFileSync(SNAPSHOT, actual);
    assert.deepEqual(actual.split('\n'), readFileSync(SNAPSHOT, 'utf8').split('\n'));
  });
});
