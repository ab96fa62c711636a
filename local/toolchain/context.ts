// What every part of the tool chain is given.
import type { LocalPaths } from '../paths';
import type { Progress } from '../progress';

export interface ToolchainContext {
  readonly paths: LocalPaths;
  readonly report: Progress;
  /** The person's environment: PATH, proxies, mirrors. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** The key under which something built or downloaded for this machine is cached. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/** `environment` without the variables whose names begin with one of `prefixes`. */
export function withoutPrefixes(
  environment: Readonly<Record<string, string | undefined>>,
  prefixes: readonly string[],
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !prefixes.some((prefix) => name.startsWith(prefix))),
  );
}
