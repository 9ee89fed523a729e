import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

const UNKNOWN = 'unknown';

/** 48 bits, in hexadecimal digits. */
const SITE_DIGITS = 12;

/** An address as some proxies write it, with a port: `192.0.2.1:443`, `[2001:db8::1]:443`. */
const WITH_PORT = /^(?:\[([^\]]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+)$/;

/**
 * Returns the network of a client's address: the first 24 bits of IPv4, the first 64 of IPv6. One client can use every address in it.
 * All texts that are no address share one network.
 */
export function networkOf(address: string | undefined): string {
  const parsed = parseAddress(address);
  if (!parsed) return UNKNOWN;
  const isOld = parsed.kind() === 'ipv4';
  const bytes = parsed.toByteArray().slice(0, isOld ? 3 : 8);
  return `${isOld ? 'v4' : 'v6'}:${Buffer.from(bytes).toString('hex')}`;
}

/**
 * Returns what one customer of a provider may get as a whole: the first 48 bits of IPv6. IPv4 has nothing like it, so the network stays.
 * Strangers are counted by it, or one of them would be 65 536 networks.
 */
export function siteOf(network: string): string {
  return network.startsWith('v6:') ? network.slice(0, 'v6:'.length + SITE_DIGITS) : network;
}

/** Says whether a text is an address. */
export function isAddress(address: string | undefined): boolean {
  return parseAddress(address) !== null;
}

/** Says whether an address is private: of this machine or of a private network. */
export function isPrivate(address: string | undefined): boolean {
  const range = parseAddress(address)?.range() ?? '';
  return ['loopback', 'private', 'uniqueLocal', 'linkLocal', 'carrierGradeNat'].includes(range);
}

function parseAddress(address: string | undefined): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const [, v6, v4] = WITH_PORT.exec(address ?? '') ?? [];
  const bare = v6 ?? v4 ?? address ?? '';
  return isIP(bare) > 0 || ipaddr.isValid(bare) ? addressOf(bare) : null;
}

function addressOf(bare: string): ipaddr.IPv4 | ipaddr.IPv6 {
  // `::ffff:192.0.2.1` is how a server that listens on both names an IPv4 address.
  const address = ipaddr.process(bare);
  // A translator (RFC 6052) has one prefix for all of IPv4.
  return address.kind() === 'ipv6' && address.range() === 'rfc6052'
    ? ipaddr.fromByteArray(address.toByteArray().slice(-4))
    : address;
}
