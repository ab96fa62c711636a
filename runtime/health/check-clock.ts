// Whether this machine's clock agrees with the service's. A signature of AWS is refused once they are five minutes
// apart (S3: fifteen), with an error that speaks of signatures and not of clocks.
import { messageOf } from '../runtime-error';
import { Findings } from './health-report';
import type { Finding } from './health-report';

const REFUSED_AFTER_MS = 5 * 60_000;
const NOTABLE_AFTER_MS = 30_000;
const TIMEOUT_MS = 5_000;

/** @param url any address of the service: what it answers does not matter, only its `Date` header */
export async function checkClock(
  url: string,
  { signal, now = Date.now }: { readonly signal?: AbortSignal | undefined; readonly now?: () => number } = {},
): Promise<readonly Finding[]> {
  const findings = new Findings('clock of this machine');
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const sent = now();
    const answer = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const received = now();
    const date = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(date)) {
      findings.add('clock', 'info', `${url} answered without a date: the clock could not be compared.`);
    } else {
      // The header has whole seconds, cut off.
      judge(findings, (sent + received) / 2 - (date + 500));
    }
  } catch (thrown) {
    signal?.throwIfAborted();
    findings.add(
      'clock',
      'info',
      `${url} did not answer: the clock could not be compared (${messageOf(thrown)}).`,
      { cause: 'not-reachable' },
    );
  }
  return findings.list;
}

/** @param aheadMs milliseconds by which this clock is ahead of the service's */
function judge(findings: Findings, aheadMs: number): void {
  const apart = Math.abs(aheadMs);
  const said = `This clock is ${(apart / 1000).toFixed(0)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the service’s`;
  const fix = 'Let the machine set its clock over the network (chrony, systemd-timesyncd).';
  if (apart >= REFUSED_AFTER_MS) {
    findings.add('clock', 'error', `${said}: signed requests are refused.`, { cause: 'misfit', fix });
  } else if (apart >= NOTABLE_AFTER_MS) {
    findings.add('clock', 'warning', `${said}; from 300 s on signed requests are refused.`, {
      cause: 'misfit',
      fix,
    });
  } else {
    findings.ok('clock', 'This clock agrees with the service’s.');
  }
}
