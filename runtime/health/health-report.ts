// What a health check finds: one finding a question, each with how bad it is and what to do about it.
import { RuntimeError, messageOf } from '../runtime-error';

/** `error`: it will not work. `warning`: it works and something is not as it should be. `info`: it could not be seen. */
export type Severity = 'ok' | 'info' | 'warning' | 'error';

/** Why something failed, as far as the remedy is concerned. */
export type FindingCause =
  /** The caller's policies, or a key's, do not allow it. */
  | 'not-allowed'
  /** Nothing of this name is there. */
  | 'not-there'
  /** Nobody answers, or only with failures of the service. */
  | 'not-reachable'
  /** The process has no credentials or no Region, or the credentials are not accepted. */
  | 'not-configured'
  /** It is there and of another kind than it should be. */
  | 'misfit'
  | 'other';

export interface Finding {
  /** What was looked at: `index "episodes" of vector bucket "…"`. */
  readonly subject: string;
  /** Which question was asked: `reachable`, `shape`, `query`, … */
  readonly check: string;
  readonly severity: Severity;
  readonly message: string;
  readonly cause?: FindingCause | undefined;
  /** What to do; only where there is something to do. */
  readonly fix?: string | undefined;
}

export interface HealthReport {
  /** False where any finding is an error. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
  /** Findings of each severity. */
  readonly counts: Readonly<Record<Severity, number>>;
  readonly checkedAt: Date;
  readonly seconds: number;
}

export function healthReport(findings: readonly Finding[], checkedAt: Date, seconds: number): HealthReport {
  const counts = { ok: 0, info: 0, warning: 0, error: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return { healthy: counts.error === 0, findings, counts, checkedAt, seconds };
}

/** Findings about one subject. */
export class Findings {
  readonly list: Finding[] = [];

  constructor(private readonly subject: string) {}

  ok(check: string, message: string): void {
    this.list.push({ subject: this.subject, check, severity: 'ok', message });
  }

  add(
    check: string,
    severity: Exclude<Severity, 'ok'>,
    message: string,
    about: { readonly cause?: FindingCause; readonly fix?: string } = {},
  ): void {
    this.list.push({ subject: this.subject, check, severity, message, ...about });
  }

  /** A failure of the runtime, whose message already ends with its remedy. Returns its cause. */
  failed(check: string, thrown: unknown, fix?: string): FindingCause {
    const cause = causeOf(thrown);
    this.add(check, 'error', messageOf(thrown), { cause, fix: fix ?? FIXES[cause] });
    return cause;
  }
}

const CAUSES: Readonly<Partial<Record<string, FindingCause>>> = {
  ACCESS_DENIED: 'not-allowed',
  INDEX_NOT_FOUND: 'not-there',
  BUCKET_NOT_FOUND: 'not-there',
  NOT_FOUND: 'not-there',
  ENDPOINT_UNREACHABLE: 'not-reachable',
  SERVICE_UNAVAILABLE: 'not-reachable',
  THROTTLED: 'not-reachable',
  NO_CREDENTIALS: 'not-configured',
  NO_REGION: 'not-configured',
  WRONG_REGION: 'not-configured',
  INDEX_MISMATCH: 'misfit',
  UNREADABLE_OBJECT: 'misfit',
};

const FIXES: Readonly<Record<FindingCause, string>> = {
  'not-allowed':
    'Attach the policy that the message names to the role of this process, or look for a Deny (permissions boundary, bucket policy, key policy).',
  'not-there': 'Check name, Region and account, or deploy the storage stack (`pulumi up`).',
  'not-reachable':
    'Check endpoint variables, the network and, in a VPC, the endpoint of the service; then try again.',
  'not-configured': 'Give the process credentials and AWS_REGION.',
  misfit: 'Use the index, bucket or model that fits; the shape of an index never changes.',
  other: 'Read the message; if it is none of yours, report it.',
};

export function causeOf(thrown: unknown): FindingCause {
  return thrown instanceof RuntimeError ? (CAUSES[(thrown as RuntimeError).code] ?? 'other') : 'other';
}
