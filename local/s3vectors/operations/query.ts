// The query operation: the nearest vectors, in pages of 100 up to 10,000.
import { createHash } from 'node:crypto';
import { MAX_RESULTS_PER_QUERY_PAGE, MAX_TOP_K } from '../../../contract/limits';
import { componentProblems } from '../../../contract/vectors/components';
import { parseFilter, type Filter, type IndexMode } from '../../../contract/vectors/filter';
import type { Input } from '../model/inputs';
import { invalidField, ServiceError } from '../service-error';
import type { Index } from '../storage/catalog';
import type { FoundVectors } from '../storage/found-vectors';
import type { VectorIndex } from '../storage/vector-index';
import { queryModeOf } from './index-modes';
import { invalidToken } from './pages';
import type { Continued } from './query-results';
import { findIndex } from './references';
import type { Service } from './service';
import { withVectors } from './vectors';

export async function queryVectors(service: Service, input: Input<'QueryVectors'>): Promise<object> {
  const index = findIndex(service, input);
  const request = fingerprint(index, input);
  checkQuery(index, input);
  const filter = filterOf(index, input.filter, queryModeOf(index, input.queryMode));
  const { nextToken, topK, queryVector } = input;
  return withVectors(service, index, async (vectors) => {
    if (nextToken !== undefined) {
      const { found, offset, tokenOf } = continued(service, request, nextToken);
      return answer(index, input, vectors, found, offset, tokenOf);
    }
    const wanted = { filter, metadata: input.returnMetadata === true };
    const found = await vectors.find(queryVector.float32, topK, wanted);
    try {
      return answer(index, input, vectors, found, 0, (offset) =>
        service.queryResults.keep(request, found, offset),
      );
    } finally {
      if (found.keys.length <= MAX_RESULTS_PER_QUERY_PAGE) service.queryResults.release(found);
    }
  });
}

function continued(service: Service, request: string, nextToken: string): Continued {
  const results = service.queryResults.continue(request, nextToken);
  if (results === 'unknown') throw invalidToken();
  if (results === 'dropped') {
    throw invalidToken('the results had to make room for those of other queries, which take 256 MiB at most');
  }
  return results;
}

function checkQuery(index: Index, input: Input<'QueryVectors'>): void {
  if (input.topK > MAX_TOP_K) {
    throw invalidField('topK', `topK must be between 1 and ${MAX_TOP_K}`);
  }
  const [problem] = componentProblems(input.queryVector.float32, index.shape);
  if (problem !== undefined) {
    const message = `Invalid input: ${problem.serviceMessage ?? problem.message}`;
    throw new ServiceError(
      'ValidationException',
      'Query vector contains invalid values or is invalid for this index',
      [{ path: 'vector', message }],
      problem.message,
    );
  }
}

function filterOf(index: Index, input: unknown, mode: IndexMode): Filter | undefined {
  if (input === undefined) return undefined;
  const { filter, problems } = parseFilter(input, {
    nonFilterableKeys: index.shape.nonFilterableMetadataKeys,
    mode,
  });
  if (filter !== undefined) return filter;
  throw invalidField(
    'filter',
    problems[0]?.serviceMessage ?? 'Invalid filter',
    problems.map(({ path, message }) => `filter${path === '' ? '' : ` ${path}`} ${message}`).join('; '),
  );
}

function answer(
  index: Index,
  { returnDistance }: Input<'QueryVectors'>,
  vectors: VectorIndex,
  found: FoundVectors,
  offset: number,
  tokenOf: (offset: number) => string,
): object {
  const end = offset + MAX_RESULTS_PER_QUERY_PAGE;
  return {
    vectors: vectors.read(found, offset, end).map(({ key, distance, metadata }) => ({
      key,
      ...(returnDistance === true ? { distance: shown(distance) } : {}),
      ...(metadata === undefined ? {} : { metadata }),
    })),
    distanceMetric: index.shape.distanceMetric,
    nextToken: end < found.keys.length ? tokenOf(end) : undefined,
  };
}

/** A distance as answers hold it: float32, and as text where JSON has no number for it. */
function shown(distance: number): number | string {
  const float = Math.fround(distance);
  return Number.isFinite(float) ? float : 'Infinity';
}

/** What all pages of one query have in common; a token of another query is refused. */
function fingerprint(index: Index, input: Input<'QueryVectors'>): string {
  const { topK, filter, queryMode, returnDistance = false, returnMetadata = false } = input;
  return createHash('sha256')
    .update(
      JSON.stringify([index.id, topK, filter ?? null, queryMode ?? null, returnDistance, returnMetadata]),
    )
    .update(input.queryVector.float32)
    .digest('base64url');
}
