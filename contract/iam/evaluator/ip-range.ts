// IPv4 and IPv6 addresses in CIDR ranges, for the condition operators IpAddress and NotIpAddress.

/** Is it a range (`203.0.113.0/24`, `2001:db8::/32`) or a bare address? */
export function isRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

/** Is the address in the range? Nothing is in a malformed one. */
export function isInRange(address: string, range: string): boolean {
  const within = parseRange(range);
  const subject = parse(address);
  if (within === undefined || subject?.bits !== within.from.bits) return false;
  const shift = BigInt(within.from.bits - within.prefix);
  return subject.value >> shift === within.from.value >> shift;
}

function parseRange(text: string): { readonly from: Address; readonly prefix: number } | undefined {
  const [base = '', length, ...more] = text.split('/');
  const from = parse(base);
  if (from === undefined || more.length > 0) return undefined;
  const prefix = length === undefined ? from.bits : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  return prefix < 0 || prefix > from.bits ? undefined : { from, prefix };
}

interface Address {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

function parse(text: string): Address | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return undefined;
  return { value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n), bits: 32 };
}

function parseV6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { value: groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n), bits: 128 };
}
