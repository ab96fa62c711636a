// The query operation: the nearest vectors, in pages of 100 up to 10,000.
import { createHash } from 'node:crypto';
import { MAX_RESULTS_PER_QUERY_PAGE, MAX_TOP_K } from '../../../contract/limits';
import { componentProblems } from '../../../contract/vectors/components';
import { parseFilter, type Filter, type IndexMode } from '../../../contract/vectors/filter';
import type { Input } from '../model/inputs';
import { invalidField, ServiceError } from '../service-error';
import type { Index } from '../storage/catalog';
import { queryModeOf } from './index-modes';
import { invalidToken } from './pages';
import type { QueryResult } from './query-results';
import { findIndex } from './references';
import type { Service } from './service';
import { withVectors } from './vectors';

export async function queryVectors(service: Service, input: Input<'QueryVectors'>): Promise<object> {
  const index = findIndex(service, input);
  const request = fingerprint(index, input);
  checkQuery(index, input);
  const filter = filterOf(index, input.filter, queryModeOf(index, input.queryMode));

  if (input.nextToken !== undefined) {
    const continued = service.queryResults.continue(request, input.nextToken);
    if (continued === undefined) throw invalidToken();
    return answer(index, continued.results, continued.offset, continued.tokenOf);
  }
  const results = await search(service, index, input, filter);
  return answer(index, results, 0, (offset) => service.queryResults.keep(request, results, offset));
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

function search(
  service: Service,
  index: Index,
  input: Input<'QueryVectors'>,
  filter: Filter | undefined,
): Promise<QueryResult[]> {
  const wanted = { filter, metadata: input.returnMetadata === true };
  return withVectors(service, index, async (vectors) => {
    const found = await vectors.search(input.queryVector.float32, input.topK, wanted);
    return found.map(({ key, distance, metadata }) => ({
      key,
      ...(input.returnDistance === true ? { distance: Math.fround(distance) } : {}),
      ...(metadata === undefined ? {} : { metadata: JSON.stringify(metadata) }),
    }));
  });
}

function answer(
  index: Index,
  results: readonly QueryResult[],
  offset: number,
  tokenOf: (offset: number) => string,
): object {
  const end = offset + MAX_RESULTS_PER_QUERY_PAGE;
  return {
    vectors: results.slice(offset, end).map(({ key, distance, metadata }) => ({
      key,
      ...(distance === undefined ? {} : { distance: Number.isFinite(distance) ? distance : 'Infinity' }),
      ...(metadata === undefined ? {} : { metadata: JSON.parse(metadata) as unknown }),
    })),
    distanceMetric: index.shape.distanceMetric,
    nextToken: end < results.length ? tokenOf(end) : undefined,
  };
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
