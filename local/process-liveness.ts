// Whether a process still runs. A signal that can be sent proves too little: a killed process that nobody has waited
// for yet (usual in containers, whose first process is no init) takes signals, and holds nothing any more.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The kernel's mark of a task that is exiting (include/linux/sched.h). */
const PF_EXITING = 0x4;

/** True for a process that runs code, of whichever user; false for none, and for one that has ended or is ending. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: there is such a process and it belongs to someone else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return !stateFromPs(pid).startsWith('Z');
  const fields = statFields(pid);
  if (fields === undefined || ['Z', 'X', 'x'].includes(fields[0] ?? '')) return false;
  // A process on its way out is marked before it becomes a zombie. An empty command line would not tell: a process that
  // is just becoming another program has none either.
  return (Number(fields[6]) & PF_EXITING) === 0;
}

/** Start time of a process in the kernel's ticks, from Linux's /proc; undefined elsewhere. */
export function startTime(pid: number): string | undefined {
  return statFields(pid)?.[19];
}

/** The fields of Linux's /proc/<pid>/stat from the state on; undefined elsewhere and for no process. */
function statFields(pid: number): string[] | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The second field, the program's name, may hold spaces and brackets: count after its closing bracket.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The state as macOS and the BSDs print it; empty for a process that has gone meanwhile. */
function stateFromPs(pid: number): string {
  return spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
