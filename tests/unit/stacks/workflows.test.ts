// What the deployment workflows promise, whatever else is edited in them. Their syntax is actionlint's to judge.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..', '..', '..');
const directory = join(root, '.github', 'workflows');
/** Workflows without their comments, by file name. */
const workflows = Object.fromEntries(
  ['preview.yml', 'deploy.yml', 'deploy-environment.yml'].map((name) => [
    name,
    readFileSync(join(directory, name), 'utf8').replaceAll(/^\s*#.*$/gm, ''),
  ]),
);
/** The steps that call an action, each with its text. */
const stepsWith = (text: string, action: string) =>
  text.split(/\n\s*- (?=name:|uses:|run:)/).filter((step) => step.includes(`uses: ${action}@`));

describe('the workflows for users', () => {
  it('are all known to this test', () => {
    for (const name of Object.keys(workflows)) assert.ok(readdirSync(directory).includes(name), name);
  });

  it('keep no key of AWS: who runs them is known by a token of GitHub', () => {
    for (const [name, text] of Object.entries(workflows)) {
      assert.doesNotMatch(text, /AWS_SECRET|AWS_ACCESS_KEY|aws-secret-access-key|aws-access-key-id/i, name);
      for (const step of stepsWith(text, 'aws-actions/configure-aws-credentials')) {
        assert.match(step, /role-to-assume: \$\{\{ vars\.DEPLOYER_ROLE_ARN \}\}/);
      }
      assert.match(text, /id-token: write/, name);
    }
  });

  it('run Pulumi under the policy pack, always', () => {
    const steps = Object.values(workflows).flatMap((text) => stepsWith(text, 'pulumi/actions'));
    assert.equal(steps.length, 3);
    for (const step of steps) {
      assert.match(step, /policyPacks: (?:policy-pack|\.\.\/\.\.\/policy-pack|\$\{\{ matrix\.policies \}\})/);
    }
  });

  it('run Pulumi in the version that npm fetches here', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const step of Object.values(workflows).flatMap((text) => stepsWith(text, 'pulumi/actions'))) {
      assert.equal(/pulumi-version: (\S+)/.exec(step)?.[1], dependencies['pulumi']);
    }
  });

  it('call actions by their commit, with the version beside it, and are told of newer ones weekly', () => {
    const used = Object.values(workflows).flatMap((text) => text.match(/uses: (?!\.\/).*/g) ?? []);
    assert.equal(used.length, 9);
    for (const line of used) {
      assert.match(line, /^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
    const dependabot = readFileSync(join(root, '.github', 'dependabot.yml'), 'utf8');
    assert.match(dependabot, /package-ecosystem: github-actions/);
    assert.match(dependabot, /interval: weekly/);
  });

  it('deploy nothing from a pull request, and never with the rights of the base repository', () => {
    const preview = workflows['preview.yml']!;
    assert.match(preview, /command: preview/);
    assert.doesNotMatch(preview, /command: (?:up|destroy|refresh)/);
    assert.match(preview, /comment-on-pr: true/);
    assert.match(preview, /diff: true/);
    for (const text of Object.values(workflows)) assert.doesNotMatch(text, /pull_request_target/);
    assert.doesNotMatch(workflows['deploy.yml']!, /pull_request/);
  });

  it('deploy prod after dev, each in its GitHub environment, one deployment at a time', () => {
    assert.match(workflows['deploy.yml']!, /\n {2}prod:\n {4}needs: dev\n/);
    const one = workflows['deploy-environment.yml']!;
    assert.match(one, /environment: \$\{\{ inputs\.environment \}\}/);
    assert.match(one, /group: deploy-\$\{\{ inputs\.environment \}\}\n {2}cancel-in-progress: false/);
  });
});
