import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(__dirname, '../../..');

/** Packages that a fresh process has loaded after importing a module. */
async function loadedBy(module: string): Promise<Set<string>> {
  const program = `
    require(${JSON.stringify(resolve(root, module))});
    const files = Object.keys(require.cache).map((file) => file.split('node_modules/').pop());
    console.log(JSON.stringify(files.map((file) => file.split('/').slice(0, file.startsWith('@') ? 2 : 1).join('/'))));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--eval', program], {
    cwd: root,
    env: { ...process.env, NODE_V8_COVERAGE: '' },
  });
  return new Set(JSON.parse(stdout) as string[]);
}

describe('an import of the runtime', () => {
  it('of the vector store alone loads one AWS client and nothing else of weight', async () => {
    const packages = await loadedBy('runtime/vector-store/vector-store.ts');
    const clients = [...packages].filter((name) => name.startsWith('@aws-sdk/client-'));
    assert.deepEqual(clients, ['@aws-sdk/client-s3vectors']);
    for (const name of ['@pulumi/pulumi', 'pino', 'zod', 'hyparquet', 'hyparquet-writer', 'commander']) {
      assert.ok(!packages.has(name), `${name} is loaded`);
    }
  });

  it('as a whole loads neither Bedrock’s client nor Pulumi', async () => {
    const packages = await loadedBy('runtime/index.ts');
    assert.ok(packages.has('@aws-sdk/client-s3vectors'));
    assert.ok(!packages.has('@aws-sdk/client-bedrock-runtime'), 'Bedrock’s client is loaded');
    assert.ok(!packages.has('@pulumi/pulumi'), 'Pulumi is loaded');
  });
});
