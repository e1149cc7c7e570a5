import { crc32 } from 'node:zlib';
import type { LabelCode } from '../domain/event.ts';
import type { ProfileStore } from './profile-store.ts';
import { readRecord, recordCells, SnapshotError, writeRecord } from './record.ts';
import type { TruthEntry } from './truths.ts';
import type { Voice } from './voices.ts';

/**
 * A snapshot is a stream of blocks:
 *
 *   [bytes u32][crc32 u32][payload]   payload of block 0: JSON; of the others: little-endian Float64s
 *
 *   block 0   {"format":"assay-profiles","version":2,"entityTypes":[…],"columns":[[…],…]}
 *   TRUTHS    [1, n,  id, learnt, outcomes, voices, [voice, source, rank, time, code, sequence]…, …]
 *   PROFILES  [2, n,  records…]  a record: type, key, count, total, firstTime, hash, lastSequence, lastLabelSequence,
 *             hours (-1 while nothing fell out), [evicted, cells…], days, [evicted, cells…], what ever fell out, then its
 *             columns, count each
 *   END       [3, profiles]
 *
 * What was said comes first, so that no word in it is newer than a profile that it has still to be applied to.
 * A snapshot of another version is refused, and the journal replayed instead.
 */
const VERSION = 2;
const TRUTHS = 1;
const PROFILES = 2;
const END = 3;
const BLOCK_CELLS = 65_536;
const MAX_BLOCK_BYTES = 16 * 1024 * 1024;

type Write = (chunk: Uint8Array) => void | Promise<void>;

export async function saveProfiles(store: ProfileStore, write: Write): Promise<void> {
  // Taken before the first await: see above.
  const truths = [...truthBlocks(store.truths.entries())];
  await write(block(Buffer.from(JSON.stringify(header(store)))));
  for (const cells of truths) await write(block(bytes(cells)));
  let cells = new Float64Array(BLOCK_CELLS);
  let used = 2;
  let records = 0;
  let total = 0;
  const flush = async () => {
    cells[0] = PROFILES;
    cells[1] = records;
    await write(block(bytes(cells.slice(0, used))));
    used = 2;
    records = 0;
  };
  const room = async (need: number) => {
    if (used + need > cells.length && records > 0) await flush();
  };
  for (let type = 0; type < store.layouts.length; type++) {
    const { width } = store.layouts[type];
    for (const key of store.keysInMemory(type)) {
      const profile = store.peek(type, key);
      if (profile === undefined) continue;
      await room(recordCells(profile, width));
      const now = recordCells(profile, width);
      if (now + 2 > cells.length) cells = new Float64Array(now + 2);
      used = writeRecord(cells, used, type, key, profile, width);
      records++;
      total++;
    }
  }
  // What was elsewhere when this began; the same profile may come twice, and either is whole.
  for (const record of store.recordsElsewhere()) {
    await room(record.length);
    if (record.length + 2 > cells.length) cells = new Float64Array(record.length + 2);
    cells.set(record, used);
    used += record.length;
    records++;
    total++;
  }
  if (records > 0) await flush();
  await write(block(bytes(Float64Array.of(END, total))));
}

const MOST_IN_BLOCK = 20_000;

function* truthBlocks(entries: Iterable<TruthEntry>): Generator<Float64Array> {
  let cells: number[] = [];
  let count = 0;
  const flush = () => Float64Array.from([TRUTHS, count, ...cells]);
  for (const { id, learnt, outcomes, voices } of entries) {
    const said: number[] = [];
    for (let one = voices; one; one = one.next)
      said.push(one.voice, one.source, one.rank, one.time, one.code, one.sequence);
    cells.push(id, learnt ? 1 : 0, outcomes, said.length / VOICE_CELLS, ...said);
    if (++count < MOST_IN_BLOCK) continue;
    yield flush();
    cells = [];
    count = 0;
  }
  if (count > 0) yield flush();
}

function header(store: ProfileStore) {
  return {
    format: 'assay-profiles',
    version: VERSION,
    entityTypes: [...store.entityTypes],
    columns: store.layouts.map((layout) => [...layout.names]),
  };
}

function block(payload: Uint8Array): Uint8Array {
  const out = Buffer.alloc(8 + payload.length);
  out.writeUInt32LE(payload.length, 0);
  out.writeUInt32LE(crc32(payload), 4);
  out.set(payload, 8);
  return out;
}

function bytes(cells: Float64Array): Uint8Array {
  return new Uint8Array(cells.buffer, cells.byteOffset, cells.byteLength);
}

const TRUTH_HEAD = 4;
const VOICE_CELLS = 6;

export async function loadProfiles(
  store: ProfileStore,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  let profiles = 0;
  let blocks = 0;
  let ended = false;
  for await (const payload of readBlocks(chunks)) {
    if (ended) throw new SnapshotError('The snapshot goes on after its end.');
    if (blocks++ === 0) {
      checkHeader(store, payload);
      continue;
    }
    if (payload.length % 8 !== 0 || payload.length < 16) throw new SnapshotError(`Block ${blocks} is of odd length.`);
    const cells = new Float64Array(payload.buffer, payload.byteOffset, payload.length / 8);
    if (cells[0] === TRUTHS) readTruths(store, cells);
    else if (cells[0] === PROFILES) profiles += readProfiles(store, cells);
    else if (cells[0] === END && cells[1] === profiles) ended = true;
    else throw new SnapshotError(`Block ${blocks} is of an unknown kind, or the number of profiles is wrong.`);
  }
  if (!ended) throw new SnapshotError('The snapshot ends early.');
}

/** Each payload in a buffer of its own (so that it is aligned), its checksum verified. */
async function* readBlocks(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let have = 0;
  let need = 8;
  let head: Buffer | undefined;
  for await (const chunk of chunks) {
    pending.push(chunk);
    have += chunk.length;
    while (have >= need) {
      const all = Buffer.concat(pending);
      const part = all.subarray(0, need);
      pending = [all.subarray(need)];
      have -= need;
      if (head === undefined) {
        head = part;
        need = head.readUInt32LE(0);
        if (need > MAX_BLOCK_BYTES) throw new SnapshotError('A block of the snapshot is too long: it is damaged.');
      } else {
        if (crc32(part) !== head.readUInt32LE(4))
          throw new SnapshotError('A block of the snapshot fails its checksum.');
        head = undefined;
        need = 8;
        yield new Uint8Array(part);
      }
    }
  }
  if (have > 0 || head !== undefined) throw new SnapshotError('The snapshot is cut off within a block.');
}

function checkHeader(store: ProfileStore, payload: Uint8Array): void {
  const text = Buffer.from(payload).toString('utf8');
  if (text !== JSON.stringify(header(store))) {
    throw new SnapshotError(`The snapshot holds other profiles than these: ${text.slice(0, 200)}`);
  }
}

function readTruths(store: ProfileStore, cells: Float64Array): void {
  let at = 2;
  for (let i = 0; i < cells[1]; i++) {
    const [id, learnt, outcomes, count] = cells.subarray(at, at + TRUTH_HEAD);
    at += TRUTH_HEAD;
    let voices: Voice | undefined;
    // From the last on, so that they hang on each other as they did.
    for (let v = count - 1; v >= 0; v--) {
      const from = at + VOICE_CELLS * v;
      const [voice, source, rank, time, code, sequence] = cells.subarray(from, from + VOICE_CELLS);
      voices = { voice, source, rank, time, code: code as LabelCode, sequence, next: voices };
    }
    at += VOICE_CELLS * count;
    store.truths.restore({ id, learnt: learnt === 1, outcomes, voices });
  }
  if (at !== cells.length) throw new SnapshotError('A block of labels has the wrong length.');
}

function readProfiles(store: ProfileStore, cells: Float64Array): number {
  let at = 2;
  for (let i = 0; i < cells[1]; i++) {
    const { type, key, profile, end } = readRecord(store, cells, at);
    store.keep(type, key, profile);
    at = end;
  }
  if (at !== cells.length) throw new SnapshotError('A block of profiles has the wrong length.');
  return cells[1];
}
