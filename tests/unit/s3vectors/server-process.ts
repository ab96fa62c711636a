// A server in a process of its own, which may be killed.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import path from 'node:path';

const MAIN = path.join(__dirname, '../../../local/s3vectors/main.ts');

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly output: () => string;
  /** Sends an operation; resolves to its status and answer. Rejects when the connection breaks. */
  call(operation: string, input: object): Promise<{ readonly status: number; readonly answer: unknown }>;
  /** Ends the process and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** @param whileStarting gets the process before it is ready */
export async function startServer(
  dataDir: string,
  whileStarting?: (child: ChildProcess) => void,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, '--port', '0', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = new Promise<number>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-100_000);
      const port = /ready at http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code, signal) =>
      reject(new Error(`ended with ${String(code ?? signal)}: ${output}`)),
    );
  });
  whileStarting?.(child);
  const port = await ready;
  const agent = new Agent({ keepAlive: true });
  return {
    child,
    port,
    output: () => output,
    call: (operation, input) =>
      new Promise((resolve, reject) => {
        const body = JSON.stringify(input);
        const sent = httpRequest(
          { port, agent, host: '127.0.0.1', method: 'POST', path: `/${operation}` },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.once('error', reject);
            answer.once('end', () => {
              const text = Buffer.concat(chunks).toString();
              if (!answer.complete) reject(new Error('the answer was cut'));
              else resolve({ status: answer.statusCode ?? 0, answer: JSON.parse(text === '' ? '{}' : text) });
            });
            answer.once('aborted', () => reject(new Error('the answer was cut')));
          },
        );
        sent.once('error', reject);
        sent.end(body);
      }),
    async end(signal) {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill(signal);
      await ended;
      agent.destroy();
    },
  };
}
