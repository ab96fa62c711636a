// What every operation works with: where the service pretends to be, its storage, its clock and its page tokens.
import type { Place } from '../../../contract/arns';
import type { Request } from '../http/exchange';
import type { Permissions, RequestAuthority } from '../permissions/permissions';
import type { Quotas } from '../practice/quotas';
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
  /** Rates that requests are refused beyond; undefined where they are not enforced. */
  readonly quotas?: Quotas;
  /** Who may do what; undefined where permissions are not enforced. */
  readonly permissions?: Permissions;
  /** What the request under way may do; there whenever permissions are enforced. */
  readonly authority?: RequestAuthority;
}

/** The service as one request sees it: what it runs is judged by who sent it. */
export function asCaller(service: Service, request: Request, called: string): Service {
  return service.permissions === undefined
    ? service
    : { ...service, authority: service.permissions.of(request, called) };
}

/** The time of a creation: whole seconds, as the service keeps it. */
export function creationTime(service: Service): number {
  return Math.floor(service.now() / 1000) * 1000;
}

/** A time as the protocol writes it: seconds since the epoch. */
export function timestamp(milliseconds: number): number {
  return milliseconds / 1000;
}
