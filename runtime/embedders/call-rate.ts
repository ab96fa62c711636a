// Keeps calls to a model under the account's quota, so that none is answered with a ThrottlingException that could
// have been avoided: so many calls and so many tokens a minute, spaced evenly.
import { setTimeout as sleep } from 'node:timers/promises';
import { refuse } from '../../contract/invalid-input';
import { utf8Length } from '../../contract/vectors/text';

/** An account's quota for one model, as Service Quotas shows it; what is not given is not limited. */
export interface ModelQuota {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
}

const MINUTE_MS = 60_000;
/** Text whose tokens nobody has counted yet; English has about four bytes a token, other languages two to three. */
const BYTES_PER_TOKEN = 3;

export function estimatedTokens(texts: readonly string[]): number {
  return texts.reduce((tokens, text) => tokens + Math.ceil(utf8Length(text) / BYTES_PER_TOKEN), 0);
}

/** One model's rate. All embedders that share a quota should share one of these. */
export class CallRate {
  private nextCallMs = 0;
  private nextTokenMs = 0;
  private readonly msPerCall: number;
  private readonly msPerToken: number;

  /** @throws InvalidInputError when a quota is no positive number */
  constructor(
    quota: ModelQuota,
    private readonly now: () => number = () => performance.now(),
  ) {
    const { requestsPerMinute = Infinity, tokensPerMinute = Infinity } = quota;
    refuse(
      'rate of the embedding model',
      Object.entries({ requestsPerMinute, tokensPerMinute }).flatMap(([name, value]) =>
        value > 0
          ? []
          : [
              `${name} is ${value}; it must be above 0 (a quota of 0 must be raised before the model answers).`,
            ],
      ),
    );
    this.msPerCall = MINUTE_MS / requestsPerMinute;
    this.msPerToken = MINUTE_MS / tokensPerMinute;
  }

  /** Books a call and says in how many milliseconds it may begin. */
  reserve(tokens: number): number {
    const now = this.now();
    const begin = Math.max(now, this.nextCallMs, this.nextTokenMs);
    this.nextCallMs = begin + this.msPerCall;
    this.nextTokenMs = begin + tokens * this.msPerToken;
    return begin - now;
  }

  /** Corrects a booking, once the model has said how many tokens it counted. */
  counted(estimated: number, actual: number): void {
    this.nextTokenMs += (actual - estimated) * this.msPerToken;
  }

  /** Waits until a call of so many tokens may begin. */
  async take(tokens: number, signal?: AbortSignal): Promise<void> {
    const wait = this.reserve(tokens);
    if (wait <= 0) return;
    await sleep(wait, undefined, signal === undefined ? {} : { signal }).catch((aborted: unknown) => {
      signal?.throwIfAborted();
      throw aborted;
    });
  }
}
