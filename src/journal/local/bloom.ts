/** A filter over 53-bit hashes: `mayHold` is never wrong when it says no, and wrong in about 1 % when it says yes. */
export interface BloomFilter {
  bits: Uint8Array;
}

const BITS_PER_ENTRY = 10;
const PROBES = 7;

export function newBloom(entries: number): BloomFilter {
  return { bits: new Uint8Array(Math.max(8, Math.ceil((entries * BITS_PER_ENTRY) / 64) * 8)) };
}

export function addToBloom({ bits }: BloomFilter, hash: number): void {
  const size = bits.length * 8;
  const low = hash % 0x4000000;
  const high = Math.floor(hash / 0x4000000);
  // Double hashing (Kirsch and Mitzenmacher 2006): two halves of one hash stand for any number of hashes.
  for (let i = 0; i < PROBES; i++) {
    const bit = (low + i * (high | 1)) % size;
    bits[bit >>> 3] |= 1 << (bit & 7);
  }
}

export function mayHold({ bits }: BloomFilter, hash: number): boolean {
  const size = bits.length * 8;
  const low = hash % 0x4000000;
  const high = Math.floor(hash / 0x4000000);
  for (let i = 0; i < PROBES; i++) {
    const bit = (low + i * (high | 1)) % size;
    if ((bits[bit >>> 3] & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}
