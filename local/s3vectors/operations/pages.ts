// Pages of a sorted list of named things. A page begins after the name that the page before ended with, so that
// creations and deletions between two pages neither repeat nor skip anything else.
import { invalidField, type ServiceError } from '../service-error';
import type { PageTokens } from './page-tokens';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/**
 * @param request what the token is bound to
 * @param sorted all things, in the order of their names
 */
export function pageOf<T extends { readonly name: string }>(
  tokens: PageTokens,
  request: readonly unknown[],
  sorted: readonly T[],
  size: number,
  token: string | undefined,
): Page<T> {
  const after = token === undefined ? undefined : tokens.read(request, token);
  if (token !== undefined && after === undefined) throw invalidToken();
  const rest = after === undefined ? sorted : sorted.filter(({ name }) => name > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  return {
    items,
    nextToken:
      rest.length > items.length && last !== undefined ? tokens.write(request, last.name) : undefined,
  };
}

/** The answer to a page token that is forged, expired or of another request. @param detail more, for the log */
export function invalidToken(detail?: string): ServiceError {
  return invalidField('nextToken', 'Invalid page token', detail);
}
