// A checkpoint: how far a migration has come, and of what. It goes on only where source, index and options are the same;
// what differs is named.
import { InvalidInputError } from '../../contract/invalid-input';
import { noCounts } from './migration-report';
import type { MigrationCounts } from './migration-report';

export type Identity = Readonly<Record<string, string>>;

export interface Checkpoint {
  /** Source, index and options, by what each is called in messages. */
  readonly identity: Identity;
  readonly finished: boolean;
  /** The item up to which everything is written or named as failed; absent before the first. */
  readonly cursor?: string | undefined;
  readonly counts: MigrationCounts;
  /** Length of the file of failures that goes with it. */
  readonly failureBytes: number;
  readonly savedAt: string;
}

/** Where a checkpoint is kept. `save` replaces it as a whole or not at all. */
export interface CheckpointStore {
  /** As a person knows it. */
  readonly name: string;
  /** Where it is a file: that file, which must be no other one of the migration's. */
  readonly path?: string | undefined;
  /** Undefined where there is none yet. */
  load(signal: AbortSignal | undefined): Promise<string | undefined>;
  save(text: string, signal: AbortSignal | undefined): Promise<void>;
}

const FORMAT = 'pulumi-s3-vectors migration checkpoint';
const VERSION = 1;

export function checkpointText(checkpoint: Checkpoint): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...checkpoint }, undefined, 2)}\n`;
}

/** @throws InvalidInputError where the text is no checkpoint, or one of another version */
export function readCheckpoint(text: string, name: string): Checkpoint {
  const refusal = (problem: string) =>
    new InvalidInputError(`checkpoint ${name}`, [
      `${problem}; name another one, or delete it to begin anew.`,
    ]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal('it is no JSON');
  }
  const { format, version, identity, finished, cursor, counts, failureBytes, savedAt } = (value ??
    {}) as Record<string, unknown>;
  if (format !== FORMAT) throw refusal('it is no checkpoint of a migration');
  if (version !== VERSION)
    throw refusal(`it is of version ${String(version)}, and this program knows ${VERSION}`);
  const whole =
    isTexts(identity) &&
    typeof finished === 'boolean' &&
    (cursor === undefined || typeof cursor === 'string') &&
    isCounts(counts) &&
    typeof failureBytes === 'number' &&
    typeof savedAt === 'string';
  if (!whole) throw refusal('it is damaged');
  return { identity, finished, cursor, counts, failureBytes, savedAt };
}

/** @throws InvalidInputError naming everything that differs from the migration of the checkpoint */
export function expectSame(saved: Identity, wanted: Identity, name: string): void {
  const differences = [...new Set([...Object.keys(saved), ...Object.keys(wanted)])]
    .filter((what) => saved[what] !== wanted[what])
    .map(
      (what) =>
        `${what} was ${said(saved[what])} and is ${said(wanted[what])} now; name another checkpoint, or delete this one to begin anew ` +
        '(what is written already is only written again).',
    );
  if (differences.length > 0)
    throw new InvalidInputError(`checkpoint ${name} is of another migration`, differences);
}

function said(value: string | undefined): string {
  return value === undefined ? 'not given' : JSON.stringify(value);
}

function isTexts(value: unknown): value is Identity {
  return isObject(value) && Object.values(value).every((entry) => typeof entry === 'string');
}

function isCounts(value: unknown): value is MigrationCounts {
  if (!isObject(value)) return false;
  return Object.entries(noCounts()).every(([name, empty]) =>
    typeof empty === 'number'
      ? isCount(value[name])
      : isObject(value[name]) && Object.values(value[name]).every(isCount),
  );
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
