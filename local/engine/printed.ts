// Reads what the Pulumi CLI prints. Only its stable closing lines and its own error texts are relied on.

/** How many resources an update touched, by what was done with them. */
export type ResourceChanges = Readonly<Record<string, number>>;

/** The block `Resources:` at the end of an update, for example `{ created: 3, unchanged: 12 }`. */
export function resourceChanges(printed: string): ResourceChanges {
  const blocks = [...printed.matchAll(/^Resources:\n((?: {4}.*(?:\n|$))+)/gm)];
  const changes: Record<string, number> = {};
  const line = /^ {4}(?:[+~=-]+ ?)?(\d+) (created|updated|deleted|replaced|unchanged|refreshed|imported)\b/gm;
  // The last block is the update's; one of a preview stands before it.
  for (const [, count = '0', what = ''] of (blocks.at(-1)?.[1] ?? '').matchAll(line)) {
    changes[what] = Number(count);
  }
  return changes;
}

/** `3 created, 12 unchanged`; `nothing to change` when there is nothing else than unchanged resources. */
export function describeChanges(changes: ResourceChanges): string {
  const touched = Object.entries(changes).filter(([what]) => what !== 'unchanged');
  const unchanged = changes['unchanged'] ?? 0;
  if (touched.length === 0) return `nothing to change (${unchanged} resources)`;
  const parts = touched.map(([what, count]) => `${count} ${what}`);
  return [...parts, ...(unchanged > 0 ? [`${unchanged} unchanged`] : [])].join(', ');
}

const LAST_LINES = 40;

/**
 * The part of a failed command's output that tells why: its verdicts and diagnostics where it came to any, else its
 * last lines. The resources before that went well.
 */
export function whatFailed(printed: string): string {
  const parts = printed.split(/^(?=\S.*:$)/m).filter((part) => /^(?:Policies|Diagnostics):\n/.test(part));
  // Of preview and update only the last one is told: it is the one that failed.
  const told = [...new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part])).values()];
  return told.length > 0
    ? told.map((part) => part.trimEnd()).join('\n')
    : printed.trim().split('\n').slice(-LAST_LINES).join('\n');
}

/** Whether the CLI says that there is no such stack yet. */
export function saysNoSuchStack(printed: string): boolean {
  return /no stack named '.*' found/.test(printed);
}

/** Whether the CLI says that the file that holds the stack's state is damaged. */
export function saysUnreadableState(printed: string): boolean {
  return /failed to load checkpoint|could not deserialize deployment|unmarshalling deployment/i.test(printed);
}

/** The process that the CLI says has locked the stack on this machine, or undefined where it says no such thing. */
export function lockedByProcess(printed: string): number | undefined {
  const pid = /the stack is currently locked by[\s\S]*?\(pid (\d+)\)/.exec(printed)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** The line of a resource under way, shortened for a progress display, or undefined for other lines. */
export function resourceLine(line: string): string | undefined {
  const found = /^\s*[+~-]{1,2}\s+\S+:(\w+)\s+(\S+)\s+(\w+)/.exec(line);
  return found === null ? undefined : `${found[3] ?? ''} ${found[1] ?? ''} ${found[2] ?? ''}`;
}
