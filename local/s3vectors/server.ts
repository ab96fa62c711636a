// S3 Vectors Local: the S3 Vectors API, Cloud Control for its resources and stand-ins for Bedrock's embedding models,
// on one loopback port, with its data on disk.
import { setMaxListeners } from 'node:events';
import manifest from '../../package.json';
import { partitionOf } from '../../contract/arns';
import { MAX_REQUEST_BYTES } from '../../contract/limits';
import { bedrockFront } from './bedrock/front';
import { cloudControlFront } from './cloud-control/front';
import { healthFront } from './health-front';
import { errorAnswer } from './http/error-answer';
import type { Answer, Front, Request } from './http/exchange';
import { listen } from './http/listener';
import { readMemoryBudget } from './memory-budget';
import { metricsFront } from './metrics/front';
import { measuredFront } from './metrics/measured-front';
import { Metrics } from './metrics/metrics';
import { stored } from './metrics/stored';
import { s3VectorsFront } from './operations/front';
import { PageTokens } from './operations/page-tokens';
import { QueryResults } from './operations/query-results';
import type { Service } from './operations/service';
import { OptionError, OptionReading } from './option-error';
import { decisionsFront } from './permissions/decisions-front';
import { readIdentityEndpoint } from './permissions/identity-endpoint';
import { Permissions } from './permissions/permissions';
import { clockFront } from './practice/clock-front';
import { inForce, practising, readSwitches, type SwitchOptions, type Switches } from './practice/switches';
import { SearchEngine } from './search/search-engine';
import { ServiceError } from './service-error';
import { snapshotFront } from './snapshots/front';
import { Storage } from './storage/storage';

export { OptionError } from './option-error';

/** Whether permissions are enforced. */
export type IamMode = 'off' | 'enforce';

export interface S3VectorsLocalOptions extends SwitchOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** A loopback address; default `127.0.0.1`. */
  readonly host?: string;
  /** Made when it is missing; one process at a time may use it. */
  readonly dataDir: string;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** Default: off. */
  readonly iam?: IamMode;
  /** Who knows identities, policies and keys: the URL of a ministack. Needed when permissions are enforced. */
  readonly identityEndpoint?: string;
  /**
   * Memory that searches may keep what they scan in, about a byte a component: bytes, or text such as `2GB`. The rest
   * is read from disk for each search. Default: 60 % of what the machine has.
   */
  readonly memory?: string | number;
  /** Gets one line a request, without bodies. */
  readonly log?: (line: string) => void;
  /** Milliseconds since the epoch: what the service's clock is made of. Default: the system's clock. */
  readonly now?: () => number;
}

export interface S3VectorsLocal {
  /** `http://127.0.0.1:<port>`, the endpoint for every AWS client. */
  readonly url: string;
  readonly port: number;
  /** Finishes requests under way, and leaves the data for the next start. */
  close(): Promise<void>;
}

/**
 * Starts the service.
 * @throws OptionError for a host that is not loopback, an impossible Region or account, or a switch that makes no sense
 * @throws DataDirectoryError when the data directory is in use or of a newer format
 * @throws the system's error (EADDRINUSE) when the port cannot be had
 */
export async function startS3VectorsLocal(options: S3VectorsLocalOptions): Promise<S3VectorsLocal> {
  const { host = '127.0.0.1', region, accountId, log = () => undefined } = options;
  const { identityEndpoint, switches, memoryBudget } = readOptions(options, host);
  const { now } = switches.clock;
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // as many answers may be held back as there are requests
  const storage = await Storage.open(options.dataDir, log, new SearchEngine({ memoryBudget }));
  let permissions: Permissions | undefined;
  try {
    const place = { partition: partitionOf(region), region, accountId };
    permissions =
      identityEndpoint === undefined
        ? undefined
        : new Permissions({ identityEndpoint, place, resources: storage.catalog, now });
    const service: Service = {
      place,
      storage,
      now,
      pageTokens: new PageTokens(await storage.secret(), now),
      queryResults: new QueryResults(now, storage.found),
      ...(switches.quotas === undefined ? {} : { quotas: switches.quotas }),
      ...(permissions === undefined ? {} : { permissions }),
    };
    const metrics = new Metrics({ version: manifest.version, region }, () => stored(storage));
    const fronts: Front[] = [
      healthFront(service, inForce(switches)),
      metricsFront(metrics),
      clockFront(switches.clock),
      snapshotFront(storage),
      decisionsFront(permissions),
      ...[
        cloudControlFront(service),
        bedrockFront(service),
        practising(s3VectorsFront(service), switches, closing.signal),
      ].map((front) => measuredFront(front, metrics)),
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
        closing.abort();
        await listener.close();
        permissions?.close();
        await storage.close();
      },
    };
  } catch (error) {
    await storage.close();
    throw error;
  }
}

interface ReadOptions {
  readonly identityEndpoint: string | undefined;
  readonly switches: Switches;
  readonly memoryBudget: number | undefined;
}

/** @throws OptionError naming every problem of every option */
function readOptions(options: S3VectorsLocalOptions, host: string): ReadOptions {
  const { region, accountId, iam, identityEndpoint: endpoint, memory } = options;
  const reading = new OptionReading();
  for (const problem of placeProblems(host, region, accountId)) reading.refuse(problem);
  const identityEndpoint = reading.read(() => readIdentityEndpoint(iam, endpoint));
  const switches = reading.read(() => readSwitches(options, options.now ?? Date.now));
  const memoryBudget = reading.read(() => readMemoryBudget(memory));
  reading.finish();
  if (switches === undefined) throw new OptionError('the practice switches were not read');
  return { identityEndpoint, switches, memoryBudget };
}

function placeProblems(host: string, region: string, accountId: string): string[] {
  return [
    ...(['127.0.0.1', '::1', 'localhost'].includes(host)
      ? []
      : [`host ${host} is no loopback address; S3 Vectors Local serves this machine only.`]),
    ...(/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region)
      ? []
      : [`region "${region}" is no Region name such as us-east-1.`]),
    ...(/^\d{12}$/.test(accountId) ? [] : [`account id "${accountId}" is not twelve digits.`]),
  ];
}

function unknown({ method, path }: Omit<Request, 'body'>): Answer {
  return errorAnswer(
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
            errorAnswer(
              new ServiceError('AccessDeniedException', 'S3 Vectors Local answers no requests of web pages'),
            ),
          ),
  };
}
