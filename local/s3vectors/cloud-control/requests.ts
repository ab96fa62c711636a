// Resource requests: every create, update and delete is one, finished before it is answered, and remembered by its
// token and by the caller's ClientToken. Kept in memory, as nobody asks for a request after a restart.
import { randomUUID } from 'node:crypto';
import type { HandlerErrorCode } from './resource-error';

export type ResourceOperation = 'CREATE' | 'UPDATE' | 'DELETE';

export interface ProgressEvent {
  readonly TypeName: string;
  readonly Identifier?: string;
  readonly RequestToken: string;
  readonly Operation: ResourceOperation;
  readonly OperationStatus: 'SUCCESS' | 'FAILED';
  /** Seconds since the epoch. */
  readonly EventTime: number;
  readonly StatusMessage?: string;
  readonly ErrorCode?: HandlerErrorCode;
}

/** Requests remembered; older ones are forgotten, as Cloud Control does after seven days. */
const REMEMBERED = 10_000;

export class ResourceRequests {
  private readonly byToken = new Map<string, Promise<ProgressEvent>>();
  private readonly byClientToken = new Map<
    string,
    { readonly request: string; readonly event: Promise<ProgressEvent> }
  >();

  /**
   * Runs a request once for a ClientToken: a repetition gets the event of the first.
   * @param request all that was asked for, as text
   * @returns undefined when the ClientToken was used for another request
   */
  run(
    clientToken: string | undefined,
    request: string,
    perform: (requestToken: string) => Promise<ProgressEvent>,
  ): Promise<ProgressEvent> | undefined {
    const earlier = clientToken === undefined ? undefined : this.byClientToken.get(clientToken);
    if (earlier !== undefined) return earlier.request === request ? earlier.event : undefined;
    const token = randomUUID();
    const event = perform(token);
    remember(this.byToken, token, event);
    if (clientToken !== undefined) remember(this.byClientToken, clientToken, { request, event });
    return event;
  }

  status(requestToken: string): Promise<ProgressEvent> | undefined {
    return this.byToken.get(requestToken);
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest);
}
