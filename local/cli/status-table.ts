// `status` for people: one line a service, and what is wrong below it. No line is longer than the terminal.
import type { CloudStatus, ServiceStatus } from '../cloud';
import { SERVICE_NAMES } from '../cloud';

const TITLES = { ministack: 'ministack', s3vectors: 'S3 Vectors Local' } as const;

/** @param width columns of the terminal */
export function statusTable(status: CloudStatus, width = 80): string {
  const lines = SERVICE_NAMES.flatMap((name) => serviceLines(status.services[name]));
  if (status.refreshNeeded) {
    lines.push(
      '',
      'ministack was not stopped properly: IAM, KMS, Lambda and bucket settings',
      'are older than the stacks believe. `npm start`, or `pulumi up --refresh`',
      'of each stack, puts them right. Objects and vectors are all there.',
    );
  }
  return lines.map((line) => `${cut(line, width)}\n`).join('');
}

function serviceLines(service: ServiceStatus): readonly string[] {
  const { name, state, url, pid, exit, log, lastLogLines } = service;
  const where =
    state === 'running' || state === 'unhealthy' ? `${url ?? ''}  pid ${pid ?? ''}` : (exit ?? '');
  const line = `${TITLES[name].padEnd(17)} ${state.padEnd(10)} ${where}`.trimEnd();
  if (state === 'running' || state === 'stopped') return [line];
  return [line, `  log ${log}`, ...lastLogLines.map((text) => `    ${text}`)];
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}
