// What a command did not store: counted, the first of it kept for its report, and all of it written to a file as JSONL
// where one is named, each as it happens.
import { appendFileSync, writeFileSync } from 'node:fs';
import { sameFileProblems } from '../records/distinct-files';
import { messageOf } from '../runtime-error';
import { CommandFailure, EXIT } from './exit-codes';

/** A record that was not stored. */
export interface Failure {
  /** The file, as people know it. */
  readonly source: string;
  readonly line: number;
  readonly key?: string | undefined;
  readonly reason: string;
}

/** Failures that a report for programs names; a file of garbage would fill it. */
export const MAX_REPORTED = 1_000;

export class Failures {
  readonly first: Failure[] = [];
  count = 0;

  /**
   * @param file begun anew, so that what is in it is of this run
   * @param input what the command reads, which must not be the same
   * @throws CommandFailure for a file that cannot be written
   */
  constructor(
    private readonly file: string | undefined,
    input: string,
  ) {
    if (file === undefined) return;
    expectOther(file, input);
    try {
      writeFileSync(file, '', { mode: 0o600 });
    } catch (error) {
      throw new CommandFailure(`--failed ${file} cannot be written (${messageOf(error)}).`, EXIT.usage);
    }
  }

  add(failure: Failure): void {
    this.count += 1;
    if (this.first.length < MAX_REPORTED) this.first.push(failure);
    if (this.file !== undefined) appendFileSync(this.file, `${JSON.stringify(failure)}\n`);
  }
}

/**
 * Writing one over the other would destroy what is read.
 * @throws CommandFailure
 */
export function expectOther(file: string | undefined, input: string): void {
  if (file === undefined || sameFileProblems([input, file].map((path) => ({ as: path, path }))).length === 0)
    return;
  throw new CommandFailure(`--failed ${file} is the input itself; name another file.`, EXIT.usage);
}
