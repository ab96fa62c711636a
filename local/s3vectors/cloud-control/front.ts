// The Cloud Control API (awsJson1.0) for AWS::S3Vectors::*, with the calls and answers that the aws-native provider
// of Pulumi uses. A resource operation fails with a ProgressEvent, a request that makes no sense with an exception.
import type { Answer, Front, Request } from '../http/exchange';
import { parseJson } from '../http/json-body';
import { asCaller, type Service } from '../operations/service';
import { Refusal, type RefusalKind } from '../permissions/refusal';
import { ServiceError } from '../service-error';
import { checkChange, checkDesiredState } from './desired-state';
import { applyPatch, PatchError } from './json-patch';
import { ResourceRequests, type ProgressEvent, type ResourceOperation } from './requests';
import { fromServiceError, ResourceError } from './resource-error';
import { resourceTypes, type ResourceType } from './resource-types';

const TARGET = 'CloudApiService.';

/** An exception of the Cloud Control API itself; all are answered with status 400 but the last. */
class CloudControlError extends Error {
  constructor(
    override readonly name:
      | 'InvalidRequestException'
      | 'TypeNotFoundException'
      | 'ResourceNotFoundException'
      | 'RequestTokenNotFoundException'
      | 'ClientTokenConflictException'
      | 'UnsupportedActionException'
      | 'SerializationException'
      | 'ValidationException'
      | 'UnknownOperationException'
      | 'AccessDeniedException'
      | 'UnrecognizedClientException'
      | 'ExpiredTokenException'
      | 'MissingAuthenticationTokenException'
      | 'ServiceInternalErrorException',
    message: string,
  ) {
    super(message);
  }
}

const REFUSED: Readonly<Record<RefusalKind, CloudControlError['name']>> = {
  denied: 'AccessDeniedException',
  unsigned: 'MissingAuthenticationTokenException',
  unknownCredentials: 'UnrecognizedClientException',
  expiredCredentials: 'ExpiredTokenException',
  undecidable: 'ServiceInternalErrorException',
};

type Body = Readonly<Record<string, unknown>>;
type Action = (service: Service, requests: ResourceRequests, body: Body) => Promise<object>;

const actions: Readonly<Record<string, Action>> = {
  CreateResource: createResource,
  GetResource: getResource,
  UpdateResource: updateResource,
  DeleteResource: deleteResource,
  ListResources: listResources,
  GetResourceRequestStatus: getResourceRequestStatus,
};

export function cloudControlFront(service: Service): Front {
  const requests = new ResourceRequests();
  return {
    nameOf({ method, path, header }) {
      const target = header('x-amz-target');
      return method === 'POST' && path === '/' && target?.startsWith(TARGET) === true ? target : undefined;
    },
    async answer(request) {
      try {
        return success(await perform(asCaller(service, request, actionOf(request)), requests, request));
      } catch (error) {
        return failure(asCloudControlError(error));
      }
    },
    tooLarge: (limit) =>
      failure(new CloudControlError('InvalidRequestException', `more than ${limit} bytes`)),
  };
}

function actionOf(request: Request): string {
  return request.header('x-amz-target')?.slice(TARGET.length) ?? '';
}

async function perform(service: Service, requests: ResourceRequests, request: Request): Promise<object> {
  const name = actionOf(request);
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    throw new CloudControlError('UnknownOperationException', `S3 Vectors Local does not implement ${name}`);
  }
  const body = parseJson(request.body);
  if (typeof body !== 'object' || body === null) {
    throw new CloudControlError('SerializationException', 'the body is no JSON object');
  }
  await service.authority?.mayCallCloudControl(name);
  return action(service, requests, body as Body);
}

async function createResource(service: Service, requests: ResourceRequests, body: Body): Promise<object> {
  const type = typeOf(body);
  const desired = parseText(text(body, 'DesiredState'), 'DesiredState');
  return submit(service, requests, body, type, 'CREATE', undefined, () =>
    type.create(service, checkDesiredState(type, desired)),
  );
}

async function updateResource(service: Service, requests: ResourceRequests, body: Body): Promise<object> {
  const type = typeOf(body);
  const identifier = text(body, 'Identifier');
  const patch = parseText(text(body, 'PatchDocument'), 'PatchDocument');
  return submit(service, requests, body, type, 'UPDATE', identifier, async () => {
    const current = await type.read(service, identifier);
    const patched = patchedProperties(current, patch);
    const wanted = checkChange(type, current, patched);
    await type.update(service, identifier, wanted);
    return identifier;
  });
}

async function deleteResource(service: Service, requests: ResourceRequests, body: Body): Promise<object> {
  const type = typeOf(body);
  const identifier = text(body, 'Identifier');
  return submit(service, requests, body, type, 'DELETE', identifier, async () => {
    await type.delete(service, identifier);
    return identifier;
  });
}

async function getResource(service: Service, _requests: ResourceRequests, body: Body): Promise<object> {
  const type = typeOf(body);
  return {
    TypeName: type.name,
    ResourceDescription: await describe(service, type, text(body, 'Identifier')),
  };
}

async function listResources(service: Service, _requests: ResourceRequests, body: Body): Promise<object> {
  const type = typeOf(body);
  const model =
    body['ResourceModel'] === undefined ? {} : parseText(text(body, 'ResourceModel'), 'ResourceModel');
  const size = body['MaxResults'] ?? 100;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > 100) {
    throw new CloudControlError('ValidationException', 'MaxResults must be a whole number from 1 to 100');
  }
  const request = ['ListResources', type.name, model];
  const token = body['NextToken'] === undefined ? undefined : text(body, 'NextToken');
  const after = token === undefined ? '' : service.pageTokens.read(request, token);
  if (after === undefined) throw new CloudControlError('InvalidRequestException', 'NextToken is not valid');
  const rest = (await type.list(service, (model ?? {}) as Body))
    .sort()
    .filter((identifier) => identifier > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return {
    TypeName: type.name,
    ResourceDescriptions: await Promise.all(page.map((identifier) => describe(service, type, identifier))),
    NextToken:
      rest.length > page.length && last !== undefined ? service.pageTokens.write(request, last) : undefined,
  };
}

async function getResourceRequestStatus(
  _service: Service,
  requests: ResourceRequests,
  body: Body,
): Promise<object> {
  const token = text(body, 'RequestToken');
  const event = await requests.status(token);
  if (event === undefined) {
    throw new CloudControlError('RequestTokenNotFoundException', `Request with token ${token} was not found`);
  }
  return { ProgressEvent: event };
}

/** Runs a resource operation; its failure is an event and no exception. */
async function submit(
  service: Service,
  requests: ResourceRequests,
  body: Body,
  type: ResourceType,
  operation: ResourceOperation,
  identifier: string | undefined,
  perform: () => Promise<string>,
): Promise<object> {
  const { ClientToken: clientToken, ...rest } = body;
  const asked = JSON.stringify([operation, Object.entries(rest).sort()]);
  const event = await requests.run(
    clientToken === undefined ? undefined : text(body, 'ClientToken'),
    asked,
    async (requestToken): Promise<ProgressEvent> => {
      const common = { TypeName: type.name, RequestToken: requestToken, Operation: operation };
      try {
        const created = await perform();
        return {
          ...common,
          Identifier: created,
          OperationStatus: 'SUCCESS',
          EventTime: service.now() / 1000,
        };
      } catch (error) {
        const failed = asResourceError(error, operation);
        return {
          ...common,
          ...(identifier === undefined ? {} : { Identifier: identifier }),
          OperationStatus: 'FAILED',
          EventTime: service.now() / 1000,
          ErrorCode: failed.code,
          StatusMessage: failed.message,
        };
      }
    },
  );
  if (event === undefined) {
    throw new CloudControlError(
      'ClientTokenConflictException',
      'The ClientToken was used for a different request',
    );
  }
  return { ProgressEvent: event };
}

async function describe(service: Service, type: ResourceType, identifier: string): Promise<object> {
  return { Identifier: identifier, Properties: JSON.stringify(await type.read(service, identifier)) };
}

function typeOf(body: Body): ResourceType {
  const name = text(body, 'TypeName');
  const type = resourceTypes.find((candidate) => candidate.name === name);
  if (type === undefined) {
    throw new CloudControlError(
      'TypeNotFoundException',
      `S3 Vectors Local has no type ${name}; it has ${resourceTypes.map((known) => known.name).join(', ')}`,
    );
  }
  return type;
}

function text(body: Body, member: string): string {
  const value = body[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new CloudControlError('ValidationException', `${member} is missing or no text`);
}

function parseText(json: string, member: string): unknown {
  try {
    return parseJson(Buffer.from(json, 'utf8'));
  } catch {
    throw new CloudControlError('InvalidRequestException', `${member} is not JSON`);
  }
}

function patchedProperties(current: Body, patch: unknown): Body {
  let patched: unknown;
  try {
    patched = applyPatch(current, patch);
  } catch (error) {
    if (error instanceof PatchError)
      throw new ResourceError('InvalidRequest', `Invalid patch update: ${error.message}`);
    throw error;
  }
  if (typeof patched === 'object' && patched !== null && !Array.isArray(patched)) return patched as Body;
  throw new ResourceError('InvalidRequest', 'Invalid patch update: the result is no JSON object');
}

function asResourceError(error: unknown, operation: ResourceOperation): ResourceError {
  if (error instanceof ResourceError) return error;
  if (error instanceof ServiceError) return fromServiceError(error, operation);
  return new ResourceError('ServiceInternalError', error instanceof Error ? error.message : String(error));
}

function asCloudControlError(error: unknown): CloudControlError {
  if (error instanceof CloudControlError) return error;
  if (error instanceof Refusal) return new CloudControlError(REFUSED[error.kind], error.message);
  if (error instanceof ServiceError) {
    if (error.name === 'NotFoundException')
      return new CloudControlError('ResourceNotFoundException', error.message);
    if (error.name === 'SerializationException') {
      return new CloudControlError('SerializationException', error.detail ?? '');
    }
    if (error.name === 'AccessDeniedException') {
      return new CloudControlError('AccessDeniedException', error.message);
    }
    if (error.name === 'ServiceUnavailableException') {
      return new CloudControlError('ServiceInternalErrorException', error.message);
    }
    return new CloudControlError('InvalidRequestException', error.message);
  }
  return new CloudControlError(
    'ServiceInternalErrorException',
    error instanceof Error ? error.message : String(error),
  );
}

function success(output: object): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(output),
  };
}

function failure(error: CloudControlError): Answer {
  return {
    status: error.name === 'ServiceInternalErrorException' ? 500 : 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: `com.amazonaws.cloudapiservice#${error.name}`, Message: error.message }),
    error: error.name,
    detail: error.message,
  };
}
