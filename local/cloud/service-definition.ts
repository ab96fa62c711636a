// How a service of the local cloud is started and recognised.
import path from 'node:path';
import type { LocalPaths } from '../paths';
import type { Environment } from './environment';
import type { ServiceName } from './types';

export interface ServiceDefinition {
  readonly name: ServiceName;
  /** For people. */
  readonly title: string;
  readonly usualPort: number;
  /** Where it keeps its data; also what it is recognised by. */
  readonly dataDirectory: string;
  /** Emptied before each start: what a killed service left behind in it is of no use. */
  readonly scratchDirectory?: string;
  /** Path that answers 200 as soon as it is ready. */
  readonly healthPath: string;
  /** Whether an end without a proper stop leaves settings older than the stacks believe. */
  readonly losesSettingsInCrash: boolean;
  /** Program and arguments. */
  command(addresses: ServiceAddresses): readonly [string, ...string[]];
  /** The complete environment of the process. */
  environment(addresses: ServiceAddresses): Environment;
}

export interface ServiceAddresses {
  readonly ports: Readonly<Record<ServiceName, number>>;
  readonly urls: Readonly<Record<ServiceName, string>>;
  readonly region: string;
  readonly accountId: string;
}

/** Stands in the command line of the process that leads a service's group. */
export function serviceMarker(definition: Pick<ServiceDefinition, 'name' | 'dataDirectory'>): string {
  return `s3v.${definition.name}=${definition.dataDirectory}`;
}

export function logFile(paths: LocalPaths, name: ServiceName): string {
  return path.join(paths.logs, `${name}.log`);
}

/** Holds the exit code of the service's last end; absent while it runs or when its leader was killed too. */
export function exitFile(paths: LocalPaths, name: ServiceName): string {
  return path.join(paths.run, `${name}.exit`);
}
