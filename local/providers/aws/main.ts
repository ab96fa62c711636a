// The executable pulumi-resource-aws of a local run. The engine starts it, reads the port from its first line and
// speaks gRPC to it.
import { runPlugin } from '../plugin/serve';
import { awsPackage } from './package';

runPlugin(awsPackage).catch((error: unknown) => {
  process.stderr.write(`pulumi-resource-aws: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
