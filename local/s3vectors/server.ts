// S3 Vectors Local: the S3 Vectors API, Cloud Control for its resources and stand-ins for Bedrock's embedding models,
// on one loopback port, with its data on disk.
import { partitionOf } from '../../contract/arns';
import { MAX_REQUEST_BYTES } from '../../contract/limits';
import { bedrockFront } from './bedrock/front';
import { cloudControlFront } from './cloud-control/front';
import type { Answer, Front, Request } from './http/exchange';
import { healthFront } from './http/health';
import { listen } from './http/listener';
import { failure, s3VectorsFront } from './http/s3-vectors-front';
import { PageTokens } from './operations/page-tokens';
import { QueryResults } from './operations/query-results';
import type { Service } from './operations/service';
import { ServiceError } from './service-error';
import { Storage } from './storage/storage';

export interface S3VectorsLocalOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** A loopback address; default `127.0.0.1`. */
  readonly host?: string;
  /** Made when it is missing; one process at a time may use it. */
  readonly dataDir: string;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Gets one line a request, without bodies. */
  readonly log?: (line: string) => void;
  /** Milliseconds since the epoch; default: the system's clock. */
  readonly now?: () => number;
}

export interface S3VectorsLocal {
  /** `http://127.0.0.1:<port>`, the endpoint for every AWS client. */
  readonly url: string;
  readonly port: number;
  /** Finishes requests under way, and leaves the data for the next start. */
  close(): Promise<void>;
}

/** Thrown for options that cannot be; the message names the option and its value. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/**
 * Starts the service.
 * @throws OptionError for a host that is not loopback, or an impossible Region or account
 * @throws DataDirectoryError when the data directory is in use or of a newer format
 * @throws the system's error (EADDRINUSE) when the port cannot be had
 */
export async function startS3VectorsLocal(options: S3VectorsLocalOptions): Promise<S3VectorsLocal> {
  const { host = '127.0.0.1', region, accountId, log = () => undefined, now = Date.now } = options;
  checkOptions(host, region, accountId);
  const storage = await Storage.open(options.dataDir, log);
  try {
    const service: Service = {
      place: { partition: partitionOf(region), region, accountId },
      storage,
      now,
      pageTokens: new PageTokens(await storage.secret(), now),
      queryResults: new QueryResults(now),
    };
    const fronts: Front[] = [
      healthFront(service),
      cloudControlFront(service),
      bedrockFront(),
      s3VectorsFront(service),
    ].map(refusingBrowsers);
    const listener = await listen({
      host,
      port: options.port,
      fronts,
      unknown,
      bodyLimit: MAX_REQUEST_BYTES,
      log,
    });
    return {
      url: `http://${host.includes(':') ? `[${host}]` : host}:${listener.port}`,
      port: listener.port,
      async close() {
        await listener.close();
        await storage.close();
      },
    };
  } catch (error) {
    await storage.close();
    throw error;
  }
}

function checkOptions(host: string, region: string, accountId: string): void {
  if (!['127.0.0.1', '::1', 'localhost'].includes(host)) {
    throw new OptionError(`host ${host} is no loopback address; S3 Vectors Local serves this machine only.`);
  }
  if (!/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)) {
    throw new OptionError(`region "${region}" is no Region name such as us-east-1.`);
  }
  if (!/^\d{12}$/.test(accountId)) {
    throw new OptionError(`account id "${accountId}" is not twelve digits.`);
  }
}

function unknown({ method, path }: Omit<Request, 'body'>): Answer {
  return failure(
    new ServiceError('UnknownOperationException', `S3 Vectors Local has no operation at ${method} ${path}`),
  );
}

/** Any page in a browser can send a POST to loopback. AWS clients send no Origin; browsers always do. */
function refusingBrowsers(front: Front): Front {
  return {
    ...front,
    answer: (request) =>
      request.header('origin') === undefined
        ? front.answer(request)
        : Promise.resolve(
            failure(
              new ServiceError('AccessDeniedException', 'S3 Vectors Local answers no requests of web pages'),
            ),
          ),
  };
}
