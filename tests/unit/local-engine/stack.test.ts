// A stand-in for the CLI, a script that records its calls, shows what is asked of the engine and in which order.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EngineError } from '../../../local/engine/engine-error';
import { pulumiCommand } from '../../../local/engine/pulumi-command';
import { destroy, expectNoChanges, stackOutputs, up } from '../../../local/engine/stack';

describe('a stack on the local engine', () => {
  let folder: string;
  let calls: () => string[];
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'engine-'));
    calls = () =>
      existsSync(path.join(folder, 'calls'))
        ? readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n')
        : [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A `pulumi` that writes its arguments to a file and then does `body`, a shell script. */
  function stackWith(body: string, more: { configFile?: string } = {}) {
    const pulumi = path.join(folder, 'pulumi');
    writeFileSync(pulumi, `#!/bin/sh\necho "$*" >> "${folder}/calls"\n${body}\n`);
    chmodSync(pulumi, 0o755);
    const environment = { PATH: process.env['PATH'] ?? '' };
    return { pulumi, directory: folder, environment, stack: 'local', ...more };
  }

  it('is brought up with every policy pack, without questions', async () => {
    const stack = stackWith('printf "Resources:\\n    + 2 created\\n"', { configFile: '/c.yaml' });
    const changes = await up(stack, { policyPacks: ['/pack'], refresh: true });
    assert.deepEqual(changes, { created: 2 });
    assert.deepEqual(calls(), [
      '--non-interactive --color never up --yes --refresh --policy-pack /pack --stack local --config-file /c.yaml',
    ]);
  });

  it('is made first when there is none', async () => {
    const stack = stackWith(
      'case "$*" in *init*) touch made;; *) test -e made || { echo "error: no stack named \'local\' found" >&2; exit 255; };; esac',
    );
    await up(stack, { policyPacks: [] });
    assert.equal(calls().length, 3);
    assert.match(calls()[1] ?? '', /stack init local/);
  });

  it('that is missing is not made by reading it', async () => {
    const stack = stackWith('echo "error: no stack named \'local\' found" >&2; exit 255');
    await assert.rejects(stackOutputs(stack), EngineError);
    assert.equal(calls().length, 1);
  });

  it('is unlocked when the process that locked it is dead', async () => {
    const stack = stackWith(
      'case "$*" in *cancel*) touch free;; *) test -e free || { echo "error: the stack is currently locked by 1 lock(s). x: created by a@b (pid 999999999) at t"; exit 255; };; esac',
    );
    const said: string[] = [];
    await up(stack, { policyPacks: [], onProgress: (text) => said.push(text) });
    assert.match(said.join('\n'), /999999999, which locked it, is dead/);
    assert.match(calls()[1] ?? '', /cancel --yes --stack local/);
  });

  it('stays locked while that process lives', async () => {
    const stack = stackWith(
      `echo "error: the stack is currently locked by 1 lock(s). x: created by a@b (pid ${process.pid}) at t"; exit 255`,
    );
    await assert.rejects(up(stack, { policyPacks: [] }), /currently locked/);
    assert.equal(calls().length, 1);
  });

  it('that fails says which command failed where, and all that was printed', async () => {
    const stack = stackWith('echo one; echo two >&2; exit 255');
    await assert.rejects(
      destroy(stack),
      (error) =>
        error instanceof EngineError &&
        error.message.includes(`\`pulumi destroy\` failed on stack "local" of ${folder}`) &&
        /one/.test(error.printed) &&
        /two/.test(error.printed),
    );
  });

  it('whose state is damaged says where it is and how to go on', async () => {
    const stack = stackWith(
      'echo "error: failed to load checkpoint: unexpected end of JSON input"; exit 255',
    );
    const environment = { ...stack.environment, PULUMI_BACKEND_URL: 'file:///x/state' };
    await assert.rejects(
      up({ ...stack, environment }, { policyPacks: [] }),
      /file:\/\/\/x\/state\/\.pulumi\/stacks is damaged.*local\.json\.bak.*reset/,
    );
  });

  it('is read as JSON, and compared without change', async () => {
    assert.deepEqual(await stackOutputs(stackWith('echo \'{"a": 1}\'')), { a: 1 });
    await expectNoChanges(stackWith('exit 0'), { policyPacks: ['/p'] });
    assert.match(calls().at(-1) ?? '', /preview --expect-no-changes --policy-pack \/p --stack local/);
  });

  it('is interrupted gently and waited for, so that the engine can unlock it', async () => {
    const abort = new AbortController();
    const stack = stackWith('trap "echo unlocked; exit 1" INT; echo ready; while :; do sleep 0.05; done');
    const result = await pulumiCommand(['up'], {
      ...stack,
      signal: abort.signal,
      onLine: (line) => {
        if (line === 'ready') abort.abort();
      },
    });
    assert.match(result.printed, /unlocked/);
    assert.equal(result.code, 1);
  });
});
