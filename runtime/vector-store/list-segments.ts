// Lists an index in parallel segments. Each segment has at most one page waiting and one request under way, so a slow
// reader slows the requests down instead of filling memory.
import { callSignal } from '../retry/call-signal';
import { VectorStoreError } from './vector-store-error';
import type { IndexAddress } from './vector-store-error';

export interface ListPage<Vector> {
  readonly vectors: readonly Vector[];
  readonly nextToken: string | undefined;
}

/** Asks for one page of a segment; undefined is the first page's token. */
export type FetchPage<Vector> = (
  segment: number,
  token: string | undefined,
  signal: AbortSignal,
) => Promise<ListPage<Vector>>;

/**
 * Everything that the segments hold, in no order. Where the reader stops early, what is under way is aborted.
 * @throws whatever `fetch` throws, at once, with the other requests aborted
 * @throws VectorStoreError `UNEXPECTED_ANSWER` when a page names its own token as the next
 */
export async function* listSegments<Vector>(
  segments: number,
  address: IndexAddress,
  fetch: FetchPage<Vector>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Vector, void, undefined> {
  const together = callSignal(signal);
  const arrived: (ListPage<Vector> & { readonly segment: number; readonly token: string | undefined })[] = [];
  const failure: unknown[] = [];
  let wake: () => void = () => undefined;
  let open = 0;

  const request = (segment: number, token: string | undefined): void => {
    open += 1;
    void fetch(segment, token, together.signal)
      .then(
        (page) => arrived.push({ ...page, segment, token }),
        (thrown: unknown) => failure.push(thrown),
      )
      .finally(() => {
        open -= 1;
        wake();
      });
  };

  try {
    for (let segment = 0; segment < segments; segment += 1) request(segment, undefined);
    for (;;) {
      if (failure.length > 0) throw failure[0];
      const page = arrived.shift();
      if (page === undefined) {
        if (open === 0) return;
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      if (page.nextToken !== undefined) {
        if (page.nextToken === page.token) throw endless(address, page.segment);
        request(page.segment, page.nextToken);
      }
      yield* page.vectors;
    }
  } finally {
    together.abort();
    together.end();
  }
}

function endless({ indexName, vectorBucketName }: IndexAddress, segment: number): VectorStoreError {
  return new VectorStoreError(
    'UNEXPECTED_ANSWER',
    `ListVectors on index "${indexName}" of vector bucket "${vectorBucketName}" answered segment ${segment} with the ` +
      'page token that it was asked with: the list would never end.',
  );
}
