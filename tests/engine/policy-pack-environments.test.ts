// The policy pack over our own three stacks as they are configured for development and for production: clean at the
// update, clean again when the state is analysed without a program, and not clean once somebody has spoilt that state.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PulumiCommandResult } from '../../local/engine/pulumi-command';
import { explain } from '../../policy-pack/explain-command';
import { ENGINE_TIMEOUT, POLICY_PACK, ROOT, useLocalRun } from './support/local-run';

const POLICIES = 20;

for (const environment of ['dev', 'prod']) {
  describe(`the three stacks with the configuration of ${environment}, on the engine`, function () {
    this.timeout(ENGINE_TIMEOUT);
    const run = useLocalRun();
    // The stack's name is another than its environment: the CLI would write its salt into the file of that name.
    const stack = (project: string) => {
      const made = run().stack(project);
      copyFileSync(path.join(ROOT, project, `Pulumi.${environment}.yaml`), made.configFile);
      return made;
    };
    const exported = async (project: string) => {
      const { code, stdout, printed } = await run().pulumi(stack(project), 'stack', 'export');
      assert.equal(code, 0, printed);
      return stdout;
    };
    const scratch = (name: string, text: string) => {
      const file = path.join(path.dirname(stack('.').configFile), name);
      writeFileSync(file, text);
      return file;
    };
    const analysed = (file: string): Promise<PulumiCommandResult> =>
      run().command(stack('.'), 'policy', 'analyze', '--file', file, '--policy-pack', POLICY_PACK);

    it('pass every policy without a note: two at the update, the third at its preview', async () => {
      for (const [project, ...command] of [
        ['stacks/bootstrap', 'up', '--yes', '--skip-preview'],
        ['.', 'up', '--yes', '--skip-preview'],
        ['stacks/service', 'preview'],
      ] as const) {
        const one = stack(project);
        await run().pulumi(one, 'stack', 'init');
        const { code, printed } = await run().pulumi(
          one,
          ...command,
          ...['--config-file', one.configFile, '--policy-pack', POLICY_PACK],
        );
        assert.equal(code, 0, printed);
        assert.match(printed, /Policies:\n\s+✅ s3-vectors@/);
      }
    });

    it('are clean by `policy analyze` of the stack, and by `policy explain` of its export', async () => {
      const { code, printed } = await run().pulumi(
        stack('.'),
        'policy',
        ...['analyze', '--policy-pack', POLICY_PACK],
      );
      assert.equal(code, 0, printed);
      assert.match(printed, /✅ s3-vectors@/);
      for (const project of ['stacks/bootstrap', '.']) {
        const { findings, policies } = explain({ source: project, text: await exported(project) });
        assert.deepEqual(findings, []);
        assert.equal(policies.length, POLICIES);
      }
    });

    if (environment === 'dev') {
      it('are refused by `policy analyze --file` and by `policy explain` once the state is spoilt', async () => {
        const text = await exported('stacks/bootstrap');
        const spoilt = text.replaceAll('s3:CreateBucket', 's3:GetObject');
        assert.notEqual(spoilt, text);
        const file = scratch('spoilt.json', spoilt);
        const { code, printed } = await analysed(file);
        assert.notEqual(code, 0);
        assert.match(printed, /\[mandatory\] .* management-without-data /);
        const cli = spawnSync(
          process.execPath,
          ['--import', 'tsx', path.join(POLICY_PACK, 'cli.ts'), 'explain', file],
          { cwd: ROOT, encoding: 'utf8' },
        );
        assert.equal(cli.status, 1, cli.stderr);
        assert.match(cli.stdout, /violation {2}management-without-data/);
        assert.ok(cli.stdout.split('\n').every((line) => line.length <= 80));
      });

      it('count a secret that cannot be decrypted as not known, in both', async () => {
        const state = JSON.parse(await exported('.')) as {
          deployment: { resources: { type: string; inputs?: Record<string, unknown> }[] };
        };
        const bucket = state.deployment.resources.find(
          ({ type }) => type === 'aws-native:s3vectors:VectorBucket',
        );
        assert.ok(bucket?.inputs !== undefined);
        bucket.inputs['vectorBucketName'] = {
          '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
          ciphertext: 'v1:c2VjcmV0:bm90IGZvciB5b3U=',
        };
        const text = JSON.stringify(state);
        const { code, printed } = await analysed(scratch('secret.json', text));
        assert.equal(code, 0, printed);
        assert.match(printed, /\[advisory\] .* vector-bucket-naming /);
        const { findings } = explain({ source: 'secret.json', text, name: 'secret' });
        assert.deepEqual(
          findings.map(({ policy, level }) => [policy, level]),
          [['vector-bucket-naming', 'advisory']],
        );
        assert.doesNotMatch(JSON.stringify(findings), /c2VjcmV0|ciphertext/);
      });
    }
  });
}
