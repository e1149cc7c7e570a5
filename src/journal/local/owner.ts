import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AssayError } from '../../domain/errors.ts';
import type { Files, OpenFile } from './files.ts';

/**
 * The fence of a journal: the file `owner` holds the number of the process that may acknowledge. Each that opens the journal takes
 * the next number and makes it durable before it reads the tail; each looks again after every sync and before it acknowledges. So
 * what a replaced owner still writes is acknowledged by nobody, and what it acknowledged was on disk before its successor read.
 *
 *   0  f64 number, u32 drawn at random, so that two who take the same number at once are told apart, u32 crc32 of bytes 0 .. 12
 *  16  the same of the owner that gave the journal back and writes no more: of its own, so that a late note fences nobody off
 */
export interface Owner {
  readonly number: number;
  /** Whether the one before gave the journal back: nobody is left who may write to its tail. */
  readonly handedOver: boolean;
  /** Throws where another took the journal over. A read of 16 bytes from the page cache. */
  check(): void;
  /** Closes the file; `clean` notes that nothing more will be written. */
  release(clean: boolean): Promise<void>;
}

const SLOT_BYTES = 16;
const DRAWN = 0xffff_ffff;

/** `atLeast` is the highest number that a segment names. */
export async function takeOwnership(files: Files, directory: string, atLeast: number): Promise<Owner> {
  const file = await openOrMake(files, join(directory, 'owner'));
  const before = read(file, 0);
  const released = read(file, SLOT_BYTES);
  const own: Slot = { number: Math.max(before?.number ?? 0, atLeast) + 1, drawn: randomInt(DRAWN) };
  await note(file, 0, own);
  await files.syncDirectory(directory);
  return {
    number: own.number,
    handedOver: before === undefined ? atLeast === 0 : same(before, released) && before.number >= atLeast,
    check() {
      const now = read(file, 0);
      if (same(own, now)) return;
      throw new AssayError(
        'unavailable',
        `the journal in ${directory} was taken over by another process, owner ${now?.number}`,
      );
    },
    async release(clean) {
      if (clean) await note(file, SLOT_BYTES, own);
      await file.close();
    },
  };
}

interface Slot {
  number: number;
  drawn: number;
}

const same = (a: Slot, b: Slot | undefined) => a.number === b?.number && a.drawn === b.drawn;

async function openOrMake(files: Files, path: string): Promise<OpenFile> {
  try {
    return await files.open(path, 'update');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return files.open(path, 'create');
  }
}

/** Sixteen bytes within a sector: whole or not at all. */
async function note(file: OpenFile, at: number, { number, drawn }: Slot): Promise<void> {
  const bytes = Buffer.alloc(SLOT_BYTES);
  bytes.writeDoubleLE(number, 0);
  bytes.writeUInt32LE(drawn, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 12)), 12);
  await file.write(bytes, at);
  await file.sync();
}

const scratch = Buffer.alloc(SLOT_BYTES);

function read(file: OpenFile, at: number): Slot | undefined {
  if (file.readSync(scratch, at) < SLOT_BYTES || crc32(scratch.subarray(0, 12)) !== scratch.readUInt32LE(12))
    return undefined;
  return { number: scratch.readDoubleLE(0), drawn: scratch.readUInt32LE(8) };
}
