// Lines of a JSONL stream with their numbers, so that whatever is wrong with one can be found again. Bytes are split
// before they are decoded: what is no UTF-8 is told, not replaced.

export interface JsonlLine {
  /** Counted from 1, empty lines included. */
  readonly number: number;
  /** Without its line break; undefined where the bytes are no UTF-8. */
  readonly text: string | undefined;
}

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';

/** Every line that is not blank. The last one needs no line break. */
export async function* jsonlLines(
  stream: AsyncIterable<Buffer | string>,
): AsyncGenerator<JsonlLine, void, undefined> {
  let rest: Buffer[] = [];
  let number = 0;
  for await (const chunk of stream) {
    let bytes = Buffer.from(chunk);
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED)) {
      rest.push(bytes.subarray(0, end));
      yield* line((number += 1), rest);
      rest = [];
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > 0) rest.push(bytes);
  }
  if (rest.length > 0) yield* line(number + 1, rest);
}

function* line(number: number, parts: readonly Buffer[]): Generator<JsonlLine> {
  const text = decoded(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
  if (text === undefined) yield { number, text };
  else {
    const plain = number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    if (plain.trim() !== '') yield { number, text: plain };
  }
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
