// What a program depends on, read from the package.json files that Node would use: which provider plug-ins the engine
// will need, and the dependency list of `pulumi about`.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

export interface ProviderPackage {
  /** Name of the plug-in, such as `aws-native`. */
  readonly name: string;
  /** With a leading `v`. */
  readonly version: string;
  /** Where to download it from; empty for Pulumi's own server. */
  readonly server: string;
}

export interface InstalledDependency {
  readonly name: string;
  /** The installed version, or the wanted range when it is not installed. */
  readonly version: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
  };
}

/**
 * Provider packages among the dependencies of the program, direct or through other Pulumi packages. Packages that do not
 * themselves depend on a `@pulumi/` package are not looked into: they cannot create resources.
 */
export function providerPackages(programDirectory: string): readonly ProviderPackage[] {
  const found = new Map<string, ProviderPackage>();
  const seen = new Set<string>();
  const visit = (directory: string, names: readonly string[]) => {
    for (const name of names) {
      const file = findManifest(directory, name);
      if (file === undefined || seen.has(file)) continue;
      seen.add(file);
      const manifest = readManifest(file);
      if (manifest.pulumi?.resource === true) {
        const provider = describeProvider(manifest);
        found.set(`${provider.name} ${provider.version}`, provider);
      }
      const needs = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
      if (needs.some((need) => need.startsWith('@pulumi/'))) visit(path.dirname(file), needs);
    }
  };
  const start = nearestManifest(programDirectory);
  if (start) {
    const { dependencies, devDependencies } = readManifest(start);
    visit(path.dirname(start), Object.keys({ ...dependencies, ...devDependencies }));
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of the dependencies that a program declares and Node does not find from its directory. */
export function missingDependencies(programDirectory: string): readonly string[] {
  const start = nearestManifest(programDirectory);
  if (!start) return [];
  const { dependencies, devDependencies } = readManifest(start);
  return Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => findManifest(path.dirname(start), name) === undefined,
  );
}

/** Direct dependencies of the program with their installed versions; all of them below when `transitive`. */
export function installedDependencies(
  programDirectory: string,
  transitive: boolean,
): readonly InstalledDependency[] {
  const start = nearestManifest(programDirectory);
  if (!start) return [];
  const found = new Map<string, InstalledDependency>();
  const seen = new Set<string>();
  const visit = (directory: string, wanted: Readonly<Record<string, string>>) => {
    for (const [name, range] of Object.entries(wanted)) {
      const file = findManifest(directory, name);
      if (file === undefined) {
        found.set(`${name} ${range}`, { name, version: range });
        continue;
      }
      if (seen.has(file)) continue;
      seen.add(file);
      const manifest = readManifest(file);
      const version = manifest.version ?? range;
      found.set(`${name} ${version}`, { name, version });
      if (transitive) visit(path.dirname(file), manifest.dependencies ?? {});
    }
  };
  const { dependencies, devDependencies } = readManifest(start);
  visit(path.dirname(start), { ...dependencies, ...devDependencies });
  return [...found.values()];
}

function describeProvider(manifest: Manifest): ProviderPackage {
  const { pulumi, name = '', version = '' } = manifest;
  const pluginName = pulumi?.name ?? name.replace(/^@pulumi\//, '').replace(/^@/, '');
  const pluginVersion = pulumi?.version ?? version;
  return {
    name: pluginName,
    version: pluginVersion.startsWith('v') ? pluginVersion : `v${pluginVersion}`,
    server: pulumi?.server ?? '',
  };
}

function nearestManifest(directory: string): string | undefined {
  const file = path.join(directory, 'package.json');
  if (existsSync(file)) return file;
  const parent = path.dirname(directory);
  return parent === directory ? undefined : nearestManifest(parent);
}

// Not through `require.resolve`: many packages do not export their package.json.
function findManifest(from: string, name: string): string | undefined {
  const places = createRequire(path.join(from, 'package.json')).resolve.paths(name) ?? [];
  return places.map((place) => path.join(place, name, 'package.json')).find((file) => existsSync(file));
}

function readManifest(file: string): Manifest {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
