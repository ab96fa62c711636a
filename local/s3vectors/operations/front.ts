// The S3 Vectors API as the AWS SDKs speak it (restJson1): POST /OperationName, and /tags/{resourceArn} for tags.
import { errorAnswer } from '../http/error-answer';
import type { Answer, Front, Request } from '../http/exchange';
import { parseJson } from '../http/json-body';
import { parseVectorsBody } from '../http/vectors-body';
import type { OperationName } from '../model/inputs';
import { ServiceError, invalidField, unreadable } from '../service-error';
import { StorageFailure } from '../storage/storage-failure';
import { isOperation, run } from './operations';
import { asCaller, type Service } from './service';

const TAG_OPERATIONS: Readonly<Record<string, OperationName>> = {
  GET: 'ListTagsForResource',
  POST: 'TagResource',
  DELETE: 'UntagResource',
};

/** Full-text search (API model of 2026-11-16) is not there yet; a request for it is refused rather than half answered. */
const TEXT_SEARCH_OPERATION = 'UpdateMetadataConfiguration';
const TEXT_SEARCH_MEMBERS = ['queryTexts', 'returnScores'];

export function s3VectorsFront(service: Service): Front {
  return {
    nameOf({ method, path }) {
      if (path.startsWith('/tags/')) return TAG_OPERATIONS[method];
      const name = path.slice(1);
      return method === 'POST' && (isOperation(name) || name === TEXT_SEARCH_OPERATION) ? name : undefined;
    },
    async answer(request) {
      try {
        return success(await perform(asCaller(service, request, this.nameOf(request) ?? ''), request));
      } catch (error) {
        if (error instanceof ServiceError) return errorAnswer(error);
        if (error instanceof StorageFailure)
          return errorAnswer(
            new ServiceError('ServiceUnavailableException', 'Service Unavailable', [], error.message),
          );
        const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
        return errorAnswer(new ServiceError('InternalServerException', 'Internal server error', [], detail));
      }
    },
    tooLarge: (limit) =>
      errorAnswer(
        new ServiceError(
          'ValidationException',
          'Request body exceeds max allowed size',
          [],
          `more than ${limit} bytes`,
        ),
      ),
  };
}

function success(output: object): Answer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(output) };
}

function perform(service: Service, request: Request): Promise<object> {
  if (request.path.startsWith('/tags/')) return performTags(service, request);
  const name = request.path.slice(1);
  if (!isOperation(name)) throw new ServiceError('ValidationException', `${NO_TEXT_SEARCH}: ${name}`);
  const carriesVectors = name === 'PutVectors' || name === 'QueryVectors';
  const body = carriesVectors ? parseVectorsBody(request.body) : parseJson(request.body);
  refuseTextSearch(body);
  return run(service, name, body);
}

/** @throws ServiceError for a stray percent sign */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw unreadable('the path holds a percent sign that begins no UTF-8 character');
  }
}

function performTags(service: Service, request: Request): Promise<object> {
  const resourceArn = decodedPath(request.path.slice('/tags/'.length));
  switch (request.method) {
    case 'POST': {
      const body = parseJson(request.body);
      if (typeof body !== 'object' || body === null || Array.isArray(body)) {
        throw unreadable('the body is no object');
      }
      return run(service, 'TagResource', { ...body, resourceArn });
    }
    case 'DELETE': {
      const tagKeys = request.query.getAll('tagKeys');
      return run(service, 'UntagResource', { resourceArn, ...(tagKeys.length === 0 ? {} : { tagKeys }) });
    }
    default:
      return run(service, 'ListTagsForResource', { resourceArn });
  }
}

const NO_TEXT_SEARCH = 'S3 Vectors Local does not implement full-text and hybrid search yet';

function refuseTextSearch(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  const { metadataConfiguration } = body as { metadataConfiguration?: unknown };
  const asked = [
    ...TEXT_SEARCH_MEMBERS.filter((member) => isGiven(body, member)),
    ...['textSearchConfigurations'].filter((member) => isGiven(metadataConfiguration, member)),
  ];
  const [member] = asked;
  if (member !== undefined) throw invalidField(member, `${NO_TEXT_SEARCH}: ${asked.join(', ')}`);
}

/** null is the same as absent, and false, the default of the only switch among these members, asks for nothing. */
function isGiven(object: unknown, member: string): boolean {
  if (typeof object !== 'object' || object === null) return false;
  const value = (object as Record<string, unknown>)[member];
  return value !== undefined && value !== null && value !== false;
}
