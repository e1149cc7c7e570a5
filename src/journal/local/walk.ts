import { basename } from 'node:path';
import { standingOf } from './chain.ts';
import { type Files, readWhole } from './files.ts';
import { ERASED, type Frame, frameAt, frameNames, hasMagic } from './frame.ts';
import { readIndex } from './index-file.ts';
import { keptPath, readKept } from './kept-file.ts';
import {
  DATA_START,
  FOOTER_BYTES,
  type Footer,
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

/** What is wrong in a file of a journal, and where. */
export interface Fault {
  kind: 'gap' | 'header' | 'footer' | 'index' | 'missing' | 'erasure' | 'kept';
  path: string;
  offset: number;
  /** Records that it concerns. */
  records: number;
  what: string;
  gap?: Gap;
}

/** A segment, or what is left of one, as it was found. */
export interface Walked {
  path: string;
  first: number;
  /** Its last sequence, where a later segment says so. */
  last: number | undefined;
  source: Buffer;
  records: number;
  /** Behind its last record. */
  end: number;
  /** Bytes of a torn tail: what a crash left of records that were never acknowledged. The next start clears them. */
  tornBytes: number;
  faults: Fault[];
}

/** Reads every byte of the journal in a directory, the oldest first, and changes nothing: the one way in which damage is looked for. */
export async function* walkJournal(files: Files, directory: string): AsyncGenerator<Walked> {
  const { firsts, heads, kept, begins } = await standingOf(files, directory);
  /** Unknown behind a file that does not say where it ends. */
  let expected: number | undefined = 1;
  for (const first of kept) {
    const walked = await walkKept(files, directory, first);
    if (expected !== undefined && first !== expected) walked.faults.unshift(missing(walked.path, expected, first));
    yield walked;
    expected = walked.last === undefined ? undefined : walked.last + 1;
  }
  if (kept.length > 0) expected = begins;
  const ownerOf = (first: number | undefined) => heads.find((head) => head?.first === first)?.owner ?? 0;
  for (const [i, first] of firsts.entries()) {
    const path = segmentPath(directory, first);
    const last = firsts[i + 1] === undefined ? undefined : firsts[i + 1] - 1;
    const source = await readWhole(files, path);
    if (source === undefined) continue;
    const walk = walkSegment(source, first, last);
    const isReplaced = ownerOf(firsts[i + 1]) > ownerOf(first);
    const faults = faultsOf(path, source, { first, last, isReplaced }, walk);
    if (expected !== undefined && first !== expected) faults.unshift(missing(path, expected, first));
    if (walk.footer && walk.gaps.length === 0) faults.push(...(await indexFaults(files, directory, first, walk)));
    const tornBytes = last === undefined && !walk.footer ? Math.max(0, dirtyEnd(source, walk.end) - walk.end) : 0;
    yield { path, first, last, source, records: walk.offsets.length, end: walk.end, tornBytes, faults };
    expected = walk.next;
  }
}

function missing(path: string, expected: number, first: number): Fault {
  const [records, what] = [first - expected, `record ${expected} should be its first`];
  return { kind: 'missing', path, offset: 0, records: Math.max(0, records), what };
}

export interface Walk {
  /** Of each whole record. */
  offsets: number[];
  names: Set<string>;
  gaps: Gap[];
  /** Records whose erasure ended half way. */
  halfErased: Frame[];
  /** Behind the last record, and the sequence after it. */
  end: number;
  next: number;
  footer: Footer | undefined;
}

/** Every whole record of a segment, and what lies between them that is none. `last` is its last sequence where one follows it. */
export function walkSegment(source: Buffer, first: number, last: number | undefined): Walk {
  const walk: Walk = {
    ...{ offsets: [], names: new Set(), gaps: [], halfErased: [], end: DATA_START, next: first, footer: undefined },
  };
  while (last === undefined || walk.next <= last) {
    const frame = frameAt(source, walk.end, source.length);
    if (frame?.sequence === walk.next) {
      walk.offsets.push(walk.end);
      for (const name of frameNames(source, frame)) walk.names.add(name);
      if (isHalfErased(source, frame)) walk.halfErased.push(frame);
      walk.end += frame.length;
      walk.next++;
      continue;
    }
    const footer = readFooter(source, walk.end);
    if (footer && footer.last < walk.next) break;
    const after = nextWhole(source, walk.end, walk.next, last);
    if (after === undefined) break;
    walk.gaps.push({ from: walk.next, to: after.sequence - 1, start: walk.end, end: after.at });
    walk.end = after.at;
    walk.next = after.sequence;
  }
  const footer = readFooter(source, walk.end);
  if (footer?.last === walk.next - 1 && footer.tail === walk.end) walk.footer = footer;
  return walk;
}

function isHalfErased(source: Buffer, { personalBytes, personalAt, start, length }: Frame): boolean {
  if (personalBytes === 0 || source[personalAt] !== ERASED) return false;
  return source.subarray(personalAt + 1, start + length).some((byte) => byte !== 0);
}

/** Where something whole lies again behind damage. Undefined where nothing does: a torn tail, of which nothing was acknowledged. */
function nextWhole(source: Buffer, from: number, next: number, last: number | undefined) {
  for (let at = from; at + 8 <= source.length; at += 8) {
    if (hasMagic(source, at)) {
      const frame: Frame | undefined = frameAt(source, at, source.length);
      if (frame && frame.sequence > next && (frame.batchFirst > next || last !== undefined))
        return { sequence: frame.sequence, at };
    }
    const footer = readFooter(source, at);
    if (footer && footer.last >= next) return { sequence: footer.last + 1, at };
  }
  if (last !== undefined) return { sequence: last + 1, at: source.length };
  const mark = readMark(source);
  return mark >= next ? { sequence: mark + 1, at: (dirtyEnd(source, DATA_START) + 7) & ~7 } : undefined;
}

/** A frame ends at a multiple of 8 and has less than that of zeroes at its end. */
function dirtyEnd(source: Buffer, from: number): number {
  let end = source.length;
  while (end > from && source[end - 1] === 0) end--;
  return end;
}

function faultsOf(
  path: string,
  source: Buffer,
  { first, last, isReplaced }: { first: number; last: number | undefined; isReplaced: boolean },
  { gaps, halfErased, end, footer }: Walk,
): Fault[] {
  const faults: Fault[] = [];
  for (const gap of gaps) {
    const what = gap.from === gap.to ? `record ${gap.from}` : `records ${gap.from} to ${gap.to}`;
    faults.push({ kind: 'gap', path, offset: gap.start, records: gap.to - gap.from + 1, what, gap });
  }
  if (readHeader(source) !== first) faults.push({ kind: 'header', path, offset: 0, records: 0, what: 'the header' });
  for (const { start, sequence } of halfErased)
    faults.push({
      kind: 'erasure',
      path,
      offset: start,
      records: 1,
      what: `record ${sequence}, which is half erased,`,
    });
  // One may lack its footer where it is the last, or where a replaced owner wrote over it.
  const mayBeOpen = last === undefined || isReplaced;
  if (!footer && !mayBeOpen && gaps.at(-1)?.to !== last)
    faults.push({ kind: 'footer', path, offset: end, records: 0, what: 'the footer' });
  // Where the last segment has none, what is left of its zeroes may be as long as a footer.
  const isLikeFooter = source.length === end + FOOTER_BYTES && source.subarray(end).some((byte) => byte !== 0);
  if (!footer && last === undefined && isLikeFooter && gaps.length === 0)
    faults.push({ kind: 'footer', path, offset: end, records: 0, what: 'the footer' });
  return faults;
}

/** A missing index is no fault: it is written when it is needed. */
async function indexFaults(files: Files, directory: string, first: number, walk: Walk): Promise<Fault[]> {
  const segment = newSegment(directory, first);
  segment.count = walk.offsets.length;
  const path = indexPath(segment.path);
  if (!(await files.list(directory)).includes(basename(path))) return [];
  const index = await readIndex(files, segment);
  const isRight =
    index?.hashes.length === walk.names.size && index.offsets.every((offset, i) => offset === walk.offsets[i]);
  return isRight ? [] : [{ kind: 'index', path, offset: 0, records: 0, what: 'the index' }];
}

async function walkKept(files: Files, directory: string, first: number): Promise<Walked> {
  const path = keptPath(directory, first);
  const walked = { path, first, last: undefined, source: Buffer.alloc(0), records: 0, end: 0, tornBytes: 0 };
  const fault = (offset: number, what: string): Fault => ({ kind: 'kept', path, offset, records: 0, what });
  const table = await readKept(files, path);
  if (table === undefined) return { ...walked, faults: [fault(0, 'the table of what was cut out')] };
  const { source, offsets, sequences, tail, last } = table;
  const isRight = (i: number) => frameAt(source, offsets[i], tail)?.sequence === sequences[i];
  const wrong = [...sequences.keys()].filter((i) => !isRight(i));
  return {
    ...{ ...walked, last, source, records: sequences.length - wrong.length, end: tail },
    faults: wrong.map((i) => ({ ...fault(offsets[i], `record ${sequences[i]}`), records: 1 })),
  };
}
