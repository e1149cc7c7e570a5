import { basename, join } from 'node:path';
import { chainOf, readHeads, segmentFirsts } from './chain.ts';
import { type Files, nodeFiles, readWhole, replaceFile } from './files.ts';
import { type Frame, frameAt, hasMagic } from './frame.ts';
import { readIndex } from './index-file.ts';
import { holds, mendFrame } from './mend.ts';
import {
  DATA_START,
  FOOTER_BYTES,
  footerOf,
  indexPath,
  newSegment,
  readFooter,
  readHeader,
  readMark,
  segmentPath,
} from './segment.ts';

/** Records of a segment that cannot be read, between two that can. */
export interface Gap {
  /** First and last sequence. */
  from: number;
  to: number;
  /** Where the first begins, and where the next whole record or the end does. */
  start: number;
  end: number;
}

export interface Repair {
  segments: number;
  records: number;
  /** Each damage that was found: where, and what became of it. */
  found: {
    segment: string;
    offset: number;
    records: number;
    mended: 'by its checksum' | 'from the copy' | 'rebuilt' | null;
    what: string;
  }[];
}

/**
 * Finds what is damaged in the sealed segments of a journal that nobody has open, and gives back what it can: a frame with one wrong
 * byte by its checksum, any frame from a copy of the same journal (`copy`: its directory), a footer or an index from its segment.
 * A segment that was changed is written anew beside the damaged one, which stays as `….damaged`. What cannot be given back is left
 * as it is and told. `dry`: tells only.
 */
export async function repairJournal(
  directory: string,
  options: { copy?: string | undefined; dry?: boolean; files?: Files } = {},
): Promise<Repair> {
  const { copy, dry = false, files = nodeFiles } = options;
  const result: Repair = { segments: 0, records: 0, found: [] };
  const firsts = await chained(files, directory);
  const copied = copy === undefined ? [] : await chained(files, copy);
  for (const [i, first] of firsts.entries()) {
    const path = segmentPath(directory, first);
    const source = await readWhole(files, path);
    if (source === undefined) continue;
    const last = firsts[i + 1] === undefined ? undefined : firsts[i + 1] - 1;
    const whole = Buffer.from(source);
    const report = (offset: number, records: number, what: string, mended: Repair['found'][number]['mended']) =>
      result.found.push({ segment: basename(path), offset, records, mended, what });
    const walk = walkSegment(source, first, last);
    for (const gap of walk.gaps) {
      const by = mendGap(whole, gap)
        ? 'by its checksum'
        : (await fromCopy(files, copy, copied, whole, gap))
          ? 'from the copy'
          : null;
      const what = gap.from === gap.to ? `record ${gap.from}` : `records ${gap.from} to ${gap.to}`;
      report(gap.start, gap.to - gap.from + 1, what, by);
    }
    if (readHeader(source) !== first) report(0, 0, 'the header', null);
    const sealed = mendFooter(whole, first, last, walk);
    if (sealed) report(walk.end, 0, 'the footer', 'rebuilt');
    result.segments++;
    result.records += walk.records;
    if (!dry && !whole.equals(source)) {
      await replaceFile(files, directory, `${path}.damaged`, source);
      await replaceFile(files, directory, path, whole);
      await files.remove(indexPath(path));
    } else if (last !== undefined) await mendIndex(files, directory, first, last, dry, report);
  }
  return result;
}

async function chained(files: Files, directory: string): Promise<number[]> {
  return chainOf(await segmentFirsts(files, directory), await readHeads(files, directory)).firsts;
}

export interface Walk {
  records: number;
  gaps: Gap[];
  /** Behind the last record. */
  end: number;
}

/** Every whole record of a segment, and what lies between them that is none. `last` is its last sequence where one follows it. */
export function walkSegment(source: Buffer, first: number, last: number | undefined): Walk {
  const walk: Walk = { records: 0, gaps: [], end: DATA_START };
  let next = first;
  while (last === undefined || next <= last) {
    const frame = frameAt(source, walk.end, source.length);
    if (frame?.sequence === next) {
      walk.records++;
      walk.end += frame.length;
      next++;
      continue;
    }
    const footer = readFooter(source, walk.end);
    if (footer && footer.last < next) break;
    const after = nextWhole(source, walk.end, next, last);
    if (after === undefined) break;
    walk.gaps.push({ from: next, to: after.sequence - 1, start: walk.end, end: after.at });
    walk.end = after.at;
    next = after.sequence;
  }
  return walk;
}

/** Where something whole lies again behind damage. Undefined where nothing does: a torn tail, of which nothing was acknowledged. */
function nextWhole(source: Buffer, from: number, next: number, last: number | undefined) {
  for (let at = from + 8; at + 8 <= source.length; at += 8) {
    if (hasMagic(source, at)) {
      const frame: Frame | undefined = frameAt(source, at, source.length);
      if (frame && frame.sequence > next && frame.batchFirst > next) return { sequence: frame.sequence, at };
      if (frame && frame.sequence > next && last !== undefined) return { sequence: frame.sequence, at };
    }
    const footer = readFooter(source, at);
    if (footer && footer.last >= next) return { sequence: footer.last + 1, at };
  }
  if (last !== undefined) return { sequence: last + 1, at: source.length };
  const mark = readMark(source);
  return mark >= next ? { sequence: mark + 1, at: dataEnd(source) } : undefined;
}

/** A frame ends at a multiple of 8 and has less than that of zeroes at its end. */
function dataEnd(source: Buffer): number {
  let end = source.length;
  while (end > DATA_START && source[end - 1] === 0) end--;
  return (end + 7) & ~7;
}

function mendGap(whole: Buffer, { from, to, start, end }: Gap): boolean {
  const mended = from === to ? mendFrame(whole.subarray(start, end), from) : undefined;
  mended?.copy(whole, start);
  return mended !== undefined;
}

/** The same records of a copy, if they fill the gap exactly and join what stands around it. */
async function fromCopy(
  files: Files,
  copy: string | undefined,
  firsts: number[],
  whole: Buffer,
  gap: Gap,
): Promise<boolean> {
  if (copy === undefined) return false;
  const first = firsts.findLast((one) => one <= gap.from);
  const source = first === undefined ? undefined : await readWhole(files, segmentPath(copy, first));
  if (source === undefined) return false;
  let at = DATA_START;
  let before: Buffer | undefined;
  const bytes: Buffer[] = [];
  for (let next = first as number; next <= gap.to; next++) {
    const frame = frameAt(source, at, source.length);
    if (frame?.sequence !== next) return false;
    const frameBytes = source.subarray(at, at + frame.length);
    if (next === gap.from - 1) before = frameBytes;
    if (next >= gap.from) bytes.push(frameBytes);
    at += frame.length;
  }
  const found = Buffer.concat(bytes);
  if (found.length !== gap.end - gap.start) return false;
  // A journal of another installation has the same sequences: the neighbour tells.
  if (before && !whole.subarray(gap.start - before.length, gap.start).equals(before)) return false;
  if (!before && !whole.subarray(0, DATA_START).subarray(16, 24).equals(source.subarray(16, 24))) return false;
  found.copy(whole, gap.start);
  return holdsAll(whole.subarray(gap.start, gap.end), gap.from);
}

function holdsAll(bytes: Buffer, from: number): boolean {
  for (let at = 0, next = from; at < bytes.length; next++) {
    const frame = frameAt(bytes, at, bytes.length);
    if (!frame || !holds(bytes.subarray(at, at + frame.length), next)) return false;
    at += frame.length;
  }
  return true;
}

/** Writes the footer anew where the records before it say what it was. */
function mendFooter(whole: Buffer, first: number, last: number | undefined, { end, gaps }: Walk): boolean {
  if (last === undefined || gaps.at(-1)?.to === last || whole.length !== end + FOOTER_BYTES) return false;
  if (readFooter(whole, end)) return false;
  footerOf({ first, count: last - first + 1, tail: end }).copy(whole, end);
  return true;
}

async function mendIndex(
  files: Files,
  directory: string,
  first: number,
  last: number,
  dry: boolean,
  report: (offset: number, records: number, what: string, mended: 'rebuilt' | null) => void,
): Promise<void> {
  const segment = newSegment(directory, first);
  segment.count = last - first + 1;
  const path = indexPath(segment.path);
  const names = await files.list(join(path, '..'));
  if (!names.includes(basename(path)) || (await readIndex(files, segment))) return;
  // The next start writes it anew from the segment.
  if (!dry) await files.remove(path);
  report(0, 0, 'the index', 'rebuilt');
}
