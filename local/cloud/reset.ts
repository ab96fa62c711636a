// Throws the local cloud away: services stopped, data, stack state and logs deleted. Asking is the caller's part.
import { rm } from 'node:fs/promises';
import type { LocalPaths } from '../paths';
import { localPaths } from '../paths';
import type { Progress } from '../progress';
import { bringDown } from './bring-down';
import { CloudError } from './types';

/** What `reset` deletes; the person is shown it before. */
export function resetDirectories(paths: LocalPaths): readonly string[] {
  return [
    paths.ministackData,
    paths.s3VectorsData,
    paths.state,
    paths.pulumiHome,
    paths.logs,
    paths.temporary,
    paths.home,
    paths.run,
  ];
}

/** The shared cache (Pulumi CLI, Python environment) stays. */
export async function resetCloud(
  options: { readonly paths?: LocalPaths; readonly report?: Progress } = {},
): Promise<void> {
  const paths = options.paths ?? localPaths();
  try {
    await bringDown({ paths, ...(options.report ? { report: options.report } : {}) });
  } catch (error) {
    // A spoilt run file is one of the reasons to reset: without it, services are found by their marker.
    if (!(error instanceof CloudError)) throw error;
    await rm(paths.run, { recursive: true, force: true });
    await bringDown({ paths });
  }
  for (const directory of resetDirectories(paths)) await rm(directory, { recursive: true, force: true });
}
