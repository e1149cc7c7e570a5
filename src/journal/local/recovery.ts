import { AssayError } from '../../domain/errors.ts';
import { type Files, readWhole } from './files.ts';
import { readBloom, writeIndex } from './index-file.ts';
import { keptPath, openKept } from './kept-file.ts';
import { type Scan, scanSegment } from './scan.ts';
import { FOOTER_BYTES, newSegment, readFooter, type Segment, sealSegment } from './segment.ts';

/** Segments whose names are held in memory: the active one and the one before. */
export const RECENT_SEGMENTS = 2;

/**
 * Opens these segments of a directory, oldest first. The newest are read through; a torn tail of the last is zeroed. Older
 * ones are trusted by their footer. Throws, naming segment and offset, where a record that was acknowledged is damaged.
 */
export async function recoverSegments(
  files: Files,
  directory: string,
  { kept, firsts }: { kept: number[]; firsts: number[] },
): Promise<Segment[]> {
  const segments = await openAllKept(files, directory, kept);
  try {
    for (const [i, first] of firsts.entries()) {
      const before = segments.at(-1);
      const expected = before === undefined ? 1 : before.first + before.count;
      const segment = newSegment(directory, first);
      segments.push(segment);
      if (first !== expected) throw damaged(segment.path, 0, `record ${expected} should be its first`);
      if (i >= firsts.length - RECENT_SEGMENTS) await loadSegment(files, segment, firsts[i + 1]);
      else await trustSegment(files, segment, firsts[i + 1]);
    }
    return segments;
  } catch (error) {
    for (const segment of segments) await segment.file?.close();
    throw error;
  }
}

/** What is left of segments that were cut out. Without one of them it would not be known which ids are taken. */
async function openAllKept(files: Files, directory: string, firsts: number[]): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const first of firsts) {
    const before = segments.at(-1);
    const expected = before === undefined ? 1 : before.first + before.count;
    const path = keptPath(directory, first);
    if (first !== expected) throw damaged(path, 0, `record ${expected} should be the first that it stands for`);
    const segment = await openKept(files, directory, first);
    if (segment === undefined) throw damaged(path, 0, 'it says which ids were taken, and fails its checksum');
    segments.push(segment);
  }
  return segments;
}

/**
 * Closes the tail to an owner that may still be about: what it writes from now on lies behind a seal, or in a file that has no name
 * any more, and is no record.
 */
export async function sealTail(files: Files, segments: Segment[]): Promise<void> {
  const tail = segments.at(-1);
  if (tail === undefined || tail.sealed) return;
  if (tail.count > 0) return sealSegment(tail);
  segments.pop();
  await tail.file?.close();
  await files.remove(tail.path);
}

export function damaged(path: string, offset: number, why: string): AssayError {
  return new AssayError('internal', `journal segment ${path} is damaged at offset ${offset}: ${why}`);
}

/** Reads a segment through and holds its names. `nextFirst` is where the next segment begins, if there is one. */
export async function loadSegment(files: Files, segment: Segment, nextFirst: number | undefined): Promise<void> {
  const source = await readWhole(files, segment.path);
  if (source === undefined) throw damaged(segment.path, 0, 'it is gone');
  const scan = scanSegment(source, segment.first, undefined, nextFirst);
  if (scan.damage !== undefined) throw damaged(segment.path, scan.end, scan.damage);
  if (nextFirst !== undefined && scan.next !== nextFirst) {
    throw damaged(
      segment.path,
      scan.end,
      `record ${scan.next} is missing or damaged, and a segment from ${nextFirst} on follows`,
    );
  }
  takeScan(segment, scan);
  segment.file = await files.open(segment.path, 'update');
  segment.allocated = source.length;
  if (nextFirst === undefined && scan.footer === undefined) {
    if (scan.dirtyEnd > scan.end) await segment.file.write(Buffer.alloc(scan.dirtyEnd - scan.end), scan.end);
    // Even with nothing torn: what a killed process wrote and never synced is about to be called durable.
    await segment.file.sync();
  } else {
    await sealSegment(segment);
    segment.bloom = await readBloom(files, segment);
  }
}

function takeScan(segment: Segment, scan: Scan): void {
  segment.names = scan.names;
  segment.offsets = scan.offsets;
  segment.count = scan.offsets.length;
  segment.tail = scan.end;
  segment.durableEnd = scan.end;
}

/** Takes a sealed segment by its footer and its index; reads it through only where one of them is missing. */
async function trustSegment(files: Files, segment: Segment, nextFirst: number): Promise<void> {
  const file = await files.open(segment.path, 'read');
  try {
    const size = await file.size();
    const end = Buffer.alloc(FOOTER_BYTES);
    await file.read(end, Math.max(0, size - FOOTER_BYTES));
    const footer = readFooter(end, 0);
    if (footer?.first === segment.first && footer.last === nextFirst - 1 && footer.tail === size - FOOTER_BYTES) {
      segment.count = footer.last - footer.first + 1;
      segment.tail = footer.tail;
      segment.durableEnd = footer.tail;
      segment.allocated = size;
      segment.sealed = true;
      segment.bloom = await readBloom(files, segment);
    }
  } finally {
    await file.close();
  }
  if (segment.bloom !== undefined) {
    segment.names = undefined;
    segment.offsets = undefined;
    return;
  }
  await loadSegment(files, segment, nextFirst);
  await indexSegment(files, segment);
  await forgetNames(segment);
}

/** Writes the index of a sealed segment, so that its names need not be held. */
export async function indexSegment(files: Files, segment: Segment): Promise<void> {
  segment.bloom ??= (await writeIndex(files, segment)).bloom;
}

/** Drops what is held of a segment whose index is written. */
export async function forgetNames(segment: Segment): Promise<void> {
  const { file } = segment;
  segment.names = undefined;
  segment.offsets = undefined;
  segment.file = undefined;
  await file?.close();
}
