// S3 Vectors Local as a process of its own, which tells its address, and when asked what it has used.
import { startS3VectorsLocal } from '../../../local/s3vectors/server';

export type ServerMessage =
  { readonly url: string } | { readonly cpuMilliseconds: number; readonly residentBytes: number };

function tell(message: ServerMessage): void {
  process.send?.(message);
}

async function main(): Promise<void> {
  const [dataDir] = process.argv.slice(2);
  if (dataDir === undefined) throw new Error('own-server.ts needs the data directory');
  const server = await startS3VectorsLocal({
    port: 0,
    dataDir,
    region: 'us-east-1',
    accountId: '000000000000',
  });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    tell({ cpuMilliseconds: (user + system) / 1000, residentBytes: process.memoryUsage().rss });
  });
  process.once('disconnect', () => process.exit(1)); // the bench was ended, and deletes the directory
  process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
  tell({ url: server.url });
}

void main();
