// Runs a command inside the local environment with the terminal as it is, and passes its exit code on.
import { spawn } from 'node:child_process';
import { CommandFailure, EXIT } from './exit-codes';

/** @throws CommandFailure when there is no such command */
export async function runInside(
  command: string,
  args: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv>,
  cwd: string,
): Promise<number> {
  const child = spawn(command, args, { cwd, env: environment, stdio: 'inherit' });
  // Ctrl-C reaches the command by itself; this process waits for what the command makes of it.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  const pass = () => void child.kill('SIGTERM');
  process.on('SIGTERM', pass);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error) =>
        reject(new CommandFailure(`\`${command}\` cannot be run: ${error.message}`, EXIT.failure)),
      );
      child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
    });
  } finally {
    process.off('SIGINT', ignore);
    process.off('SIGTERM', pass);
  }
}
