import { isIP } from 'node:net';

/** Bits of an IPv6 address that name one subscriber's network, unless a configuration says otherwise. */
export const IPV6_PREFIX = 64;
/** Bits of an IPv4 network: the smallest block that is routed by itself. */
export const IPV4_PREFIX = 24;

/**
 * The one spelling of an IP address, or undefined where the text is none: RFC 5952 (lower case, no leading zeros, the
 * longest run of zeros as `::`), and IPv4 where it is mapped into IPv6 (RFC 4291 §2.5.5.2), since it is the same host.
 * An address with a zone (`fe80::1%eth0`) names something on one machine only: undefined.
 */
export function canonicalAddress(text: string): string | undefined {
  const version = isIP(text);
  // The IPv4 that is accepted (four decimals without leading zeros) has one spelling.
  if (version === 4) return text;
  if (version === 0 || text.includes('%')) return undefined;
  const groups = groupsOf(text);
  return isMapped(groups) ? dotted(groups) : written(groups);
}

/**
 * The network of an address in its one spelling, such as `2001:db8::/64`; undefined where the text is no address. IPv6: the
 * first `ipv6Prefix` bits, by default those that one subscriber has. IPv4: the 24 around it.
 */
export function networkOf(address: string, ipv6Prefix = IPV6_PREFIX): string | undefined {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return undefined;
  if (!canonical.includes(':')) return `${canonical.slice(0, canonical.lastIndexOf('.'))}.0/${IPV4_PREFIX}`;
  const groups = groupsOf(canonical);
  for (let i = 0; i < 8; i++) {
    const bits = Math.max(0, Math.min(16, ipv6Prefix - 16 * i));
    groups[i] &= 0xffff << (16 - bits);
  }
  return `${written(groups)}/${ipv6Prefix}`;
}

/** What is limited as one: an IPv4 address, and the network of an IPv6 one, whose owner has all of it to choose from. */
export function limitedAs(address: string, ipv6Prefix = IPV6_PREFIX): string {
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return address;
  return canonical.includes(':') ? networkOf(canonical, ipv6Prefix)! : canonical;
}

/** The network that a text names, an address standing for its own: `2001:db8::7`, `2001:DB8:0:0::/64`. */
export function canonicalNetwork(text: string, ipv6Prefix = IPV6_PREFIX): string | undefined {
  const at = text.indexOf('/');
  const network = networkOf(at < 0 ? text : text.slice(0, at), ipv6Prefix);
  return at < 0 || network?.endsWith(text.slice(at)) ? network : undefined;
}

/** The eight groups of a valid IPv6 address without a zone. */
function groupsOf(text: string): number[] {
  const [head, tail] = text.split('::');
  const before = numbers(head);
  if (tail === undefined) return before;
  const after = numbers(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function numbers(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)];
    const [a, b, c, d] = part.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function isMapped(groups: number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

function dotted(groups: number[]): string {
  return [groups[6] >> 8, groups[6] & 255, groups[7] >> 8, groups[7] & 255].join('.');
}

function written(groups: number[]): string {
  let [start, length] = [0, 1];
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
    i = Math.max(i, end);
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}
