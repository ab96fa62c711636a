// Which processes exist, in which process group, with which command line. What is running is asked of the operating
// system and not believed from a file: a process id in a file may belong to somebody else by now.
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ProcessEntry {
  readonly pid: number;
  readonly group: number;
  /** The arguments joined by spaces. */
  readonly commandLine: string;
}

/** Every process that has a command line; ended ones that nobody has waited for are left out. */
export async function readProcessTable(): Promise<readonly ProcessEntry[]> {
  return process.platform === 'linux' ? readProc() : readPs();
}

async function readProc(): Promise<readonly ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(
    pids.map(async (pid): Promise<ProcessEntry | undefined> => {
      try {
        const [stat, commandLine] = await Promise.all([
          readFile(`/proc/${pid}/stat`, 'utf8'),
          readFile(`/proc/${pid}/cmdline`, 'utf8'),
        ]);
        // The name in brackets may itself hold brackets and spaces.
        const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z' || commandLine === '') return undefined;
        return {
          pid: Number(pid),
          group: Number(group),
          commandLine: commandLine.replace(/\0+$/, '').replaceAll('\0', ' '),
        };
      } catch {
        // Ended between the two looks.
        return undefined;
      }
    }),
  );
  return entries.filter((entry) => entry !== undefined);
}

async function readPs(): Promise<readonly ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,pgid=,stat=,command='], {
    maxBuffer: 32 * 1024 * 1024,
  });
  return parsePs(stdout);
}

/** Exported for its test: the form that `ps` prints on macOS and the BSDs. */
export function parsePs(output: string): readonly ProcessEntry[] {
  return output.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+)$/.exec(line);
    if (match === null || match[3]?.startsWith('Z') === true) return [];
    return [{ pid: Number(match[1]), group: Number(match[2]), commandLine: match[4] ?? '' }];
  });
}
