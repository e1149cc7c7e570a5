import { DamagedRecord } from '../damage.ts';
import type { JournalRecord } from '../journal.ts';
import { segmentFirsts } from './chain.ts';
import type { Files, OpenFile } from './files.ts';
import { claimedLength, decodeFrame, frameAt, HEADER_BYTES } from './frame.ts';
import { DATA_START, segmentPath } from './segment.ts';

/** Reads the files of a journal that another thread of this process has open and appends to. */
export interface FollowedJournal {
  /** The records of these sequences, both included. The caller knows that they are durable. */
  read(from: number, through: number): Promise<JournalRecord[]>;
  close(): Promise<void>;
}

const CHUNK_BYTES = 256 * 1024;

interface Place {
  path: string;
  file: OpenFile;
  /** Where the frame of the next sequence begins. */
  position: number;
  next: number;
}

/** It remembers where it ended, for what is asked next most often follows; anything else is looked up from its segment's start on. */
export function followJournal(files: Files, directory: string): FollowedJournal {
  let place: Place | undefined;

  async function openAt(first: number): Promise<Place> {
    await place?.file.close();
    place = undefined;
    const path = segmentPath(directory, first);
    return (place = { path, file: await files.open(path, 'read'), position: DATA_START, next: first });
  }

  async function seek(sequence: number): Promise<Place> {
    if (place !== undefined && place.next === sequence) return place;
    const first = (await segmentFirsts(files, directory)).findLast((each) => each <= sequence);
    if (first === undefined) throw new Error(`no segment of ${directory} holds record ${sequence}`);
    let at = await openAt(first);
    while (at.next < sequence) at = await pass(at, sequence - 1);
    return at;
  }

  /** Goes through the frames of a chunk up to a sequence; at the end of a segment, to the next one. */
  async function pass(at: Place, through: number, visit?: (record: JournalRecord) => void): Promise<Place> {
    const before = at.next;
    let source = await chunk(at, CHUNK_BYTES);
    const claimed = source.length < HEADER_BYTES ? 0 : claimedLength(source, 0);
    // A segment ends in a footer, or in the zeroes that wait for more.
    if (claimed === 0 && at.position > DATA_START) return openAt(before);
    if (claimed === 0) throw new DamagedRecord(at.path, at.position, before);
    if (claimed > source.length) source = await chunk(at, claimed);
    let offset = 0;
    while (at.next <= through && offset + HEADER_BYTES <= source.length) {
      const length = claimedLength(source, offset);
      if (length === 0 || offset + length > source.length) break;
      // An erase may have run while this was read; a second look tells it from damage.
      const frame = frameAt(source, offset, source.length) ?? (await again(at, source, offset));
      if (frame?.sequence !== at.next) throw new DamagedRecord(at.path, at.position, at.next);
      visit?.(decodeFrame(source, frame));
      offset += length;
      at.position += length;
      at.next++;
    }
    if (at.next === before) throw new DamagedRecord(at.path, at.position, before);
    return at;
  }

  async function chunk(at: Place, bytes: number): Promise<Buffer> {
    const source = Buffer.allocUnsafe(bytes);
    return source.subarray(0, await at.file.read(source, at.position));
  }

  async function again(at: Place, source: Buffer, offset: number) {
    await at.file.read(source.subarray(offset), at.position);
    return frameAt(source, offset, source.length);
  }

  return {
    async read(from, through) {
      const records: JournalRecord[] = [];
      try {
        let at = await seek(from);
        while (at.next <= through) at = await pass(at, through, (record) => records.push(record));
      } catch (error) {
        await this.close();
        throw error;
      }
      return records;
    },
    async close() {
      const { file } = place ?? {};
      place = undefined;
      await file?.close();
    },
  };
}
