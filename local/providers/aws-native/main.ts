// The executable pulumi-resource-aws-native of a local run. The engine starts it, reads the port from its first
// line and speaks gRPC to it.
import { runPlugin } from '../plugin/serve';
import { awsNativePackage } from './package';

runPlugin(awsNativePackage).catch((error: unknown) => {
  process.stderr.write(
    `pulumi-resource-aws-native: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
});
