import { canonicalAddress } from '../../domain/address.ts';

/**
 * An address, or a block of addresses in CIDR notation (RFC 4632, RFC 4291), in its one spelling: bits beyond the prefix are
 * zero, and a block of one address is that address. Undefined where the text is neither.
 */
export function canonicalBlock(text: string): string | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return canonicalAddress(text);
  const written = text.slice(0, slash);
  const address = canonicalAddress(written);
  const length = /^\d{1,3}$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : Number.NaN;
  if (address === undefined || !(length <= bitsOf(written))) return undefined;
  // IPv4 written within IPv6 is IPv4: its first 96 bits are the frame.
  const prefix =
    bitsOf(written) - bitsOf(address) <= length ? length - (bitsOf(written) - bitsOf(address)) : Number.NaN;
  return Number.isNaN(prefix) ? undefined : blockOf(address, prefix);
}

/** Bits of an address: 32 or 128. */
export const bitsOf = (address: string): number => (address.includes(':') ? 128 : 32);

/** The block of so many leading bits around a canonical address, in its one spelling. */
export function blockOf(address: string, prefix: number): string {
  if (prefix === bitsOf(address)) return address;
  return address.includes(':') ? `${cutSix(address, prefix)}/${prefix}` : `${cutFour(address, prefix)}/${prefix}`;
}

function cutFour(address: string, prefix: number): string {
  let value = 0;
  for (const part of address.split('.')) value = value * 256 + Number(part);
  const kept = prefix === 0 ? 0 : value - (value % 2 ** (32 - prefix));
  return `${Math.floor(kept / 2 ** 24)}.${Math.floor(kept / 2 ** 16) % 256}.${Math.floor(kept / 256) % 256}.${kept % 256}`;
}

function cutSix(address: string, prefix: number): string {
  const [head, tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after].map((group, i) => {
    const bits = Math.max(0, Math.min(16, prefix - 16 * i));
    return (Number.parseInt(group, 16) & (0xffff << (16 - bits)) & 0xffff).toString(16);
  });
  return canonicalAddress(groups.join(':')) ?? address;
}
