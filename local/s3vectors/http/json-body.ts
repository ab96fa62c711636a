// Request bodies: UTF-8, JSON, and no half of a surrogate pair in any string.
import { isWellFormed } from '../../../contract/vectors/text';
import { unreadable } from '../service-error';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws ServiceError for a body that is not UTF-8, not JSON, holds a lone surrogate, or is nested beyond all use */
export function parseJson(body: Buffer): unknown {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw unreadable('the body is not UTF-8');
  }
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's message quotes the text around the fault; a log holds no bodies.
    throw unreadable(`the body is not JSON (${error instanceof Error ? error.name : 'error'})`);
  }
  // Only an escape can bring half a pair into well-formed UTF-8, and few bodies hold one.
  if (/\\u[dD][89a-fA-F]/.test(text) && holdsLoneSurrogate(value))
    throw unreadable('a string holds a lone surrogate');
  refuseDeepNesting(value);
  return value;
}

/** Levels of a body, as the JSON parser of the AWS services has them (Jackson); what reads a value may recurse so deep. */
const MAX_NESTING = 1_000;

function refuseDeepNesting(root: unknown): void {
  let level = typeof root === 'object' && root !== null ? [root as unknown] : [];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING) throw unreadable(`the body is nested more than ${MAX_NESTING} levels deep`);
    const next: unknown[] = [];
    for (const value of level) {
      for (const member of Object.values(value as object)) {
        if (typeof member === 'object' && member !== null) next.push(member);
      }
    }
    level = next;
  }
}

/** Walks with a stack of its own: a body may be nested deeper than the call stack allows. */
function holdsLoneSurrogate(root: unknown): boolean {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string') {
      if (!isWellFormed(value)) return true;
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        if (!Array.isArray(value) && !isWellFormed(key)) return true;
        pending.push(member);
      }
    }
  }
  return false;
}
