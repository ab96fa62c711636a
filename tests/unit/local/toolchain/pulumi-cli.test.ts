import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { LocalPaths } from '../../../../local/paths';
import { recordedProgress } from '../../../../local/progress';
import { PLATFORM } from '../../../../local/toolchain/context';
import { PrerequisiteError } from '../../../../local/toolchain/prerequisite-error';
import { buildPulumi, goBuildArguments, goObstacle } from '../../../../local/toolchain/pulumi-build';
import {
  chooseFromPath,
  ensurePulumi,
  findLanguageHost,
  findPulumi,
} from '../../../../local/toolchain/pulumi-cli';
import { downloadPulumi } from '../../../../local/toolchain/pulumi-download';
import { findExecutables } from '../../../../local/toolchain/search-path';
import type { ScratchDirectory } from '../scratch-directory';
import { scratchDirectory } from '../scratch-directory';

/** What the fakes below call; no `go` and no `pulumi` that this machine may have beside them. */
const TOOLS = ['chmod', 'env', 'printf', 'sleep'];

describe('The Pulumi CLI', () => {
  let scratch: ScratchDirectory;
  let paths: LocalPaths;
  let systemPath: string;
  beforeEach(async () => {
    scratch = await scratchDirectory();
    systemPath = path.join(scratch.directory, 'tools');
    await mkdir(systemPath);
    for (const tool of TOOLS) {
      const [file] = findExecutables(tool, '/usr/bin:/bin');
      await symlink(file ?? '', path.join(systemPath, tool));
    }
    // A root of its own: whether the npm package `pulumi` is installed is part of each test.
    paths = { ...scratch.paths, root: scratch.directory };
  });
  afterEach(async () => scratch.remove());

  const context = (searchPath: string, more: Record<string, string> = {}) => ({
    paths,
    report: recordedProgress(),
    environment: { PATH: searchPath, HOME: scratch.directory, ...more },
    signal: undefined,
  });
  const fakeCli = (version: string) =>
    `#!/bin/sh\necho called >> "${scratch.directory}/calls"\necho v${version}\n`;
  const binary = (kind: string, version: string) =>
    path.join(paths.cache, 'pulumi', `${version}-${kind}-${PLATFORM}`, 'bin', 'pulumi');

  it('is taken from PATH when recent enough, and an older one before it is passed over by name', () => {
    const { chosen, passedOver } = chooseFromPath([
      { path: '/old/pulumi', version: '3.228.9' },
      { path: '/broken/pulumi', version: undefined },
      { path: '/new/pulumi', version: '3.300.1' },
    ]);
    assert.deepEqual(chosen, { path: '/new/pulumi', version: '3.300.1' });
    assert.deepEqual(passedOver, [
      '/old/pulumi is version 3.228.9, older than 3.229.0',
      '/broken/pulumi does not answer `pulumi version`',
    ]);
  });

  it('of PATH is asked for its version once, with a Pulumi home of our own and nothing of the person', async () => {
    const file = await scratch.executable(
      'bin/pulumi',
      `#!/bin/sh\nenv > "${scratch.directory}/env"\n${fakeCli('3.260.0').slice(10)}`,
    );
    const given = context(`${path.dirname(file)}:${systemPath}`, {
      PULUMI_ACCESS_TOKEN: 'pul-secret',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
    const first = await findPulumi(given);
    assert.deepEqual(first, {
      path: file,
      directory: path.dirname(file),
      version: '3.260.0',
      source: 'path',
    });
    assert.deepEqual(await findPulumi(given), first);
    assert.equal(await readFile(path.join(scratch.directory, 'calls'), 'utf8'), 'called\n');
    const seen = await readFile(path.join(scratch.directory, 'env'), 'utf8');
    assert.match(seen, new RegExp(`PULUMI_HOME=${paths.pulumiHome}\n`));
    assert.doesNotMatch(seen, /secret/);
  });

  it('that was built once is found again without a network', async () => {
    await scratch.executable(
      path.relative(scratch.directory, binary('build', '3.259.0')),
      fakeCli('3.259.0'),
    );
    const given = context(systemPath);
    const found = await ensurePulumi(given);
    assert.deepEqual([found.source, found.version], ['build', '3.259.0']);
    assert.deepEqual(
      given.report.steps.map(({ title, outcome }) => [title, outcome]),
      [['Pulumi CLI', 'done']],
    );
    assert.equal(existsSync(path.join(scratch.directory, 'calls')), false);
  });

  describe('by download', () => {
    const installPackage = async (run: string) => {
      await scratch.write('node_modules/pulumi/package.json', '{"name":"pulumi","version":"3.265.0"}');
      await scratch.write('node_modules/pulumi/run.js', run);
    };
    // As the real one: into PULUMI_HOME/versions/<version>/bin.
    const downloads = (cli: string) => `
      const fs = require('node:fs'), path = require('node:path');
      if (process.env.PULUMI_ACCESS_TOKEN) throw new Error('knows the person');
      console.error('Downloading pulumi v3.265.0...');
      const bin = path.join(process.env.PULUMI_HOME, 'versions', '3.265.0', 'bin');
      fs.mkdirSync(bin, { recursive: true });
      fs.writeFileSync(path.join(bin, 'pulumi'), ${JSON.stringify(cli)}, { mode: 0o755 });`;
    const details: string[] = [];
    const detail = (text: string) => void details.push(text);
    const reachable = { probe: async () => Promise.resolve(undefined) };

    it('goes to our cache and is found there the next time', async () => {
      await installPackage(downloads(fakeCli('3.265.0')));
      const given = context(systemPath, { PULUMI_ACCESS_TOKEN: 'x' });
      const result = await downloadPulumi(given, detail, reachable);
      const file = binary('download', '3.265.0');
      assert.deepEqual(result, { outcome: 'downloaded', path: file, version: '3.265.0' });
      assert.ok(details.includes('Downloading pulumi v3.265.0...'));
      assert.equal((await findPulumi(given))?.path, file);
      assert.deepEqual(await readdir(path.join(paths.cache, 'pulumi')), [`3.265.0-download-${PLATFORM}`]);
    });

    it('is not begun when the host does not answer', async () => {
      await installPackage('throw new Error("must not run")');
      assert.deepEqual(
        await downloadPulumi(context(systemPath), detail, {
          probe: async () => Promise.resolve('no route'),
        }),
        { outcome: 'unavailable', reason: 'no route' },
      );
    });

    it('that fails or gives something that does not run leaves nothing in the cache', async () => {
      for (const [run, reason] of [
        ['console.error("pulumi: HTTP 503"); process.exit(1)', /HTTP 503/],
        [downloads('#!/bin/sh\nexit 126\n'), /does not run on this machine/],
      ] as const) {
        await installPackage(run);
        const result = await downloadPulumi(context(systemPath), detail, reachable);
        assert.match(result.outcome === 'unavailable' ? result.reason : 'downloaded', reason);
        assert.deepEqual(await readdir(path.join(paths.cache, 'pulumi')), []);
      }
    });
  });

  describe('by building', () => {
    it('needs a Go that is new enough or may fetch a newer one', () => {
      assert.equal(goObstacle({ version: '1.26.8', toolchain: 'local' }), undefined);
      assert.equal(goObstacle({ version: '1.21.0', toolchain: 'auto' }), undefined);
      assert.match(goObstacle({ version: undefined, toolchain: undefined }) ?? '', /no `go` is on PATH/);
      assert.match(goObstacle({ version: '1.20.1', toolchain: undefined }) ?? '', /1\.20\.1 is on PATH/);
      assert.match(goObstacle({ version: '1.24.0', toolchain: 'local' }) ?? '', /GOTOOLCHAIN=local forbids/);
    });

    it('uses the flags that were proven', () => {
      const args = goBuildArguments('/out/pulumi').join(' ');
      for (const part of [
        'osusergo grpcnotrace',
        '-w -s -X',
        'Version=v3.259.0',
        '-o /out/pulumi',
        'v3/cmd/pulumi',
      ]) {
        assert.ok(args.includes(part), part);
      }
    });

    it('without Go and without a download names Go, why, and the way around', async () => {
      await assert.rejects(ensurePulumi(context(systemPath)), (error: unknown) => {
        assert.ok(error instanceof PrerequisiteError);
        assert.match(error.message, /npm package `pulumi` is not installed/);
        assert.match(
          error.message,
          /Go 1\.25\.11 or newer is needed and no `go` is on PATH: install it from/,
        );
        return true;
      });
    });

    const fakeGo = (build: string) => `#!/bin/sh
case "$1" in
  env) echo '{"GOVERSION":"go1.26.8","GOTOOLCHAIN":"auto","GOMODCACHE":"${scratch.directory}/mod","GOCACHE":"${scratch.directory}/gocache"}' ;;
  list) test -f go.mod && test -f go.sum || exit 9; echo "go: downloading x v1" >&2; echo a; echo b ;;
  build) ${build} ;;
esac
`;
    const succeed = `while [ "$1" != -o ]; do shift; done; printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"; chmod +x "$2"; echo a >&2`;

    it('moves a finished CLI into the cache in one step', async () => {
      await scratch.executable('bin/go', fakeGo(succeed));
      const details: string[] = [];
      const given = context(`${scratch.directory}/bin:${systemPath}`);
      const file = await buildPulumi(given, (text) => details.push(text), 'no network');
      assert.equal(file, binary('build', '3.259.0'));
      assert.ok(details.some((text) => text.startsWith('fetching Go modules: 1')));
      assert.ok(details.some((text) => text.startsWith('compiling: 1 of at most 2 packages')));
      assert.deepEqual(await readdir(path.join(paths.cache, 'pulumi')), [`3.259.0-build-${PLATFORM}`]);
      assert.equal((await findPulumi(given))?.source, 'build');
    });

    it('that fails shows the last lines of Go and never looks finished', async () => {
      await scratch.executable('bin/go', fakeGo('echo "undefined: x" >&2; exit 1'));
      const given = context(`${scratch.directory}/bin:${systemPath}`);
      await assert.rejects(
        buildPulumi(given, () => undefined, 'no network'),
        /Compiling of the Pulumi CLI.*exit code 1[^]*undefined: x/,
      );
      assert.deepEqual(await readdir(path.join(paths.cache, 'pulumi')), []);
      assert.equal(await findPulumi(given), undefined);
    });

    it('refuses a CLI that calls itself something else', async () => {
      await scratch.executable('bin/go', fakeGo(succeed.replace('v3.259.0', 'v3.1.0')));
      await assert.rejects(
        buildPulumi(context(`${scratch.directory}/bin:${systemPath}`), () => undefined, ''),
        /calls itself 3\.1\.0/,
      );
      assert.deepEqual(await readdir(path.join(paths.cache, 'pulumi')), []);
    });

    it('is done once when two starts want it at the same time', async () => {
      await scratch.executable(
        'bin/go',
        fakeGo(`echo built >> "${scratch.directory}/builds"; sleep 0.3; ${succeed}`),
      );
      const given = () => context(`${scratch.directory}/bin:${systemPath}`);
      const [a, b] = await Promise.all([ensurePulumi(given()), ensurePulumi(given())]);
      assert.deepEqual(a, b);
      assert.equal(await readFile(path.join(scratch.directory, 'builds'), 'utf8'), 'built\n');
    });
  });

  describe('and its language host', () => {
    const cli = (file: string) =>
      ({ path: file, directory: path.dirname(file), version: '3.300.0', source: 'path' }) as const;

    it('is found beside the real file behind a symbolic link', async () => {
      const real = await scratch.executable('cellar/pulumi', '');
      const host = await scratch.executable('cellar/pulumi-language-nodejs', '');
      await mkdir(path.join(scratch.directory, 'linked'));
      await symlink(real, path.join(scratch.directory, 'linked/pulumi'));
      assert.deepEqual(findLanguageHost(cli(path.join(scratch.directory, 'linked/pulumi')), ''), {
        where: 'beside-cli',
        path: host,
      });
    });

    it('is found on PATH, or is missing', async () => {
      const file = await scratch.executable('alone/pulumi', '');
      assert.equal(findLanguageHost(cli(file), systemPath), undefined);
      const host = await scratch.executable('hosts/pulumi-language-nodejs', '');
      assert.deepEqual(findLanguageHost(cli(file), path.dirname(host)), { where: 'path', path: host });
    });
  });
});
