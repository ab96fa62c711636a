// What counts as this machine. The one rule that keeps a local run away from real AWS, used when the
// configuration is checked and again, on every request, by the clients.

/**
 * True for `localhost`, 127.0.0.0/8 and ::1, with or without brackets. Names below `.localhost` are left out:
 * a resolver may ask the network for them.
 */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase();
  if (name === 'localhost' || name === '::1' || name === '[::1]') return true;
  const parts = name.split('.');
  return (
    parts.length === 4 &&
    parts[0] === '127' &&
    parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
  );
}

/** Why `value` cannot be a local endpoint, or undefined if it can. */
export function endpointFault(value: string): string | undefined {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return `${JSON.stringify(value)} is not a URL such as http://127.0.0.1:4566`;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `${JSON.stringify(value)} is not an http or https URL`;
  }
  if (!isLoopbackHost(url.hostname)) return `${JSON.stringify(value)} is not on this machine (loopback)`;
  return undefined;
}
