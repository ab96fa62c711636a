// Talks to the deployed service as any caller would: by invoking its Lambda function.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

/** The function refused, failed, or answered with something that is no answer. */
export class ServiceCallError extends Error {
  override readonly name = 'ServiceCallError';
}

/** A document as the service stores it. */
export interface ServiceDocument {
  readonly id: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A document as the service returns it. */
export interface FoundDocument {
  readonly id: string;
  readonly text?: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface SearchResult extends FoundDocument {
  /** 1 − cosine distance, in [-1, 1]. */
  readonly similarity: number;
}

export interface StoreAnswer {
  /** One outcome a document, in the order sent. */
  readonly documents: readonly (
    { readonly stored: true } | { readonly stored: false; readonly reason: string }
  )[];
}

/** The operations of the service, each one invocation. */
export interface Service {
  store(documents: readonly ServiceDocument[]): Promise<StoreAnswer>;
  /** At most 100 ids. */
  get(ids: readonly string[]): Promise<readonly FoundDocument[]>;
  /** Ids of all documents of a corpus, in no order. */
  idsOf(corpus: string): Promise<readonly string[]>;
  /** At most 100 ids. */
  delete(ids: readonly string[]): Promise<void>;
  /** The best `topK` of one corpus, best first. */
  search(query: string, topK: number, corpus: string): Promise<readonly SearchResult[]>;
  close(): void;
}

/**
 * @param environment the local environment: Region, endpoint and credentials
 * @throws ServiceCallError from every operation that the service does not carry out
 */
export function serviceOf(functionName: string, environment: Readonly<Record<string, string>>): Service {
  const client = new LambdaClient({
    region: required(environment, 'AWS_REGION'),
    endpoint: required(environment, 'AWS_ENDPOINT_URL_LAMBDA'),
    credentials: {
      accessKeyId: required(environment, 'AWS_ACCESS_KEY_ID'),
      secretAccessKey: required(environment, 'AWS_SECRET_ACCESS_KEY'),
    },
  });
  const answered = async (op: string, event: Readonly<Record<string, unknown>>) => {
    const answer = await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        Payload: Buffer.from(JSON.stringify({ op, ...event })),
      }),
    );
    const text = answer.Payload?.transformToString() ?? '';
    const parsed = parse(text);
    const failure = new ServiceCallError(
      `The function ${functionName} did not carry out "${op}": ${reason(parsed) ?? text.slice(0, 2000)}`,
    );
    return { answer: answer.FunctionError === undefined ? parsed : undefined, failure };
  };
  /** `list` names the member of the answer that holds what was asked for; without it the call has failed. */
  const call = async (
    op: string,
    list: string,
    event: Readonly<Record<string, unknown>>,
  ): Promise<unknown[]> => {
    const { answer, failure } = await answered(op, event);
    const items = answer?.[list];
    if (!Array.isArray(items)) throw failure;
    return items as unknown[];
  };
  return {
    store: async (documents) => ({
      documents: (await call('store', 'documents', { documents })) as StoreAnswer['documents'],
    }),
    get: async (ids) => (await call('get', 'documents', { ids })) as FoundDocument[],
    idsOf: async (corpus) => (await call('find', 'ids', { filter: { corpus } })) as string[],
    delete: async (ids) => {
      const { answer, failure } = await answered('delete', { ids });
      if (answer?.['ok'] !== true) throw failure;
    },
    search: async (query, topK, corpus) =>
      (await call('search', 'results', { query, topK, filter: { corpus } })) as SearchResult[],
    close: () => client.destroy(),
  };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The message of an error that the service, or the Lambda runtime under it, answered with. */
function reason(answer: Record<string, unknown> | undefined): string | undefined {
  const error = answer?.['error'];
  if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
  const message = answer?.['errorMessage'];
  return typeof message === 'string' ? message : undefined;
}

function required(environment: Readonly<Record<string, string>>, name: string): string {
  const value = environment[name];
  if (value === undefined) throw new ServiceCallError(`${name} is missing in the local environment.`);
  return value;
}
