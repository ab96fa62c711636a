// --latency: how long answers take at least, by kind of operation. A constant, or a median and a 99th percentile between
// which times are drawn from the log-normal distribution through both, the usual shape of a service's latencies.
import { z } from 'zod';
import type { OperationName } from '../model/inputs';
import { seed } from './numbers';
import { randomNumbers } from './random';
import { readSettings } from './settings';

/** Milliseconds: a constant, or `p50/p99`. */
export type LatencyTime = number | string;

export interface LatencyOptions {
  /** PutVectors. */
  readonly put?: LatencyTime;
  /** GetVectors. */
  readonly get?: LatencyTime;
  /** QueryVectors. */
  readonly query?: LatencyTime;
  /** ListVectors. */
  readonly list?: LatencyTime;
  /** DeleteVectors. */
  readonly delete?: LatencyTime;
  /** Everything on buckets, indexes, policies and tags. */
  readonly control?: LatencyTime;
  /** Every kind that has no time of its own. Default 0. */
  readonly all?: LatencyTime;
  /** Default 1. */
  readonly seed?: number;
}

/** The kinds of operation that have a time of their own. */
export const LATENCY_KINDS = ['put', 'get', 'query', 'list', 'delete', 'control', 'all'] as const;
type Kind = (typeof LATENCY_KINDS)[number];

const KIND_OF: Partial<Record<OperationName, Kind>> = {
  PutVectors: 'put',
  GetVectors: 'get',
  QueryVectors: 'query',
  ListVectors: 'list',
  DeleteVectors: 'delete',
};

interface Time {
  readonly p50: number;
  readonly p99: number;
}

/** One time in a hundred is beyond this many standard deviations. */
const P99_DEVIATIONS = 2.3263478740408408;
const LONGEST_MS = 3_600_000;

const time = z.union([z.number(), z.string()]).transform((given, context): Time => {
  const [p50, p99 = p50, ...rest] = String(given)
    .split('/')
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (
    p50 !== undefined &&
    p99 !== undefined &&
    rest.length === 0 &&
    p50 >= 0 &&
    p99 >= p50 &&
    p99 <= LONGEST_MS &&
    (p50 > 0 || p99 === 0)
  ) {
    return { p50, p99 };
  }
  context.addIssue({
    code: 'custom',
    message: `"${given}" is no time: give milliseconds (80) or p50/p99 (60/300), 0 to ${LONGEST_MS}, p50 above 0 and not above p99`,
  });
  return z.NEVER;
});
const schema = z.strictObject({
  put: time.optional(),
  get: time.optional(),
  query: time.optional(),
  list: time.optional(),
  delete: time.optional(),
  control: time.optional(),
  all: time.optional(),
  seed: seed().default(1),
});

/** Milliseconds that the next answer of an operation takes at least. */
export type LatencyProfile = (operation: string) => number;

/** @throws OptionError naming every problem of the settings */
export function readLatency(settings: string | number | LatencyOptions): LatencyProfile {
  const given = typeof settings === 'number' ? String(settings) : settings;
  const times = readSettings('--latency', given, schema, 'all');
  const random = randomNumbers(times.seed);
  return (operation) => {
    const kind = KIND_OF[operation as OperationName] ?? 'control';
    const deviation = standardNormal(random(), random());
    const drawn = times[kind] ?? times.all;
    return drawn === undefined ? 0 : timeAt(drawn, deviation);
  };
}

/** The time at so many standard deviations from the median; bounded, as a distribution's tail is not. */
function timeAt({ p50, p99 }: Time, deviations: number): number {
  if (p50 === p99) return p50;
  return Math.min(p50 * (p99 / p50) ** (deviations / P99_DEVIATIONS), LONGEST_MS);
}

/** A standard normal number from two uniform ones (Box and Muller). */
function standardNormal(a: number, b: number): number {
  return Math.sqrt(-2 * Math.log(1 - a)) * Math.cos(2 * Math.PI * b);
}
