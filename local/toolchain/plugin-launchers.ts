// Language host and provider plug-ins where the engine looks for installed ones: `plugins/` of the Pulumi home of local
// runs. Ours are run by Node, so each gets a launcher: a script with absolute paths, which works from whatever
// directory the engine starts it in. PATH is left out of it, so that no plug-in of the person's gets in between.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ToolchainContext } from './context';
import { installedVersion } from './installed-version';
import type { PulumiCli } from './pulumi-cli';
import { findLanguageHost } from './pulumi-cli';
import { ensurePluginBundles } from './plugin-bundles';
import { installRealProviders } from './real-providers';

export interface PluginLaunchers {
  /** Whether `pulumi-language-nodejs` came with the CLI, was found on PATH, or is ours. */
  readonly languageHost: 'beside-cli' | 'path' | 'own';
  readonly providers: 'stand-in' | 'real';
  readonly environment: Readonly<Record<string, string>>;
}

/** Providers that have a stand-in in `local/providers/<name>/main.ts`. */
export const PROVIDER_NAMES = ['aws', 'aws-native'] as const;

/** Stands beside every launcher that we wrote; what has none was installed by somebody else. */
const MARKER = '.pulumi-s3-vectors';

/** Which provider plug-ins run, and why: one line for a person. */
export function chooseProviders(requested: string | undefined): {
  readonly providers: 'stand-in' | 'real';
  readonly reason: string;
} {
  if (requested === '1' || requested === 'true') {
    return {
      providers: 'real',
      reason: 'the real aws and aws-native plug-ins, because S3V_REAL_PROVIDERS is set',
    };
  }
  return { providers: 'stand-in', reason: 'stand-ins for aws and aws-native' };
}

/** @throws Error when real providers were asked for and cannot be installed */
export async function ensurePluginLaunchers(
  context: ToolchainContext,
  pulumi: PulumiCli,
): Promise<PluginLaunchers> {
  const step = context.report.step('Plug-ins');
  try {
    const host = findLanguageHost(pulumi, context.environment['PATH']);
    const { providers, reason } = chooseProviders(context.environment['S3V_REAL_PROVIDERS']);
    await installLaunchers(context.paths.pulumiHome, await launchers(context.paths.root, host, providers));
    if (providers === 'real') {
      await installRealProviders(context, pulumi, PROVIDER_NAMES, (text) => {
        step.detail(text);
      });
    }
    const languageHost = host?.where ?? 'own';
    step.done(`${HOST_TEXT[languageHost]}; ${reason}`);
    return {
      languageHost,
      providers,
      environment: {
        PULUMI_IGNORE_AMBIENT_PLUGINS: 'true',
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      },
    };
  } catch (error) {
    step.fail(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

const HOST_TEXT = {
  'beside-cli': 'Node language host of the CLI',
  path: 'Node language host found on PATH',
  own: 'Node language host of this package',
} as const;

export interface Launcher {
  /** `language` or `resource`. */
  readonly kind: string;
  readonly name: string;
  readonly version: string;
  readonly script: string;
}

/** What `plugins/` must hold, beside real plug-ins. */
async function launchers(
  root: string,
  host: { readonly where: 'beside-cli' | 'path'; readonly path: string } | undefined,
  providers: 'stand-in' | 'real',
): Promise<readonly Launcher[]> {
  const source = (...main: string[]) => path.join(root, 'local', ...main, 'main.ts');
  const bundles = await ensurePluginBundles(root, {
    'language-host': source('language-host'),
    aws: source('providers', 'aws'),
    'aws-native': source('providers', 'aws-native'),
  });
  const own = (name: keyof typeof bundles) => launcherScript({ node: process.execPath, main: bundles[name] });
  const all: Launcher[] = [];
  if (host?.where !== 'beside-cli') {
    const script = host ? `#!/bin/sh\nexec ${shellQuote(host.path)} "$@"\n` : own('language-host');
    all.push({
      kind: 'language',
      name: 'nodejs',
      version: installedVersion(root, '@pulumi/pulumi') ?? '0.0.0',
      script,
    });
  }
  if (providers === 'stand-in') {
    for (const name of PROVIDER_NAMES) {
      // The stand-in is typed against this version of the SDK and takes the place of the plug-in of this version only.
      const version = installedVersion(root, `@pulumi/${name}`) ?? '0.0.0';
      all.push({ kind: 'resource', name, version, script: own(name) });
    }
  }
  return all;
}

/** The script that runs `main`, a JavaScript file, with the Node of this process. */
export function launcherScript(options: { readonly node: string; readonly main: string }): string {
  return [
    '#!/bin/sh',
    '# Written by pulumi-s3-vectors at every start; a change here is overwritten.',
    `exec ${shellQuote(options.node)} ${shellQuote(options.main)} "$@"`,
    '',
  ].join('\n');
}

export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Makes `plugins/` hold these launchers and no other ones of ours. A real plug-in in the place of one is replaced. */
export async function installLaunchers(pulumiHome: string, wanted: readonly Launcher[]): Promise<void> {
  const plugins = path.join(pulumiHome, 'plugins');
  await mkdir(plugins, { recursive: true });
  const directories = new Map(
    wanted.map((launcher) => [`${launcher.kind}-${launcher.name}-v${launcher.version}`, launcher]),
  );
  for (const present of await readdir(plugins)) {
    const ours = existsSync(path.join(plugins, present, MARKER));
    if (ours !== directories.has(present))
      await rm(path.join(plugins, present), { recursive: true, force: true });
  }
  for (const [directory, { kind, name, script }] of directories) {
    const executable = `pulumi-${kind}-${name}`;
    if (existsSync(path.join(plugins, directory))) {
      await writeIfDifferent(path.join(plugins, directory, executable), script, 0o755);
      continue;
    }
    // Appears whole or not at all: another start may be looking at it.
    const fresh = path.join(pulumiHome, `launcher-${randomUUID()}`);
    await mkdir(fresh);
    await writeFile(path.join(fresh, MARKER), '');
    await writeIfDifferent(path.join(fresh, executable), script, 0o755);
    await rename(fresh, path.join(plugins, directory)).catch(async (error: unknown) => {
      await rm(fresh, { recursive: true, force: true });
      // Somebody else was faster with the same thing.
      if (!['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    });
  }
}

// An engine may be starting the old one at this moment, so it is replaced and never written into.
async function writeIfDifferent(file: string, content: string, mode: number): Promise<void> {
  const present = await readFile(file, 'utf8').catch(() => undefined);
  if (present === content) return;
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, content, { mode });
  await chmod(temporary, mode);
  await rename(temporary, file);
}
