// What version a `pulumi` found on PATH is. Asking costs 0.2 s, so the answer is kept for as long as the file stays
// the same one.
import { mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ToolchainContext } from './context';
import { withoutPrefixes } from './context';
import { runCommand } from './run-command';
import { parseVersion } from './versions';

/** `major.minor.patch[-prerelease]` of the CLI `file`, or undefined when it does not answer within ten seconds. */
export async function versionOf(file: string, context: ToolchainContext): Promise<string | undefined> {
  const identity = await identify(file);
  const cacheFile = path.join(context.paths.cache, 'pulumi', 'versions-on-path.json');
  const known = await readKnown(cacheFile);
  const kept = known[identity];
  if (kept !== undefined) return kept;
  const version = await askVersion(file, context);
  if (version !== undefined) await keep(cacheFile, { ...known, [identity]: version });
  return version;
}

/** Runs `pulumi version` with a Pulumi home of our own: the CLI writes logs even for that. */
export async function askVersion(file: string, context: ToolchainContext): Promise<string | undefined> {
  await mkdir(context.paths.pulumiHome, { recursive: true });
  const { code, stdout } = await runCommand(file, ['version'], {
    environment: {
      ...withoutPrefixes(context.environment, ['PULUMI_', 'AWS_']),
      PULUMI_HOME: context.paths.pulumiHome,
      PULUMI_SKIP_UPDATE_CHECK: 'true',
    },
    timeoutMs: 10_000,
    signal: context.signal,
  });
  const version = code === 0 ? parseVersion(stdout) : undefined;
  if (version === undefined) return undefined;
  const { major, minor, patch, prerelease } = version;
  return `${major}.${minor}.${patch}${prerelease === undefined ? '' : `-${prerelease}`}`;
}

async function identify(file: string): Promise<string> {
  const real = await realpath(file);
  const { size, mtimeMs } = await stat(real);
  return `${real} ${size} ${mtimeMs}`;
}

async function readKnown(cacheFile: string): Promise<Readonly<Record<string, string>>> {
  try {
    const parsed: unknown = JSON.parse(await readFile(cacheFile, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    // Missing or spoilt: only a cache, it is asked again.
    return {};
  }
}

async function keep(cacheFile: string, known: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(path.dirname(cacheFile), { recursive: true });
  const temporary = `${cacheFile}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(known, undefined, 2));
  await rename(temporary, cacheFile);
}
