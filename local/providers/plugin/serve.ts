// A plugin's life: bind a free port on loopback, print it for the engine, serve until the engine is gone.
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import type { PackageDefinition } from './resource-type';
import { StandInServer } from './server';

/** How often to look whether the process that started us is still there. */
const PARENT_CHECK_MS = 5_000;

/** Starts serving and resolves to the port, on 127.0.0.1. */
export async function serve<Session>(
  definition: PackageDefinition<Session>,
  environment: NodeJS.ProcessEnv,
): Promise<{ port: number; stop: () => void }> {
  // Archives and large states exceed gRPC's default of 4 MiB a message.
  const server = new Server({
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
  server.addService(ResourceProviderService, new StandInServer(definition, environment).implementation());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return { port, stop: () => server.forceShutdown() };
}

/** The `main` of a plugin executable. */
export async function runPlugin<Session>(definition: PackageDefinition<Session>): Promise<void> {
  const environment = takeAwsEnvironment(process.env);
  const { port } = await serve(definition, environment);
  process.stdout.write(`${String(port)}\n`);
  const parent = process.ppid;
  setInterval(() => {
    // An engine that was killed cannot tell us to stop.
    if (process.ppid !== parent) process.exit(0);
  }, PARENT_CHECK_MS).unref();
}

/**
 * Returns a copy of the environment and takes every AWS variable out of the original, with the shared
 * configuration and credentials files pointed at nothing: from here on no AWS client can read a person's
 * profile, whatever default it falls back to.
 */
export function takeAwsEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const copy = { ...environment };
  for (const name of Object.keys(environment)) {
    if (name.startsWith('AWS_')) Reflect.deleteProperty(environment, name);
  }
  environment['AWS_CONFIG_FILE'] = '/dev/null';
  environment['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';
  environment['AWS_EC2_METADATA_DISABLED'] = 'true';
  // The SDK's notice about its future Node versions would be shown as a warning of every update.
  environment['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  return copy;
}
