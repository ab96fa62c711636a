// S3 Vectors Local as a command of its own.
import { parseArgs } from 'node:util';
import { OptionError, startS3VectorsLocal, type S3VectorsLocal } from './server';
import { DataDirectoryError } from './storage/data-directory';

const USAGE = `Usage: s3-vectors-local [--port 9050] [--host 127.0.0.1] [--data-dir .s3-vectors-local]
                        [--region us-east-1] [--account-id 000000000000] [--quiet]

Serves Amazon S3 Vectors, Cloud Control for AWS::S3Vectors::* and stand-ins for Bedrock's embedding models
on one loopback port. Port 0 takes any free one. Ends on SIGINT or SIGTERM with all data on disk.`;

async function main(): Promise<void> {
  const { values } = readArguments();
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const server = await startS3VectorsLocal({
    port: portOf(values.port),
    host: values.host,
    dataDir: values['data-dir'],
    region: values.region,
    accountId: values['account-id'],
    log: values.quiet ? () => undefined : (line) => console.log(`${new Date().toISOString()} ${line}`),
  });
  stopOnSignal(server);
  console.log(
    `S3 Vectors Local is ready at ${server.url} ` +
      `(region ${values.region}, account ${values['account-id']}, data in ${values['data-dir']}, process ${process.pid}).`,
  );
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '9050' },
        host: { type: 'string', default: '127.0.0.1' },
        'data-dir': { type: 'string', default: '.s3-vectors-local' },
        region: { type: 'string', default: 'us-east-1' },
        'account-id': { type: 'string', default: '000000000000' },
        quiet: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new OptionError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new OptionError(`--port ${text} is no port: give 0 to 65535.`);
  return port;
}

function stopOnSignal(server: S3VectorsLocal): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    server.close().then(() => process.exit(0), fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function fail(error: unknown): void {
  if (error instanceof OptionError || error instanceof DataDirectoryError) console.error(error.message);
  else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    console.error(
      `${(error as Error).message}: the port is in use; choose another --port, or 0 for any free one.`,
    );
  } else console.error(error);
  process.exit(1);
}

main().catch(fail);
