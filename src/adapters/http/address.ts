import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether an IP address is one of the public Internet: not private, loopback, link-local, multicast or otherwise set aside. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast';
}

/** Whether a URL's host may be a public one. What a name stands for shows when it is looked up. */
export function mayBePublic(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) ? isPublicAddress(bare) : !/(^|\.)localhost\.?$/.test(bare);
}
