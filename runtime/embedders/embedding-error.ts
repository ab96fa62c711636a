// Why a text has no vector.
import { failureMessage } from '../retry/failure-message';
import { serviceFailureCode } from '../retry/service-failure';
import type { ServiceFailureCode } from '../retry/service-failure';
import { RuntimeError } from '../runtime-error';

export type EmbeddingErrorCode =
  /** Empty, or white space only. */
  | 'EMPTY_TEXT'
  /** No string, or half of a surrogate pair in it. */
  | 'INVALID_TEXT'
  /** Longer than the model reads, and the embedder was not told to cut. */
  | 'TEXT_TOO_LONG'
  | ServiceFailureCode;

/** One text could not be embedded. The message never holds the text. */
export class EmbeddingError extends RuntimeError<EmbeddingErrorCode> {
  override readonly name = 'EmbeddingError';
}

/** Failures that every further text would meet too. */
export const EVERY_TEXT_FAILS: ReadonlySet<EmbeddingErrorCode> = new Set<EmbeddingErrorCode>([
  'ACCESS_DENIED',
  'NO_CREDENTIALS',
  'NO_REGION',
  'NOT_FOUND',
  'ENDPOINT_UNREACHABLE',
]);

type Remedies = Readonly<Partial<Record<EmbeddingErrorCode, string>>>;

const BEDROCK_REMEDIES: Remedies = {
  ACCESS_DENIED:
    'The caller’s policies must allow bedrock:InvokeModel on this model (the bootstrap stack’s bedrock-invocation policy does), ' +
    'and access to the model must be granted in the Bedrock console of the Region.',
  NO_CREDENTIALS:
    'Give the process credentials: a role in AWS, a profile or AWS_ACCESS_KEY_ID elsewhere; renew them when they have expired.',
  NO_REGION: 'Set AWS_REGION (Lambda does, App Runner does not), or give the embedder a region.',
  NOT_FOUND: 'Check the model id and whether the Region offers the model.',
  THROTTLED:
    'It was repeated until its attempts or its deadline were used up; the account’s quota for this model may be low (Service Quotas, Bedrock).',
  SERVICE_UNAVAILABLE: 'It was repeated until its attempts or its deadline were used up; try again later.',
  ENDPOINT_UNREACHABLE:
    'Check the Region, AWS_ENDPOINT_URL_BEDROCK_RUNTIME and AWS_ENDPOINT_URL where they are set, and the network.',
};

const GEMINI_REMEDIES: Remedies = {
  ACCESS_DENIED: 'The key in GEMINI_API_KEY may not use this model, or not from here.',
  NO_CREDENTIALS: 'Check GEMINI_API_KEY (or GOOGLE_API_KEY): aistudio.google.com/apikey lists the keys.',
  NOT_FOUND: 'Check the model id.',
  THROTTLED:
    'It was repeated until its attempts or its deadline were used up; give the embedder the rate of your plan (requests and tokens a minute), or raise the plan.',
  SERVICE_UNAVAILABLE: 'It was repeated until its attempts or its deadline were used up; try again later.',
  ENDPOINT_UNREACHABLE: 'Check the base URL where one is set, and whether the network lets HTTPS out.',
};

/** Turns whatever invoking a model threw into an `EmbeddingError`; one of ours passes unchanged. */
export function asEmbeddingError(
  thrown: unknown,
  modelId: string,
  provider: 'bedrock' | 'gemini' = 'bedrock',
): EmbeddingError {
  if (thrown instanceof EmbeddingError) return thrown;
  const code = serviceFailureCode(thrown);
  const message = failureMessage(thrown);
  const remedy = (provider === 'bedrock' ? BEDROCK_REMEDIES : GEMINI_REMEDIES)[code];
  return new EmbeddingError(
    code,
    `${provider === 'bedrock' ? 'InvokeModel' : 'batchEmbedContents'} ${modelId}: ${/[.!?]$/.test(message) ? message : `${message}.`}${remedy === undefined ? '' : ` ${remedy}`}`,
    { cause: thrown },
  );
}
