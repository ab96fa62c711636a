// Loaded into every Node process of a local run (NODE_OPTIONS=--require): refuses each connection and name lookup that
// would leave this machine. The AWS SDK for JavaScript ignores HTTPS_PROXY, so that a dead proxy does not hold it;
// a missing or misspelt endpoint would go to real AWS without a word. Plain JavaScript and no imports of ours: it must
// load in programs that know nothing of this package.
'use strict';

const dgram = require('node:dgram');
const dns = require('node:dns');
const net = require('node:net');

/** True for `localhost`, names under it, 127.0.0.0/8 and ::1, also IPv4-mapped. */
function isLoopback(host) {
  const name = String(host)
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  const address = name.startsWith('::ffff:') ? name.slice('::ffff:'.length) : name;
  if (net.isIPv4(address)) return address.startsWith('127.');
  return net.isIPv6(name) && /^(0*:)*:?0*1$/.test(name);
}

function refusal(host, port) {
  const target = port === undefined || port === null ? String(host) : `${host}:${port}`;
  const error = new Error(
    `Refused to reach ${target}: a local run may talk to this machine only. ` +
      'Is an endpoint missing or misspelt (AWS_ENDPOINT_URL…, provider endpoints)?',
  );
  error.code = 'ELOOPBACKONLY';
  error.host = host;
  return error;
}

/** Host and port of the many forms of `connect`'s arguments; undefined for a local socket path. */
function targetOf(args) {
  const [first] = args;
  // net.connect hands over its arguments already normalised, as an array in the first place.
  if (Array.isArray(first)) return targetOf(first);
  if (typeof first === 'object' && first !== null) {
    return first.path ? undefined : { host: first.host || 'localhost', port: first.port };
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return undefined;
  return { host: typeof args[1] === 'string' ? args[1] : 'localhost', port: first };
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function guardedConnect(...args) {
  const target = targetOf(args);
  if (target && !isLoopback(target.host)) {
    process.nextTick(() => this.destroy(refusal(target.host, target.port)));
    return this;
  }
  return connect.apply(this, args);
};

// Lookups are refused too: a name that is asked for has already left the machine.
function guardCallbacks(api, names) {
  for (const name of names) {
    const original = api[name];
    if (typeof original !== 'function') continue;
    api[name] = function guardedLookup(host, ...rest) {
      const callback = rest[rest.length - 1];
      if (
        !host ||
        isLoopback(host) ||
        (name === 'lookup' && net.isIP(host)) ||
        typeof callback !== 'function'
      ) {
        return original.call(this, host, ...rest);
      }
      process.nextTick(() => callback(refusal(host)));
      return undefined;
    };
  }
}

function guardPromises(api, names) {
  for (const name of names) {
    const original = api[name];
    if (typeof original !== 'function') continue;
    api[name] = async function guardedLookup(host, ...rest) {
      if (!host || isLoopback(host) || (name === 'lookup' && net.isIP(host)))
        return original.call(this, host, ...rest);
      throw refusal(host);
    };
  }
}

const LOOKUPS = [
  'lookup',
  'resolve',
  'resolve4',
  'resolve6',
  'resolveAny',
  'resolveCaa',
  'resolveCname',
  'resolveMx',
  'resolveNaptr',
  'resolveNs',
  'resolvePtr',
  'resolveSoa',
  'resolveSrv',
  'resolveTxt',
  'reverse',
];
guardCallbacks(dns, LOOKUPS);
guardCallbacks(dns.Resolver.prototype, LOOKUPS);
guardPromises(dns.promises, LOOKUPS);
guardPromises(dns.promises.Resolver.prototype, LOOKUPS);

const send = dgram.Socket.prototype.send;
dgram.Socket.prototype.send = function guardedSend(...args) {
  const host = args.slice(1).find((argument) => typeof argument === 'string');
  if (host !== undefined && !isLoopback(host)) {
    const callback = args[args.length - 1];
    const error = refusal(host);
    process.nextTick(() => (typeof callback === 'function' ? callback(error) : this.emit('error', error)));
    return undefined;
  }
  return send.apply(this, args);
};
const connectDatagram = dgram.Socket.prototype.connect;
dgram.Socket.prototype.connect = function guardedConnectDatagram(port, address, ...rest) {
  if (typeof address === 'string' && !isLoopback(address)) {
    process.nextTick(() => this.emit('error', refusal(address, port)));
    return undefined;
  }
  return connectDatagram.call(this, port, address, ...rest);
};
