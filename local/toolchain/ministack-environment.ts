// ministack in a Python environment of its own, in the user's cache: nothing is installed into the person's Python, and
// what is installed is exactly what `ministack-requirements.txt` names by checksum.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ToolchainContext } from './context';
import { PLATFORM, withoutPrefixes } from './context';
import { withLock } from './exclusive-lock';
import { PrerequisiteError } from './prerequisite-error';
import { runCommand } from './run-command';
import { findExecutables, isExecutable } from './search-path';
import { MINISTACK_VERSION, PYTHON_MINIMUM_VERSION, isAtLeast } from './versions';

export interface MinistackEnvironment {
  /** Absolute path of the Python that has ministack installed. */
  readonly python: string;
  readonly version: string;
}

export interface FoundPython {
  readonly path: string;
  readonly version: string | undefined;
  /** Whether the standard modules `venv` and `ensurepip` can be imported. */
  readonly hasVenv: boolean;
}

const REQUIREMENTS = path.join(__dirname, 'ministack-requirements.txt');
const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** The first usable Python, or the one sentence that says what to install. */
export function choosePython(
  found: readonly FoundPython[],
): { readonly chosen: FoundPython } | { readonly obstacle: string } {
  const minimum = PYTHON_MINIMUM_VERSION.replace(/\.0$/, '');
  const recent = found.filter(
    ({ version }) => version !== undefined && isAtLeast(version, PYTHON_MINIMUM_VERSION),
  );
  const chosen = recent.find(({ hasVenv }) => hasVenv);
  if (chosen) return { chosen };
  const withoutVenv = recent[0];
  if (withoutVenv) {
    return {
      obstacle: `${withoutVenv.path} (Python ${withoutVenv.version ?? ''}) lacks its venv module: on Debian and Ubuntu install it with \`apt install python3-venv\`.`,
    };
  }
  const old = found.find(({ version }) => version !== undefined);
  return {
    obstacle: `Python ${minimum} or newer is needed for the local cloud and ${
      old ? `${old.path} is ${old.version ?? ''}` : 'no `python3` is on PATH'
    }: install it from https://www.python.org/downloads or with your package manager.`,
  };
}

/** Named by everything that decides what is in it, so that a change of any of it makes a new one. */
export function ministackDirectory(cache: string, requirements: string): string {
  const digest = createHash('sha256').update(requirements).digest('hex').slice(0, 12);
  return path.join(cache, 'ministack', `${MINISTACK_VERSION}-${digest}-${PLATFORM}`);
}

/** ministack when it is installed already; nothing is installed and no network touched. */
export async function findMinistack(context: ToolchainContext): Promise<MinistackEnvironment | undefined> {
  const directory = ministackDirectory(context.paths.cache, readFileSync(REQUIREMENTS, 'utf8'));
  if (!(await isComplete(directory))) return undefined;
  return { python: path.join(directory, 'bin', 'python3'), version: MINISTACK_VERSION };
}

/**
 * @throws PrerequisiteError when there is no Python 3.10 with `venv`
 * @throws Error with pip's last lines when the packages cannot be had
 */
export async function ensureMinistack(context: ToolchainContext): Promise<MinistackEnvironment> {
  const step = context.report.step('ministack');
  try {
    const present = await findMinistack(context);
    if (present) {
      step.done(`${present.version}, in the cache`);
      return present;
    }
    const directory = ministackDirectory(context.paths.cache, readFileSync(REQUIREMENTS, 'utf8'));
    await withLock(
      path.join(context.paths.cache, 'ministack', 'lock'),
      async () => {
        if (!(await isComplete(directory))) await install(directory, context, (text) => step.detail(text));
      },
      {
        onWait: (holder) => step.detail(`waiting for process ${holder ?? 'unknown'}, which is installing it`),
        signal: context.signal,
      },
    );
    step.done(`${MINISTACK_VERSION}, installed in a Python environment of its own`);
    return { python: path.join(directory, 'bin', 'python3'), version: MINISTACK_VERSION };
  } catch (error) {
    step.fail(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

// An environment cannot be moved after it was made (its scripts hold its path), so it is made in place, and a file
// that is written last says that it is whole. It is not whole without the Python that it was made from.
const MARKER = 'complete.json';

async function isComplete(directory: string): Promise<boolean> {
  if (!existsSync(path.join(directory, MARKER)) || !isExecutable(path.join(directory, 'bin', 'python3')))
    return false;
  try {
    const { python } = JSON.parse(await readFile(path.join(directory, MARKER), 'utf8')) as {
      python?: string;
    };
    return python === (await realpath(path.join(directory, 'bin', 'python3')));
  } catch {
    return false;
  }
}

async function install(
  directory: string,
  context: ToolchainContext,
  detail: (text: string) => void,
): Promise<void> {
  detail('looking for Python');
  const choice = choosePython(await findPythons(context));
  if ('obstacle' in choice) throw new PrerequisiteError('Python', choice.obstacle);

  // The person's index, mirror and proxy settings (PIP_*) stay; what would install elsewhere goes.
  const environment = withoutPrefixes(context.environment, [
    'PYTHON',
    'VIRTUAL_ENV',
    'PIP_USER',
    'PIP_TARGET',
    'PIP_PREFIX',
    'PIP_REQUIRE_VIRTUALENV',
    'PIP_BREAK_SYSTEM_PACKAGES',
    'PIP_REQUIRE_HASHES',
    'PIP_NO_DEPS',
  ]);
  const run = async (what: string, python: string, args: readonly string[]) => {
    const result = await runCommand(python, args, {
      environment,
      onLine: (line) => detail(line.trim().slice(0, 100)),
      timeoutMs: 600_000,
      signal: context.signal,
    });
    if (result.code !== 0) {
      throw new Error(
        `${what} failed with exit code ${result.code}:\n${result.lastLines.slice(-8).join('\n')}\n` +
          'It needs PyPI or a mirror of it (PIP_INDEX_URL); once installed it needs no network.',
      );
    }
  };
  await rm(directory, { recursive: true, force: true });
  await mkdir(path.dirname(directory), { recursive: true });
  detail(`making an environment with Python ${choice.chosen.version ?? ''}`);
  await run('Making a Python environment', choice.chosen.path, ['-m', 'venv', directory]);
  const python = path.join(directory, 'bin', 'python3');
  await run('Installing ministack', python, [
    '-m',
    'pip',
    'install',
    '--no-input',
    '--disable-pip-version-check',
    '--progress-bar=off',
    '--require-hashes',
    '--requirement',
    REQUIREMENTS,
  ]);
  await run('Trying ministack', python, ['-c', 'import ministack.app']);
  const temporary = path.join(directory, `${MARKER}.tmp`);
  await writeFile(temporary, JSON.stringify({ python: await realpath(python) }));
  await rename(temporary, path.join(directory, MARKER));
}

async function findPythons(context: ToolchainContext): Promise<readonly FoundPython[]> {
  const found: FoundPython[] = [];
  for (const file of NAMES.flatMap((name) => findExecutables(name, context.environment['PATH']))) {
    const python = await inspect(file, context);
    found.push(python);
    // The common case asks one Python and no more.
    if ('chosen' in choosePython([python])) break;
  }
  return found;
}

async function inspect(file: string, context: ToolchainContext): Promise<FoundPython> {
  const ask = async (code: string) =>
    runCommand(file, ['-c', code], {
      environment: withoutPrefixes(context.environment, ['PYTHON']),
      timeoutMs: 15_000,
      signal: context.signal,
    });
  const version = await ask('import platform; print(platform.python_version())');
  if (version.code !== 0) return { path: file, version: undefined, hasVenv: false };
  const venv = await ask('import venv, ensurepip');
  return { path: file, version: version.stdout.trim(), hasVenv: venv.code === 0 };
}
