// Request bodies: UTF-8, JSON, and no half of a surrogate pair in any string.
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
  refuseBeyondUse(text);
  return value;
}

/** Levels of a body, as the JSON parser of the AWS services has them (Jackson); what reads a value may recurse so deep. */
const MAX_NESTING = 1_000;

/**
 * Looks for half of a surrogate pair, which only an escape can bring into well-formed UTF-8, and for nesting. In the text
 * and not in its value: a body may hold ten million values, and to visit them costs many times what their text does.
 * @param text which is JSON
 */
function refuseBeyondUse(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case OPENING_BRACE:
      case OPENING_BRACKET:
        depth += 1;
        if (depth > MAX_NESTING + 1)
          throw unreadable(`the body is nested more than ${MAX_NESTING} levels deep`);
        break;
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        depth -= 1;
        break;
      case QUOTE:
        at = endOfString(text, at + 1);
    }
  }
}

/** The place of the quote that ends a string. @throws ServiceError for a string that holds half of a surrogate pair */
function endOfString(text: string, from: number): number {
  for (let at = from; ; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at;
    if (unit !== BACKSLASH) continue;
    const escaped = escapedUnit(text, at);
    at += escaped === undefined ? 1 : 5;
    if (escaped === undefined || escaped < 0xd800 || escaped > 0xdfff) continue;
    const second = escaped < 0xdc00 ? escapedUnit(text, at + 1) : undefined;
    if (second === undefined || second < 0xdc00 || second > 0xdfff) {
      throw unreadable('a string holds a lone surrogate');
    }
    at += 6;
  }
}

/** What `\uXXXX` at a place stands for; undefined when something else is there. */
function escapedUnit(text: string, at: number): number | undefined {
  return text.startsWith('\\u', at) ? parseInt(text.slice(at + 2, at + 6), 16) : undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
