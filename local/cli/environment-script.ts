// `env`: the local environment as commands for a shell, so that `eval "$(npm run -s local -- env)"` points any AWS client
// and the Pulumi CLI at the local cloud.
import { shellQuote } from '../toolchain/plugin-launchers';

/** Of the person's shell, not of a client: taken over by programs that are run, but not forced on a shell. */
const SHELLS_OWN =
  /^(HOME|TMPDIR|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|COLUMNS|LINES|LANG|LANGUAGE|LC_[A-Z]+|TZ|USER|LOGNAME|SHELL|CI|NODE_V8_COVERAGE)$/;

/** Variables that lead a client elsewhere when they stay. */
const LEADS_ELSEWHERE = /^(AWS_|PULUMI_)/;

/** First what must go from `present`, then what is set; sorted, one command a line. */
export function environmentScript(
  local: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string | undefined>>,
): string {
  const unset = Object.keys(present)
    .filter((name) => LEADS_ELSEWHERE.test(name) && !(name in local))
    .sort()
    .map((name) => `unset ${name}`);
  const set = Object.entries(local)
    .filter(([name]) => !SHELLS_OWN.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `export ${name}=${shellQuote(value)}`);
  return [...unset, ...set].map((line) => `${line}\n`).join('');
}
