// Follows a query over its pages. One QueryVectors answers at most 100 results however many were asked for;
// a client that does not follow nextToken truncates silently.
import { VectorStoreError } from './vector-store-error';
import type { IndexAddress } from './vector-store-error';

export interface QueryPage<Match> {
  readonly matches: readonly Match[];
  readonly nextToken: string | undefined;
}

/**
 * The first `topK` matches of all pages, in the service's order (nearest first).
 * @param fetch asks for the page of a token; undefined is the first
 * @throws VectorStoreError `UNEXPECTED_ANSWER` when a token comes back a second time or pages stay empty
 */
export async function allMatches<Match>(
  topK: number,
  address: IndexAddress,
  fetch: (token: string | undefined) => Promise<QueryPage<Match>>,
): Promise<Match[]> {
  const matches: Match[] = [];
  const tokens = new Set<string>();
  let token: string | undefined;
  do {
    const page = await fetch(token);
    matches.push(...page.matches);
    token = page.nextToken;
    if (token !== undefined && (tokens.has(token) || tokens.size > topK)) {
      throw new VectorStoreError(
        'UNEXPECTED_ANSWER',
        `QueryVectors on index "${address.indexName}" of vector bucket "${address.vectorBucketName}" keeps answering ` +
          `page tokens after ${tokens.size} pages and ${matches.length} of ${topK} matches.`,
      );
    }
    if (token !== undefined) tokens.add(token);
  } while (token !== undefined && matches.length < topK);
  return matches.slice(0, topK);
}
