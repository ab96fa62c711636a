// The words of a failure, for people: without what the SDK says to its own developers, and with what fetch leaves out.
import { messageOf } from '../runtime-error';
import { readFailure } from './failure-kind';

/** What the SDK appends where an answer could not be read. */
const HINT =
  /\s*Deserialization error: to see the raw response, inspect the hidden field \{error\}\.\$response on this object\./;
/** What fetch says of everything; its cause knows more. */
const OF_FETCH = new Set(['fetch failed', 'terminated']);

export function failureMessage(thrown: unknown): string {
  const message = messageOf(thrown).replace(HINT, '').trim();
  const { name, status, within } = readFailure(thrown);
  if (name === 'SyntaxError') {
    return `the answer${status === 0 ? '' : ` (status ${status})`} is no whole JSON: ${message}`;
  }
  const [cause] = within;
  return OF_FETCH.has(message) && cause !== undefined ? `${message}: ${failureMessage(cause)}` : message;
}
