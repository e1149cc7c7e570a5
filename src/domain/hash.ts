/**
 * A 53-bit hash of a string as a positive safe integer; never 0, which means "absent" wherever hashes are stored.
 * Two multiply-xorshift lanes of 32 bits over the UTF-16 units (multipliers from MurmurHash3's and xxHash's constants).
 */
export function hash53(text: string, seed = 0): number {
  return hashedFrom(0x9e3779b1 ^ seed, 0x85ebca77 ^ seed, text);
}

/** `hash53` of texts that all begin with `prefix`, which is hashed once and never put before them. */
export function hash53After(prefix: string): (text: string) => number {
  let a = 0x9e3779b1;
  let b = 0x85ebca77;
  for (let i = 0; i < prefix.length; i++) {
    const unit = prefix.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x85ebca6b);
    b = Math.imul(b ^ unit, 0xc2b2ae35);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  return (text) => hashedFrom(a, b, text);
}

function hashedFrom(a: number, b: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x85ebca6b);
    b = Math.imul(b ^ unit, 0xc2b2ae35);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  a = Math.imul(a ^ (b >>> 16), 0x27d4eb2f);
  b = Math.imul(b ^ (a >>> 15), 0x165667b1);
  a ^= a >>> 16;
  b ^= b >>> 14;
  return (a >>> 0) * 0x200000 + (b >>> 11) || 1;
}
