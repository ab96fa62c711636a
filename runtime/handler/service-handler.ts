// The handler of the service's Lambda function: reads the event, does it with one service kept for the container's
// life, and answers. Configuration is read with the first event, so that a wrong one is an answer and no crash.
import { InvalidInputError, refuse } from '../../contract/invalid-input';
import { textKeyOf } from '../embedding-service/document';
import { EmbeddingService } from '../embedding-service/embedding-service';
import type { Embedder } from '../embedders/embedder';
import { embedderFor } from '../embedders/embedder-for';
import type { EmbedderOptions } from '../embedders/embedder-for';
import type { Log } from '../logging/log';
import { serviceEnvironment } from '../stack-outputs/service-environment';
import type { QueryFilter } from '../vector-store/query-filter';
import { VectorStore } from '../vector-store/vector-store';
import type { VectorStoreOptions } from '../vector-store/vector-store';
import { failureAnswer, storeAnswer } from './service-answer';
import type { ServiceAnswer } from './service-answer';
import { serviceRequest } from './service-request';
import type { ServiceRequest } from './service-request';

/** The part of Lambda's context that is used. */
export interface InvocationContext {
  getRemainingTimeInMillis?(): number;
}

export interface ServiceHandlerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly store?: Partial<VectorStoreOptions>;
  readonly embedder?: EmbedderOptions;
}

/** An answer of Lambda has at most 6 MB (Lambda quotas, "Invocation payload"). */
const MAX_ID_BYTES = 5_000_000;
const QUOTES_AND_COMMA = 3;

interface Parts {
  readonly store: VectorStore;
  readonly embedder: Embedder;
  readonly service: EmbeddingService;
}

/** Milliseconds before Lambda would end the function: enough to abort, count and answer. */
const ANSWER_TIME = 1_000;

export type ServiceHandler = (event: unknown, context?: InvocationContext) => Promise<ServiceAnswer>;

export function serviceHandler(options: ServiceHandlerOptions): ServiceHandler {
  const { log } = options;
  let parts: Parts | undefined;
  return async (event, context) => {
    let invalid = 'INVALID_EVENT';
    try {
      const request = serviceRequest(event);
      invalid = 'INVALID_CONFIGURATION';
      parts ??= partsOf(options);
      invalid = 'INVALID_INPUT';
      return await answer(request, parts, deadline(context));
    } catch (thrown) {
      const failure = failureAnswer(thrown, invalid);
      // A person's input is their own affair; what went wrong inside is the operator's.
      if (thrown instanceof InvalidInputError && invalid !== 'INVALID_CONFIGURATION') {
        log.warn({ code: invalid, problems: thrown.problems.length }, 'request_refused');
      } else {
        log.error(
          { code: 'error' in failure ? failure.error?.code : undefined, err: logged(thrown) },
          'request_failed',
        );
      }
      return failure;
    }
  };
}

function partsOf({ env, log, store, embedder }: ServiceHandlerOptions): Parts {
  const settings = serviceEnvironment(env);
  const model = embedderFor(settings.modelId, settings.dimension, { region: settings.region, ...embedder });
  const vectors = new VectorStore({
    vectorBucketName: settings.vectorBucketName,
    indexName: settings.vectorIndexName,
    region: settings.region,
    expected: { dimension: model.dimension },
    log,
    ...store,
  });
  return {
    store: vectors,
    embedder: model,
    service: new EmbeddingService({ store: vectors, embedder: model, log }),
  };
}

async function answer(
  request: ServiceRequest,
  { store, embedder, service }: Parts,
  signal: AbortSignal | undefined,
): Promise<ServiceAnswer> {
  switch (request.op) {
    case 'store':
      return storeAnswer(await service.store(request.documents, { signal }));
    case 'search': {
      const { query, topK, filter } = request;
      return { op: 'search', ok: true, results: await service.search(query, { topK, filter, signal }) };
    }
    case 'get': {
      const found = await service.get(request.ids, { signal });
      return { op: 'get', ok: found.missing.length === 0, ...found };
    }
    case 'find':
      return { op: 'find', ok: true, ids: await idsWhere(store, request.filter, signal) };
    case 'delete': {
      const { deleted } = await store.delete(request.ids, { signal });
      return { op: 'delete', ok: true, deleted };
    }
    case 'describe': {
      const { shape } = await store.describe({ signal });
      return {
        op: 'describe',
        ok: true,
        ...store.address,
        index: shape,
        model: embedder.modelId,
        dimension: embedder.dimension,
        textKey: textKeyOf(shape),
      };
    }
  }
}

/** The service cannot filter a list: all of the index is read. */
async function idsWhere(
  store: VectorStore,
  filter: QueryFilter,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const ids: string[] = [];
  let bytes = 0;
  for await (const { key } of store.findWhere(filter, { signal })) {
    ids.push(key);
    bytes += Buffer.byteLength(key) + QUOTES_AND_COMMA;
    refuse(
      'filter',
      bytes > MAX_ID_BYTES
        ? [`it matches more than ${ids.length - 1} ids, which is all that an answer holds; narrow it.`]
        : [],
    );
  }
  return ids;
}

function deadline(context: InvocationContext | undefined): AbortSignal | undefined {
  const remaining = context?.getRemainingTimeInMillis?.();
  return remaining === undefined || !Number.isFinite(remaining)
    ? undefined
    : AbortSignal.timeout(Math.max(1, Math.floor(remaining - ANSWER_TIME)));
}

/** Name, message and cause, without what the SDK attaches (requests carry vectors and signatures). */
function logged(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { message: String(thrown) };
  return {
    name: thrown.name,
    message: thrown.message,
    ...(thrown instanceof InvalidInputError ? { problems: thrown.problems } : {}),
    ...(thrown.cause instanceof Error ? { cause: logged(thrown.cause) } : {}),
  };
}
