// Bodies that carry vectors. Nearly all of their bytes are numbers: those are read straight into float32, and the
// rest, with a short list in the place of each vector, by JSON.parse. A valid list stands where a valid list stood, so
// the rest is JSON exactly when the whole is, and everything in it but the vectors has the value that JSON gives it.
import { MAX_VECTORS_PER_PUT } from '../../../contract/limits';
import { parseJson } from './json-body';
import { readNumberArray } from './number-array';

/** Members that hold vectors; other operations may name metadata or anything else so. */
const MEMBER = 'float32';
/** The longest way to write the member: every character an escape of six bytes. */
const LONGEST_MEMBER = MEMBER.length * 6;

/** Far more than a request may have vectors. A million little lists would take a thousand times their bytes. */
const MOST_LISTS = 4 * MAX_VECTORS_PER_PUT;

/** A list of numbers that follows the name of the member. */
interface Excised {
  readonly start: number;
  readonly end: number;
  readonly numbers: Float32Array;
}

/**
 * What the body of PutVectors or QueryVectors holds: the value that `parseJson` would give, with Float32Array for the
 * numbers of `vectors[].data.float32` and `queryVector.float32`.
 * @throws ServiceError as `parseJson` does
 */
export function parseVectorsBody(body: Buffer): unknown {
  const excised = excise(body);
  if (excised.length === 0) return parseJson(body);
  const rest: Uint8Array[] = [];
  let from = 0;
  excised.forEach(({ start, end }, at) => {
    rest.push(body.subarray(from, start), Buffer.from(`[${at}]`, 'latin1'));
    from = end;
  });
  rest.push(body.subarray(from));
  const value = parseJson(Buffer.concat(rest));
  const placed = placeVectors(value, excised);
  // A list that is nobody's vector (metadata may be named so), or was replaced by a later member of the same name.
  if (placed < excised.length) putBackLists(value, excised, body);
  return value;
}

/**
 * All lists of one or more numbers that are the value of a member `float32`, however its name is written; none when
 * there are too many to be the vectors of a request.
 */
function excise(body: Buffer): Excised[] {
  const found: Excised[] = [];
  for (let at = 0; at < body.length; at += 1) {
    if (body[at] !== QUOTE) continue;
    const start = at + 1;
    let escaped = false;
    for (at = start; at < body.length && body[at] !== QUOTE; at += 1) {
      if (body[at] !== BACKSLASH) continue;
      escaped = true;
      at += 1;
    }
    if (!isMember(body, start, at, escaped)) continue;
    const list = listAfterColon(body, at + 1);
    const numbers = list === undefined ? undefined : readNumberArray(body, list);
    if (list === undefined || numbers === undefined) continue;
    if (found.length === MOST_LISTS) return [];
    found.push({ start: list, ...numbers });
    at = numbers.end - 1;
  }
  return found;
}

function isMember(body: Buffer, start: number, end: number, escaped: boolean): boolean {
  const length = end - start;
  if (!escaped) return length === MEMBER.length && body.toString('latin1', start, end) === MEMBER;
  if (length > LONGEST_MEMBER) return false;
  try {
    return JSON.parse(`"${body.toString('latin1', start, end)}"`) === MEMBER;
  } catch {
    return false; // no JSON: parseJson says so
  }
}

/** The position of a `[` that follows a colon; undefined when something else does. */
function listAfterColon(body: Buffer, from: number): number | undefined {
  const colon = afterSpace(body, from);
  if (body[colon] !== COLON) return undefined;
  const list = afterSpace(body, colon + 1);
  return body[list] === OPENING_BRACKET ? list : undefined;
}

function afterSpace(body: Buffer, from: number): number {
  let at = from;
  for (let byte = body[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = body[at])
    at += 1;
  return at;
}

/** Puts the numbers where the operations look for vectors; the count of those found. */
function placeVectors(value: unknown, excised: readonly Excised[]): number {
  if (!isObject(value)) return 0;
  const { vectors } = value;
  const elements = Array.isArray(vectors) ? (vectors as unknown[]) : [];
  const holders = [
    value['queryVector'],
    ...elements.map((vector) => (isObject(vector) ? vector['data'] : undefined)),
  ];
  let placed = 0;
  for (const holder of holders) {
    if (!isObject(holder)) continue;
    const list = excisedAt(holder[MEMBER], excised);
    if (list === undefined) continue;
    holder[MEMBER] = list.numbers;
    placed += 1;
  }
  return placed;
}

/** Puts the lists back that are ordinary values. Walks with a stack of its own, as bodies may be nested deeply. */
function putBackLists(root: unknown, excised: readonly Excised[], body: Buffer): void {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (Array.isArray(value)) for (const element of value as unknown[]) pending.push(element);
    if (!isObject(value) || value instanceof Float32Array) continue;
    for (const [name, member] of Object.entries(value)) {
      const list = name === MEMBER ? excisedAt(member, excised) : undefined;
      if (list !== undefined) value[name] = JSON.parse(body.toString('latin1', list.start, list.end));
      else pending.push(member);
    }
  }
}

/** What a value stands for. Every list of one number below this name was put there by us. */
function excisedAt(value: unknown, excised: readonly Excised[]): Excised | undefined {
  if (!Array.isArray(value) || value.length !== 1) return undefined;
  const [at] = value as unknown[];
  return typeof at === 'number' ? excised[at] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
