// The S3 Vectors API as the AWS SDKs speak it (restJson1): POST /OperationName, and /tags/{resourceArn} for tags.
import { isOperation, run } from '../operations/operations';
import type { Service } from '../operations/service';
import type { OperationName } from '../model/inputs';
import { ServiceError, invalidField } from '../service-error';
import type { Answer, Front, Request } from './exchange';
import { parseJson } from './json-body';

const TAG_OPERATIONS: Readonly<Record<string, OperationName>> = {
  GET: 'ListTagsForResource',
  POST: 'TagResource',
  DELETE: 'UntagResource',
};

/** Parts of the API that are known and not there yet; a request for one is refused rather than half answered. */
const MISSING_OPERATIONS = [
  'UpdateIndexMode',
  'PutVectorBucketDefaultIndexMode',
  'UpdateMetadataConfiguration',
];
const MISSING_MEMBERS = ['queryTexts', 'returnScores'];

export function s3VectorsFront(service: Service): Front {
  return {
    nameOf({ method, path }) {
      if (path.startsWith('/tags/')) return TAG_OPERATIONS[method];
      const name = path.slice(1);
      return method === 'POST' && (isOperation(name) || MISSING_OPERATIONS.includes(name)) ? name : undefined;
    },
    async answer(request) {
      try {
        return success(await perform(service, request));
      } catch (error) {
        if (error instanceof ServiceError) return failure(error);
        const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
        return failure(new ServiceError('InternalServerException', 'Internal server error', [], detail));
      }
    },
    tooLarge: (limit) =>
      failure(
        new ServiceError(
          'ValidationException',
          'Request body exceeds max allowed size',
          [],
          `more than ${limit} bytes`,
        ),
      ),
  };
}

/** An error in the form of restJson1. */
export function failure(error: ServiceError): Answer {
  const { name, status, message, fieldList, detail } = error;
  const body = {
    ...(message === '' ? {} : { message }),
    ...(fieldList.length === 0 ? {} : { fieldList }),
  };
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': name },
    body: JSON.stringify(body),
    error: name,
    detail: detail ?? message,
  };
}

function success(output: object): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(output) };
}

function perform(service: Service, request: Request): Promise<object> {
  if (request.path.startsWith('/tags/')) return performTags(service, request);
  const name = request.path.slice(1);
  if (!isOperation(name)) {
    throw new ServiceError('ValidationException', `S3 Vectors Local does not implement ${name} yet`);
  }
  const body = parseJson(request.body);
  refuseMissing(body);
  return run(service, name, body);
}

function performTags(service: Service, request: Request): Promise<object> {
  const resourceArn = decodeURIComponent(request.path.slice('/tags/'.length));
  switch (request.method) {
    case 'POST':
      return run(service, 'TagResource', { ...(parseJson(request.body) as object), resourceArn });
    case 'DELETE':
      return run(service, 'UntagResource', { resourceArn, tagKeys: request.query.getAll('tagKeys') });
    default:
      return run(service, 'ListTagsForResource', { resourceArn });
  }
}

function refuseMissing(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  const { metadataConfiguration } = body as { metadataConfiguration?: unknown };
  const asked = [
    ...MISSING_MEMBERS.filter((member) => member in body),
    ...(typeof metadataConfiguration === 'object' &&
    metadataConfiguration !== null &&
    'textSearchConfigurations' in metadataConfiguration
      ? ['textSearchConfigurations']
      : []),
  ];
  const [member] = asked;
  if (member !== undefined) {
    throw invalidField(
      member,
      `S3 Vectors Local does not implement full-text search yet: ${asked.join(', ')}`,
    );
  }
}
