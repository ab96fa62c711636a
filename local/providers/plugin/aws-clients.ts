// How every AWS client of the stand-ins is made: one endpoint on this machine, given credentials, none of the
// defaults that would read a person's files, and a last look at each request before it leaves.
import { recorded } from './call-recording';
import { isLoopbackHost } from './loopback';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** For a local cloud any key will do; a 12-digit one is taken as the account id. */
export const LOCAL_CREDENTIALS: Credentials = { accessKeyId: '000000000000', secretAccessKey: 'local' };

/** Attempts a call makes in all: a local service answers at once or not at all. */
const ATTEMPTS = 3;

export function clientConfiguration(endpoint: string, region: string, credentials: Credentials) {
  return {
    endpoint,
    region,
    credentials,
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    disableHostPrefix: true,
  } as const;
}

interface Guarded {
  middlewareStack: {
    add(
      middleware: (next: (args: never) => Promise<never>) => (args: { request: unknown }) => Promise<never>,
      options: { step: 'finalizeRequest'; name: string; priority: 'low' },
    ): void;
  };
}

/** The client, made unable to send anything to another machine. */
export function loopbackOnly<Client>(client: Client): Client {
  (client as Guarded).middlewareStack.add(
    (next) => (args) => {
      const host = (args.request as { hostname?: string }).hostname ?? '';
      if (!isLoopbackHost(host)) {
        throw new Error(
          `refused to send a request to ${host}: the local stand-in talks to this machine only`,
        );
      }
      return next(args as never);
    },
    { step: 'finalizeRequest', name: 'loopbackOnly', priority: 'low' },
  );
  return recorded(client);
}

/** The name of a service error, such as `NoSuchBucket`. */
export const errorName = (error: unknown): string => (error instanceof Error ? error.name : 'UnknownError');

/** Whether the service said one of these. */
export const isError = (error: unknown, ...names: readonly string[]): boolean =>
  names.includes(errorName(error));

/** Resolves to undefined where the service answers one of the given errors. */
export async function unlessError<T>(
  names: readonly string[],
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (isError(error, ...names)) return undefined;
    throw error;
  }
}

interface ConnectionError {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly errors?: readonly ConnectionError[];
}

/** The service's own words, or what to do when there is no service. */
export function explainAwsError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const connection = error as ConnectionError;
  const refused = [connection, ...(connection.errors ?? [])].find(({ code }) => code === 'ECONNREFUSED');
  if (refused !== undefined) {
    const where = refused.port === undefined ? '' : ` at ${String(refused.address)}:${String(refused.port)}`;
    return `nothing answers${where}: is the local cloud up? (npm run local -- up)`;
  }
  const name = error.name === 'Error' ? '' : `${error.name}: `;
  return `${name}${error.message}`;
}
