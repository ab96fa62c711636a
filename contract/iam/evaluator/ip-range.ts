// IPv4 and IPv6 addresses in CIDR ranges, for the condition operators IpAddress and NotIpAddress.

/** Is the address in the range (`203.0.113.0/24`, `2001:db8::/32`, a bare address)? Undefined for a malformed range. */
export function isInRange(address: string, range: string): boolean | undefined {
  const [base = '', length] = range.split('/');
  const from = parse(base);
  if (from === undefined) return undefined;
  const prefix = length === undefined ? from.bits : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (prefix < 0 || prefix > from.bits) return undefined;
  const subject = parse(address);
  if (subject?.bits !== from.bits) return false;
  const shift = BigInt(from.bits - prefix);
  return subject.value >> shift === from.value >> shift;
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
