// Bedrock's InvokeModel for embedding models: POST /model/{modelId}/invoke. Every answer says in a header that no model
// made it.
import type { Answer, Front, Request } from '../http/exchange';
import { parseJson } from '../http/json-body';
import { asCaller, type Service } from '../operations/service';
import { Refusal, type RefusalKind } from '../permissions/refusal';
import { ServiceError } from '../service-error';
import { cohereModels } from './cohere';
import type { StandInModel } from './model';
import { ModelError } from './model-error';
import { nova } from './nova';
import { titanV1, titanV2 } from './titan';

/** The header that tells a stand-in's answer from a model's. */
export const STAND_IN_HEADER = 'x-s3-vectors-local-stand-in';

const models: readonly StandInModel[] = [titanV1, titanV2, nova, ...cohereModels];
const INVOKE = /^\/model\/([^/]+)\/invoke$/;
const STATUS = {
  ValidationException: 400,
  ResourceNotFoundException: 404,
  AccessDeniedException: 403,
  UnrecognizedClientException: 403,
  ExpiredTokenException: 403,
  ServiceUnavailableException: 503,
} as const;
const REFUSED: Readonly<Record<RefusalKind, keyof typeof STATUS>> = {
  denied: 'AccessDeniedException',
  unsigned: 'AccessDeniedException',
  unknownCredentials: 'UnrecognizedClientException',
  expiredCredentials: 'ExpiredTokenException',
  undecidable: 'ServiceUnavailableException',
};

export function bedrockFront(service: Service): Front {
  return {
    nameOf: ({ method, path }) => (method === 'POST' && INVOKE.test(path) ? 'InvokeModel' : undefined),
    answer: (request) => answer(asCaller(service, request, 'InvokeModel'), request),
    tooLarge: (limit) =>
      failure(new ModelError('ValidationException', `The body has more than ${limit} bytes`)),
  };
}

async function answer({ authority }: Service, request: Request): Promise<Answer> {
  try {
    const modelId = decodeModelId(INVOKE.exec(request.path)?.[1] ?? '');
    const model = modelOf(modelId);
    await authority?.mayInvokeModel(modelId, model.id);
    const { response, inputTokens } = model.invoke(readBody(request));
    return {
      status: 200,
      headers: {
        'content-type': 'application/json',
        'x-amzn-bedrock-input-token-count': String(inputTokens),
        [STAND_IN_HEADER]: `lexical features of the text; not ${model.id}`,
      },
      body: JSON.stringify(response),
    };
  } catch (error) {
    if (error instanceof ModelError) return failure(error);
    if (error instanceof Refusal) return failure(new ModelError(REFUSED[error.kind], error.message));
    throw error;
  }
}

function decodeModelId(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    throw new ModelError(
      'ValidationException',
      'The provided model identifier is invalid: it is not escaped UTF-8.',
    );
  }
}

/** A model by its id, its ARN, or the id or ARN of a cross-Region inference profile (`us.` in front of the id). */
function modelOf(modelId: string): StandInModel {
  const id = modelId
    .replace(/^arn:aws[-a-z0-9]*:bedrock:[-a-z0-9]*:\d*:(?:foundation-model|inference-profile)\//, '')
    .replace(/^(?:us|eu|apac|jp|au|ca|us-gov|global)\./, '');
  const model = models.find((candidate) => candidate.id === id);
  if (model !== undefined) return model;
  throw new ModelError(
    'ValidationException',
    `The provided model identifier is invalid. S3 Vectors Local stands in for ${models.map((known) => known.id).join(', ')}.`,
  );
}

function readBody(request: Request): unknown {
  try {
    return parseJson(request.body);
  } catch (error) {
    if (error instanceof ServiceError) {
      throw new ModelError(
        'ValidationException',
        `Malformed input request: ${error.detail ?? 'the body is not JSON'}`,
      );
    }
    throw error;
  }
}

function failure(error: ModelError): Answer {
  return {
    status: STATUS[error.name],
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': error.name,
      [STAND_IN_HEADER]: 'a refusal of S3 Vectors Local; no model was asked',
    },
    body: JSON.stringify({ message: error.message }),
    error: error.name,
    detail: error.message,
  };
}
