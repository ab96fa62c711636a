// S3V_REAL_PROVIDERS=1: the plug-ins that Pulumi publishes, against the local endpoints. They are downloads of some
// hundred MB, so they are installed beforehand, with the person's network; the run itself stays on loopback.
import type { ToolchainContext } from './context';
import { withoutPrefixes } from './context';
import { installedVersion } from './installed-version';
import type { PulumiCli } from './pulumi-cli';
import { runCommand } from './run-command';

/** @throws Error naming the plug-in when `pulumi plugin install` fails */
export async function installRealProviders(
  context: ToolchainContext,
  pulumi: PulumiCli,
  names: readonly string[],
  detail: (text: string) => void,
): Promise<void> {
  for (const name of names) {
    const version = installedVersion(context.paths.root, `@pulumi/${name}`) ?? '';
    detail(`installing the plug-in ${name} ${version}`);
    const result = await runCommand(pulumi.path, ['plugin', 'install', 'resource', name, version], {
      environment: {
        ...withoutPrefixes(context.environment, ['PULUMI_', 'AWS_']),
        PULUMI_HOME: context.paths.pulumiHome,
        PULUMI_SKIP_UPDATE_CHECK: 'true',
      },
      onLine: (line) => detail(line.trim()),
      timeoutMs: 600_000,
      signal: context.signal,
    });
    if (result.code !== 0) {
      throw new Error(
        `The plug-in ${name} ${version} cannot be installed: ${result.lastLines.at(-1) ?? `exit code ${result.code}`}. ` +
          'Unset S3V_REAL_PROVIDERS to use the stand-in.',
      );
    }
  }
}
