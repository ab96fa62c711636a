// What callers of the local cloud get to see.

/** The two processes of the local cloud. */
export const SERVICE_NAMES = ['ministack', 's3vectors'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

export interface RunningService {
  readonly name: ServiceName;
  /** Leader of the process group that everything of this service runs in. */
  readonly pid: number;
  readonly port: number;
  /** `http://127.0.0.1:<port>`, never with a trailing slash. */
  readonly url: string;
  /** Absolute path of what it prints. */
  readonly log: string;
}

export interface Cloud {
  readonly services: Readonly<Record<ServiceName, RunningService>>;
  /** Twelve digits: the account that every local credential belongs to. */
  readonly accountId: string;
  readonly region: string;
}

export interface BroughtUp {
  readonly cloud: Cloud;
  /** Services that this call started; empty when all ran already. */
  readonly started: readonly ServiceName[];
  /**
   * The cloud did not end by a proper stop, so that IAM, KMS, Lambda and bucket settings are older than the
   * stacks believe. True until `stacksRefreshed` is called: deploy with `pulumi up --refresh`, then call it.
   */
  readonly recoveredFromCrash: boolean;
  /** Services that could not have their port of last time. */
  readonly movedPorts: readonly { readonly name: ServiceName; readonly from: number; readonly to: number }[];
}

export type ServiceState =
  /** Runs and answers its health check. */
  | 'running'
  /** Runs, and does not answer. */
  | 'unhealthy'
  /** Ended without having been asked to. */
  | 'crashed'
  /** Was stopped properly, or never started. */
  | 'stopped';

export interface ServiceStatus {
  readonly name: ServiceName;
  readonly state: ServiceState;
  readonly pid: number | undefined;
  readonly port: number | undefined;
  readonly url: string | undefined;
  readonly log: string;
  /** How it ended, such as `exit code 1` or `killed by SIGKILL`; only for `crashed`. */
  readonly exit: string | undefined;
  /** The last lines of its log; only for `crashed` and `unhealthy`. */
  readonly lastLogLines: readonly string[];
}

export interface CloudStatus {
  /** `running`: both answer; `stopped`: both were stopped properly; otherwise `degraded`. */
  readonly state: 'running' | 'degraded' | 'stopped';
  readonly services: Readonly<Record<ServiceName, ServiceStatus>>;
  /** See {@link BroughtUp.recoveredFromCrash}. */
  readonly refreshNeeded: boolean;
}

/** A failure of the local cloud itself, with what to do about it in its message. */
export class CloudError extends Error {
  override readonly name = 'CloudError';
}
