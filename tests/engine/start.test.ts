// `npm start` as a person runs it: from a folder of texts to ranked answers, twice, and with wrong input.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bringDown, readStatus } from '../../local/cloud';
import { localPaths } from '../../local/paths';
import { ENGINE_TIMEOUT, ROOT } from './support/local-run';

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

describe('npm start', function () {
  this.timeout(ENGINE_TIMEOUT);
  let folder: string;
  let corpus: string;
  const environment = () => ({ ...process.env, S3V_LOCAL_DIR: path.join(folder, 'local') });

  const start = (...args: string[]): Promise<Ended> =>
    new Promise((resolve, reject) => {
      const command = ['--import', 'tsx', path.join(ROOT, 'local', 'start', 'main.ts'), ...args];
      const child = spawn(process.execPath, command, {
        cwd: ROOT,
        env: { ...environment(), INIT_CWD: folder },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const output: string[] = [];
      child.stdout.on('data', (chunk) => output.push(String(chunk)));
      child.stderr.on('data', (chunk) => output.push(String(chunk)));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output: output.join('') }));
    });

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 's3v-start-'));
    corpus = path.join(folder, 'texts');
    mkdirSync(corpus);
    writeFileSync(
      path.join(corpus, 'sea.md'),
      '# Tides\nThe moon pulls the oceans.\n\n# Ships\nA keel keeps a ship upright.\n',
    );
    writeFileSync(path.join(corpus, 'kitchen.txt'), 'Sourdough bread rises slowly in a warm kitchen.');
  });
  after(async () => {
    await bringDown({ paths: localPaths({ environment: environment() }) });
    rmSync(folder, { recursive: true, force: true });
  });

  it('deploys everything, stores the texts and answers with the best first', async () => {
    const { code, output } = await start(
      '--corpus',
      'texts',
      '--ask',
      'what pulls the oceans?',
      '--top',
      '2',
    );
    assert.equal(code, 0, output);
    assert.match(output, /Store: 3 sections stored/);
    const table = output.slice(output.indexOf('? what pulls the oceans?'));
    assert.match(table, /│ +1 │ +0\.\d{3} │ sea\.md +│ Tides/);
    assert.doesNotMatch(table, /│ +3 │/);
    assert.match(output, /What runs where[\s\S]*What to type next/);
    for (const line of table.split('\n')) assert.ok(line.length <= 80 || line.includes('127.0.0.1'), line);
  });

  it('changes nothing that is right already the second time', async () => {
    const { code, output } = await start('--corpus', 'texts');
    assert.equal(code, 0, output);
    assert.equal(output.match(/✔ Stack \w+: nothing to change/g)?.length, 3, output);
    assert.match(output, /Store: 0 sections stored, 3 were there already/);
    assert.match(output, /\? Tides/, 'headings of the folder are asked where no question is given');
  });

  it('answers from the given folder only, though the index holds others', async () => {
    const other = path.join(folder, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, 'sea.md'), '# Storms\nWind pulls the oceans too.\n');
    const { code, output } = await start('--corpus', 'other', '--ask', 'what pulls the oceans?');
    assert.equal(code, 0, output);
    assert.match(output, /Store: 1 sections stored/);
    assert.match(output, /│ +1 │ .*Storms/);
    assert.doesNotMatch(output, /│ +2 │/);
  });

  it('finds texts and vectors again after a kill -9 of everything, puts the rest right, and forgets a text that is gone', async () => {
    const paths = localPaths({ environment: environment() });
    const { services } = await readStatus({ paths });
    for (const { pid } of Object.values(services))
      process.kill(-(pid ?? assert.fail('not running')), 'SIGKILL');
    const { code, output } = await start('--corpus', 'texts', '--ask', 'what pulls the oceans?');
    assert.equal(code, 0, output);
    assert.match(
      output,
      /had not been stopped properly: the stacks were compared with what is there and put right/,
    );
    assert.match(output, /Store: 0 sections stored, 3 were there already/);
    assert.match(output, /│ +1 │ +0\.\d{3} │ sea\.md +│ Tides/);
    rmSync(path.join(corpus, 'kitchen.txt'));
    const again = await start('--corpus', 'texts');
    assert.match(again.output, /Store: 0 sections stored, 2 were there already, 1 removed/);
    assert.equal(again.output.match(/✔ Stack \w+: nothing to change/g)?.length, 3, again.output);
    assert.doesNotMatch(again.output, /had not been stopped properly/);
  });

  it('refuses a stack state that cannot be read, naming it, and leaves it as it is', async () => {
    const state = path.join(folder, 'local', 'state', '.pulumi', 'stacks', 's3-vectors', 'local.json');
    const whole = readFileSync(state);
    writeFileSync(state, '{ "version": 3, "checkpoint": ');
    const { code, output } = await start('--corpus', 'texts');
    assert.equal(code, 1);
    assert.match(output, /Stack storage/);
    assert.match(
      output,
      /stack "local" of .*\n[\s\S]*is damaged[\s\S]*local\.json\.bak[\s\S]*error: failed to load checkpoint/,
    );
    assert.equal(readFileSync(state, 'utf8'), '{ "version": 3, "checkpoint": ');
    writeFileSync(state, whole);
  });

  it('refuses a folder that is not there before anything is started', async () => {
    const { code, output } = await start('--corpus', 'nowhere');
    assert.equal(code, 1);
    assert.match(
      output,
      /The corpus folder .*nowhere cannot be read \(ENOENT\); give --corpus a folder that exists/,
    );
    assert.doesNotMatch(output, /Local cloud/);
  });

  it('refuses options that it does not know with code 2', async () => {
    const { code, output } = await start('--corpse', 'x');
    assert.equal(code, 2);
    assert.match(output, /unknown option '--corpse'/);
  });
});
