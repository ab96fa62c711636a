// The calls of Cloud Control as the real provider makes them: each change is a request whose progress is polled,
// and the outputs of a resource come from GetResource alone.
import { randomUUID } from 'node:crypto';
import type { CloudControl, ProgressEvent } from '@aws-sdk/client-cloudcontrol';
import { isError } from '../plugin/aws-clients';
import type { PlainMap } from '../plugin/property-value';

/** Poll pauses: exponential with jitter, capped, as observed of the real provider. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** A resource may not be readable at once after it was made. */
const READ_ATTEMPTS = 5;
/** How often a throttled create is asked for again. */
const THROTTLED_ATTEMPTS = 10;

const NOT_FOUND = 'ResourceNotFoundException';

/** A request that Cloud Control accepted and then reported as failed. */
export class OperationFailed extends Error {
  constructor(
    operation: string,
    readonly code: string,
    message: string,
    readonly identifier: string | undefined,
  ) {
    super(`operation ${operation} failed with ${JSON.stringify(code)}: ${message}`);
    this.name = 'OperationFailed';
  }
}

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** @returns the new resource's identifier */
export async function createResource(
  client: CloudControl,
  TypeName: string,
  desired: PlainMap,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { ProgressEvent } = await client.createResource({
        TypeName,
        DesiredState: JSON.stringify(desired),
        ClientToken: randomUUID(),
      });
      const done = await finished(client, ProgressEvent);
      if (done.Identifier === undefined)
        throw new Error('Cloud Control made a resource without an identifier');
      return done.Identifier;
    } catch (error) {
      const throttled = error instanceof OperationFailed && error.code === 'Throttling';
      if (!throttled || attempt >= THROTTLED_ATTEMPTS) throw error;
      await pause(pauseBefore(attempt));
    }
  }
}

/** @returns the properties in Cloud Control's names, or undefined when there is no such resource */
export async function getResource(
  client: CloudControl,
  TypeName: string,
  Identifier: string,
): Promise<PlainMap | undefined> {
  try {
    const { ResourceDescription } = await client.getResource({ TypeName, Identifier });
    return JSON.parse(ResourceDescription?.Properties ?? '{}') as PlainMap;
  } catch (error) {
    if (isError(error, NOT_FOUND)) return undefined;
    throw error;
  }
}

/** As getResource, for a resource that was made a moment ago. */
export async function getNewResource(
  client: CloudControl,
  TypeName: string,
  Identifier: string,
): Promise<PlainMap> {
  for (let attempt = 1; ; attempt++) {
    const found = await getResource(client, TypeName, Identifier);
    if (found !== undefined) return found;
    if (attempt >= READ_ATTEMPTS) {
      throw new Error(`${TypeName} ${Identifier} cannot be read back: Cloud Control does not know it`);
    }
    await pause(pauseBefore(attempt));
  }
}

export async function updateResource(
  client: CloudControl,
  TypeName: string,
  Identifier: string,
  patch: readonly PatchOperation[],
): Promise<void> {
  const { ProgressEvent } = await client.updateResource({
    TypeName,
    Identifier,
    PatchDocument: JSON.stringify(patch),
    ClientToken: randomUUID(),
  });
  await finished(client, ProgressEvent);
}

/** Succeeds when the resource is already gone. */
export async function deleteResource(
  client: CloudControl,
  TypeName: string,
  Identifier: string,
): Promise<void> {
  try {
    const { ProgressEvent } = await client.deleteResource({
      TypeName,
      Identifier,
      ClientToken: randomUUID(),
    });
    await finished(client, ProgressEvent);
  } catch (error) {
    const gone = isError(error, NOT_FOUND) || (error instanceof OperationFailed && error.code === 'NotFound');
    if (!gone) throw error;
  }
}

async function finished(client: CloudControl, started: ProgressEvent | undefined): Promise<ProgressEvent> {
  let event = started;
  for (let attempt = 1; ; attempt++) {
    if (event?.OperationStatus === 'SUCCESS') return event;
    if (event?.OperationStatus === 'FAILED' || event?.OperationStatus === 'CANCEL_COMPLETE') {
      throw new OperationFailed(
        event.Operation ?? 'of Cloud Control',
        event.ErrorCode ?? event.OperationStatus,
        event.StatusMessage ?? 'no reason given',
        event.Identifier,
      );
    }
    const token = event?.RequestToken;
    if (token === undefined) throw new Error('Cloud Control answered without a request token');
    const wait = event?.RetryAfter?.getTime();
    await pause(wait === undefined ? pauseBefore(attempt) : Math.max(0, wait - Date.now()));
    ({ ProgressEvent: event } = await client.getResourceRequestStatus({ RequestToken: token }));
  }
}

function pauseBefore(attempt: number): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return longest / 2 + Math.random() * (longest / 2);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
