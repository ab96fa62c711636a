// --faults: which requests fail, and how. Decided by a seeded sequence, one step a request, so that a run can be
// repeated: the same requests in the same order fail in the same way.
import { z } from 'zod';
import { inputs } from '../model/inputs';
import { numberFrom, seed, share } from './numbers';
import { randomNumbers } from './random';
import { readSettings } from './settings';

/** Shares are of all S3 Vectors requests (of `operations`, where given), from 0 to 1, and together at most 1. */
export interface FaultOptions {
  /** TooManyRequestsException; nothing is done. */
  readonly '429'?: number;
  /** InternalServerException. */
  readonly '500'?: number;
  /** ServiceUnavailableException; nothing is done. */
  readonly '503'?: number;
  /** RequestTimeoutException. */
  readonly '408'?: number;
  /** The connection is reset: before or after the request is done, or in the middle of its answer. */
  readonly reset?: number;
  /** The connection ends in the middle of the answer, whose length was announced; the request is done. */
  readonly truncate?: number;
  /** The request is done at once and its answer held back for `slow-ms`. */
  readonly slow?: number;
  /** Milliseconds; default 2,000. */
  readonly 'slow-ms'?: number;
  /** Of 500, 408 and resets, the share that strikes when the request has been done; default 0.5. */
  readonly done?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Only these operations, joined with + in text; default: all of S3 Vectors. */
  readonly operations?: readonly string[];
}

export const FAULT_KINDS = ['429', '500', '503', '408', 'reset', 'truncate', 'slow'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What happens to one request. */
export interface Fault {
  readonly kind: FaultKind;
  /** Where it strikes: before anything is done, when all is done, or within the answer (all is done, too). */
  readonly strikes: 'before' | 'after' | 'within';
}

const DEFAULT_SLOW_MS = 2_000;
const LONGEST_WAIT_MS = 3_600_000;

const operations = z
  .union([z.string().transform((text) => text.split('+')), z.array(z.string())])
  .superRefine((names, context) => {
    for (const name of names.filter((candidate) => !Object.hasOwn(inputs, candidate))) {
      context.addIssue({ code: 'custom', message: `"${name}" is no operation of S3 Vectors` });
    }
  });

const schema = z
  .strictObject({
    ...(Object.fromEntries(FAULT_KINDS.map((kind) => [kind, share().default(0)])) as Record<
      FaultKind,
      ReturnType<ReturnType<typeof share>['default']>
    >),
    'slow-ms': numberFrom(0, LONGEST_WAIT_MS, `time from 0 to ${LONGEST_WAIT_MS} ms`).default(
      DEFAULT_SLOW_MS,
    ),
    done: share().default(0.5),
    seed: seed().default(1),
    operations: operations.optional(),
  })
  .superRefine((faults, context) => {
    const total = FAULT_KINDS.reduce((sum, kind) => sum + faults[kind], 0);
    // Ten times 0.1 is a little more than 1 in binary.
    if (total > 1 + 1e-9) {
      context.addIssue({ code: 'custom', message: `the shares add up to ${total}, which is more than 1` });
    }
  });

/** Decides one request after the other. */
export interface FaultPlan {
  readonly slowMs: number;
  /** The fault of the next request; undefined when it is answered as it should be. */
  next(operation: string): Fault | undefined;
}

/** @throws OptionError naming every problem of the settings */
export function planFaults(settings: string | FaultOptions): FaultPlan {
  const faults = readSettings('--faults', settings, schema);
  const random = randomNumbers(faults.seed);
  const chosen = faults.operations === undefined ? undefined : new Set(faults.operations);
  return {
    slowMs: faults['slow-ms'],
    next(operation) {
      if (chosen?.has(operation) === false) return undefined;
      // Always as many steps a request, so that other shares change which requests fail and not the sequence.
      const [which, when, where] = [random(), random(), random()];
      const kind = kindAt(faults, which);
      return kind === undefined
        ? undefined
        : { kind, strikes: strikes(kind, when < faults.done, where < 0.5) };
    },
  };
}

/** Refusals that leave the request undone are those which the service gives before it begins. */
function strikes(kind: FaultKind, done: boolean, within: boolean): Fault['strikes'] {
  switch (kind) {
    case '429':
    case '503':
      return 'before';
    case '500':
    case '408':
      return done ? 'after' : 'before';
    case 'reset':
      if (!done) return 'before';
      return within ? 'within' : 'after';
    case 'truncate':
      return 'within';
    case 'slow':
      return 'after';
  }
}

function kindAt(shares: Readonly<Record<FaultKind, number>>, at: number): FaultKind | undefined {
  let upTo = 0;
  return FAULT_KINDS.find((kind) => {
    upTo += shares[kind];
    return at < upTo;
  });
}
