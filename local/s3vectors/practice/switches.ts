// The practice switches together: read before anything is opened, so that a wrong one changes nothing, and laid around
// the front of S3 Vectors. Cloud Control, the models' stand-ins and everything below /_local/ are left alone.
import type { Front } from '../http/exchange';
import { OptionError, OptionReading } from '../option-error';
import { makeClock, type Clock } from './clock';
import { delayedFront } from './delayed-front';
import { planFaults, type FaultOptions, type FaultPlan } from './fault-plan';
import { faultyFront } from './faulty-front';
import { readLatency, type LatencyOptions, type LatencyProfile } from './latency-profile';
import { Quotas, readQuotas, type QuotaOptions } from './quotas';

export interface SwitchOptions {
  /** Refuses with 429 beyond the service's rates (true) or beyond others. Default: no. */
  readonly enforceQuotas?: boolean | string | QuotaOptions;
  /** Failures to inject: `429=0.1,reset=0.05,seed=42` or an object. Default: none. */
  readonly faults?: string | FaultOptions;
  /** How long answers take at least: `80`, `query=60/300,put=200` or an object. Default: no longer than they take. */
  readonly latency?: string | number | LatencyOptions;
  /** `system`, `fixed:<ISO date>` or `from:<ISO date>`. Default: `system`. */
  readonly clock?: string;
}

export interface Switches {
  readonly clock: Clock;
  readonly quotas: Quotas | undefined;
  readonly faults: FaultPlan | undefined;
  readonly latency: LatencyProfile | undefined;
}

/**
 * Reads all switches.
 * @param system the clock that the service's clock is made of; milliseconds since the epoch
 * @throws OptionError naming every problem of every switch
 */
export function readSwitches(options: SwitchOptions, system: () => number): Switches {
  const reading = new OptionReading();
  const { enforceQuotas = false, faults, latency, clock: setting = 'system' } = options;
  const rates = enforceQuotas === false ? undefined : reading.read(() => readQuotas(enforceQuotas));
  const plan = faults === undefined ? undefined : reading.read(() => planFaults(faults));
  const profile = latency === undefined ? undefined : reading.read(() => readLatency(latency));
  const clock = reading.read(() => makeClock(setting, system));
  reading.finish();
  if (clock === undefined) throw new OptionError(`clock "${setting}" was not read`);
  return {
    clock,
    quotas: rates === undefined ? undefined : new Quotas(rates, clock.now),
    faults: plan,
    latency: profile,
  };
}

/** Which switches are on: a test that fails may be one that was meant to. */
export interface SwitchesInForce {
  readonly quotas: boolean;
  readonly faults: boolean;
  readonly latency: boolean;
  readonly clock: 'running' | 'fixed';
}

/** Which switches are on, for whoever asks after the service's health. */
export function inForce({ clock, quotas, faults, latency }: Switches): SwitchesInForce {
  return {
    quotas: quotas !== undefined,
    faults: faults !== undefined,
    latency: latency !== undefined,
    clock: clock.fixed ? 'fixed' : 'running',
  };
}

/** @param closing ends the waiting of answers that are held back */
export function practising(front: Front, { faults, latency }: Switches, closing: AbortSignal): Front {
  const faulty = faults === undefined ? front : faultyFront(front, faults, closing);
  return latency === undefined ? faulty : delayedFront(faulty, latency, closing);
}
