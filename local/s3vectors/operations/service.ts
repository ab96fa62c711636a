// What every operation works with: where the service pretends to be, its storage, its clock and its page tokens.
import type { Place } from '../../../contract/arns';
import type { Storage } from '../storage/storage';
import type { PageTokens } from './page-tokens';
import type { QueryResults } from './query-results';

export interface Service {
  readonly place: Place;
  readonly storage: Storage;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly pageTokens: PageTokens;
  readonly queryResults: QueryResults;
}

/** The time of a creation: whole seconds, as the service keeps it. */
export function creationTime(service: Service): number {
  return Math.floor(service.now() / 1000) * 1000;
}

/** A time as the protocol writes it: seconds since the epoch. */
export function timestamp(milliseconds: number): number {
  return milliseconds / 1000;
}
