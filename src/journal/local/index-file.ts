import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { hash53 } from '../../domain/hash.ts';
import { addToBloom, type BloomFilter, newBloom } from './bloom.ts';
import { type Files, readWhole, replaceFile } from './files.ts';
import { indexPath, type Offsets, type Segment } from './segment.ts';

/**
 * The index of a sealed segment, beside it. Derived: it is written anew where it is missing or damaged. Little-endian.
 *
 *   0  "ASSAYIDX", f64 first sequence, u32 R records, u32 E names, u32 B bytes of filter, u32 crc32 of the header (with
 *      this field zero) and the filter, u32 crc32 of the rest, u32 zero
 *  40  u8  × B   Bloom filter of the hashes; B is a multiple of 8
 *      f64 × E   hashes of the names, ascending
 *      u32 × E   ordinal of the record of each hash
 *      u32 × R   ordinal → offset in the segment
 */
const HEADER_BYTES = 40;
const MAGIC = Buffer.from('ASSAYIDX');
/** Names or records handled between two turns of the event loop, so that a sealing delays no decision. */
const SLICE = 2048;

export interface SegmentIndex {
  hashes: Float64Array;
  ordinals: Uint32Array;
  offsets: Uint32Array;
  bloom: BloomFilter;
}

/** Builds the index file of a sealed segment and writes it. */
export async function writeIndex(files: Files, segment: Segment): Promise<SegmentIndex> {
  const index = await buildIndex(segment.names!, segment.offsets!, segment.first);
  await replaceFile(files, dirname(segment.path), indexPath(segment.path), encodeIndex(index, segment.first));
  return index;
}

/** Sorts by counting into buckets of about 8, then by insertion: hashes are uniform, and the work can pause anywhere. */
async function buildIndex(names: Map<string, number>, offsets: Offsets, first: number): Promise<SegmentIndex> {
  const size = names.size;
  const unsorted = new Float64Array(size);
  const bloom = newBloom(size);
  const buckets = Math.max(1, size >>> 3);
  const bucketOf = (hash: number) => Math.floor((hash / 2 ** 53) * buckets);
  const starts = new Uint32Array(buckets + 1);
  let i = 0;
  for (const name of names.keys()) {
    const hash = hash53(name);
    unsorted[i++] = hash;
    addToBloom(bloom, hash);
    starts[bucketOf(hash) + 1]++;
    if (i % SLICE === 0) await nextTurn();
  }
  for (let b = 0; b < buckets; b++) starts[b + 1] += starts[b];
  const hashes = new Float64Array(size);
  const ordinals = new Uint32Array(size);
  const filled = starts.slice();
  i = 0;
  for (const sequence of names.values()) {
    const hash = unsorted[i++];
    const bucket = bucketOf(hash);
    // Names come in the order of their sequences, so equal hashes stay in the order of their records.
    let at = filled[bucket]++;
    for (; at > starts[bucket] && hashes[at - 1] > hash; at--) {
      hashes[at] = hashes[at - 1];
      ordinals[at] = ordinals[at - 1];
    }
    hashes[at] = hash;
    ordinals[at] = sequence - first;
    if (i % SLICE === 0) await nextTurn();
  }
  return { hashes, ordinals, offsets: offsets.values.slice(0, offsets.length), bloom };
}

const bytesOf = (array: Float64Array | Uint32Array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

function encodeIndex(index: SegmentIndex, first: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeDoubleLE(first, 8);
  header.writeUInt32LE(index.offsets.length, 16);
  header.writeUInt32LE(index.hashes.length, 20);
  header.writeUInt32LE(index.bloom.bits.length, 24);
  const body = [bytesOf(index.hashes), bytesOf(index.ordinals), bytesOf(index.offsets)];
  header.writeUInt32LE(
    body.reduce((sum, part) => crc32(part, sum), 0),
    32,
  );
  header.writeUInt32LE(crc32(index.bloom.bits, crc32(header)), 28);
  return Buffer.concat([header, index.bloom.bits, ...body]);
}

interface IndexHeader {
  records: number;
  names: number;
  bloomBytes: number;
}

function readIndexHeader(source: Buffer, first: number): IndexHeader | undefined {
  if (source.length < HEADER_BYTES || !source.subarray(0, 8).equals(MAGIC)) return undefined;
  if (source.readDoubleLE(8) !== first) return undefined;
  const bloomBytes = source.readUInt32LE(24);
  if (source.length < HEADER_BYTES + bloomBytes) return undefined;
  const header = Buffer.from(source.subarray(0, HEADER_BYTES));
  header.writeUInt32LE(0, 28);
  const sum = crc32(source.subarray(HEADER_BYTES, HEADER_BYTES + bloomBytes), crc32(header));
  if (sum !== source.readUInt32LE(28)) return undefined;
  return { records: source.readUInt32LE(16), names: source.readUInt32LE(20), bloomBytes };
}

/** Only the filter, which stays in memory. Undefined where the index is missing, damaged at its head or cut. */
export async function readBloom(files: Files, segment: Segment): Promise<BloomFilter | undefined> {
  let file: Awaited<ReturnType<Files['open']>>;
  try {
    file = await files.open(indexPath(segment.path), 'read');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const size = await file.size();
    const head = Buffer.alloc(HEADER_BYTES);
    if ((await file.read(head, 0)) < HEADER_BYTES) return undefined;
    const front = Buffer.alloc(Math.min(size, HEADER_BYTES + head.readUInt32LE(24)));
    await file.read(front, 0);
    const header = readIndexHeader(front, segment.first);
    if (header === undefined || header.records !== segment.count || size !== indexBytes(header)) return undefined;
    return { bits: new Uint8Array(front.subarray(HEADER_BYTES)) };
  } finally {
    await file.close();
  }
}

const indexBytes = ({ records, names, bloomBytes }: IndexHeader) =>
  HEADER_BYTES + bloomBytes + 12 * names + 4 * records;

/** The whole index. Undefined where it is missing or damaged. */
export async function readIndex(files: Files, segment: Segment): Promise<SegmentIndex | undefined> {
  const source = await readWhole(files, indexPath(segment.path));
  if (source === undefined) return undefined;
  const header = readIndexHeader(source, segment.first);
  if (header === undefined || header.records !== segment.count || source.length !== indexBytes(header))
    return undefined;
  const body = source.subarray(HEADER_BYTES + header.bloomBytes);
  if (crc32(body) !== source.readUInt32LE(32)) return undefined;
  // Copied, because a typed array must start at a multiple of its element's size.
  const copy = new Uint8Array(body).buffer;
  return {
    hashes: new Float64Array(copy, 0, header.names),
    ordinals: new Uint32Array(copy, 8 * header.names, header.names),
    offsets: new Uint32Array(copy, 12 * header.names, header.records),
    bloom: { bits: new Uint8Array(source.subarray(HEADER_BYTES, HEADER_BYTES + header.bloomBytes)) },
  };
}

/** Ordinals of the records that may hold a name of this hash, oldest first. */
export function ordinalsOf({ hashes, ordinals }: SegmentIndex, hash: number): number[] {
  let low = 0;
  let high = hashes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (hashes[middle] < hash) low = middle + 1;
    else high = middle;
  }
  const found: number[] = [];
  for (; low < hashes.length && hashes[low] === hash; low++) found.push(ordinals[low]);
  return found;
}
