import { join } from 'node:path';
import { DamagedRecord } from '../damage.ts';
import type { Files } from '../local/files.ts';
import { claimedLength, frameAt, HEADER_BYTES } from '../local/frame.ts';
import { DATA_START, MARK_AT } from '../local/segment.ts';

const CHUNK_BYTES = 1024 * 1024;
const MARK_BYTES = 12;

/** Where whole records of a segment end, and which the last one is. */
export interface Reached {
  end: number;
  sequence: number;
  /** When it was accepted, milliseconds; undefined where there was none behind where it was looked from. */
  at: number | undefined;
}

/**
 * Bytes of a file of the data directory. The mark of a segment is left blank: it is a hint that may be newer than the records that
 * were copied with it, and would then call them lost. Throws where the file is shorter.
 */
export async function readRange(
  files: Files,
  dataDir: string,
  path: string,
  from: number,
  to: number,
): Promise<Buffer> {
  const file = await files.open(join(dataDir, path), 'read');
  try {
    const bytes = Buffer.allocUnsafe(to - from);
    const length = await file.read(bytes, from);
    if (length < bytes.length) throw new Error(`${path} ends at ${from + length}, before ${to}`);
    if (path.endsWith('.journal')) bytes.fill(0, Math.max(0, MARK_AT - from), Math.max(0, MARK_AT + MARK_BYTES - from));
    return bytes;
  } finally {
    await file.close();
  }
}

export async function sizeOf(files: Files, dataDir: string, path: string): Promise<number> {
  const file = await files.open(join(dataDir, path), 'read');
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}

/**
 * Goes through the records of a segment from an offset on, each against its checksums, as far as `through`. Throws `DamagedRecord`
 * where one of them does not hold: what is damaged here must not take the place of what is whole there.
 */
export async function reach(
  files: Files,
  path: string,
  { from, sequence, through }: { from: number; sequence: number; through: number },
): Promise<Reached> {
  const file = await files.open(path, 'read');
  const reached: Reached = { end: Math.max(from, DATA_START), sequence, at: undefined };
  try {
    for (let wanted = CHUNK_BYTES; reached.sequence < through; ) {
      const buffer = Buffer.allocUnsafe(wanted);
      const source = buffer.subarray(0, await file.read(buffer, reached.end));
      let at = 0;
      while (reached.sequence < through && at + HEADER_BYTES <= source.length) {
        const length = claimedLength(source, at);
        if (at + length > source.length && length > 0) break;
        // An erasure may have run while this was read; a second look tells it from damage.
        let frame = frameAt(source, at, source.length);
        if (!frame) {
          await file.read(source.subarray(at), reached.end + at);
          frame = frameAt(source, at, source.length);
        }
        if (frame?.sequence !== reached.sequence + 1)
          throw new DamagedRecord(path, reached.end + at, reached.sequence + 1);
        reached.sequence = frame.sequence;
        reached.at = source.readDoubleLE(at + 32);
        at += frame.length;
      }
      reached.end += at;
      if (at > 0) wanted = CHUNK_BYTES;
      else {
        const length = source.length < HEADER_BYTES ? 0 : claimedLength(source, 0);
        if (length <= wanted) throw new DamagedRecord(path, reached.end, reached.sequence + 1);
        wanted = length;
      }
    }
    return reached;
  } finally {
    await file.close();
  }
}
