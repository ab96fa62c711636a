// S3 Vectors Local as a command of its own; `bin.cjs` starts it where no TypeScript loader is there.
import { CommanderError } from 'commander';
import { s3VectorsLocalProgram, withoutServe, type SnapshotSource } from './command';
import { EXIT } from './exit-codes';
import { OptionError } from './option-error';
import { startS3VectorsLocal, type S3VectorsLocal, type S3VectorsLocalOptions } from './server';
import { snapshotOfDirectory, snapshotOfService } from './snapshots/take';
import { DataDirectoryError } from './storage/data-directory';
import { restoreSnapshot, SnapshotError } from './storage/snapshot';

async function main(): Promise<void> {
  const program = s3VectorsLocalProgram({ serve, snapshot, restore });
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync(withoutServe(process.argv.slice(2)), { from: 'user' });
}

async function serve(options: S3VectorsLocalOptions, quiet: boolean): Promise<void> {
  const server = await startS3VectorsLocal({
    ...options,
    log: quiet ? () => undefined : (line) => console.log(`${new Date().toISOString()} ${line}`),
  });
  stopOnSignal(server);
  console.log(
    `S3 Vectors Local is ready at ${server.url} ` +
      `(region ${options.region}, account ${options.accountId}, data in ${options.dataDir}, process ${process.pid}).`,
  );
}

async function snapshot(directory: string, source: SnapshotSource): Promise<void> {
  const { vectorBuckets, indexes, bytes, ...taken } =
    source.endpoint === undefined
      ? await snapshotOfDirectory(source.dataDir, directory)
      : await snapshotOfService(source.endpoint, directory);
  console.log(
    `Snapshot of ${vectorBuckets} vector buckets and ${indexes} indexes (${bytes} bytes) in ${taken.directory}.`,
  );
}

async function restore(directory: string, dataDir: string): Promise<void> {
  await restoreSnapshot(directory, dataDir);
  console.log(`Restored ${directory}; start with --data-dir ${dataDir}.`);
}

function stopOnSignal(server: S3VectorsLocal): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    server.close().then(() => process.exit(EXIT.success), fail);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function fail(error: unknown): void {
  // Commander has printed its own.
  if (!(error instanceof CommanderError)) console.error(messageOf(error));
  process.exit(exitCodeOf(error));
}

function messageOf(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof OptionError || error instanceof SnapshotError) return message;
  if (code === 'EADDRINUSE') {
    return `${message}: the port is in use; choose another --port, or 0 for any free one.`;
  }
  return isUnavailable(error) ? message : error;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof OptionError) return EXIT.usage;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.usage;
  return isUnavailable(error) ? EXIT.unavailable : EXIT.failure;
}

/** The port or the data directory cannot be had. */
function isUnavailable(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return (
    error instanceof DataDirectoryError ||
    error instanceof SnapshotError ||
    ['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOSPC'].includes(code)
  );
}

// Whoever reads our output may have seen enough (`| head`); the service goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

main().catch(fail);
