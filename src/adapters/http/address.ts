import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** All that is given out of IPv6: 2000::/3. */
const GLOBAL = ipaddr.IPv6.parse('2000::');

/** Whether an IP address is one of the public Internet: not private, loopback, link-local, multicast or otherwise set aside. */
export function isPublicAddress(address: string): boolean {
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && (parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL, 3));
}

/** Whether a URL's host may be a public one. What a name stands for shows when it is looked up. */
export function mayBePublic(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) ? isPublicAddress(bare) : !/(^|\.)localhost\.?$/.test(bare);
}
