import { basename } from 'node:path';
import { standingOf } from './chain.ts';
import { type Files, nodeFiles, readWhole, replaceFile } from './files.ts';
import { frameAt } from './frame.ts';
import { keptPath, readKept } from './kept-file.ts';
import { holds, mendFrame } from './mend.ts';
import { DATA_START, FOOTER_BYTES, footerOf, indexPath, segmentPath } from './segment.ts';
import { type Fault, type Gap, type Walked, walkJournal } from './walk.ts';

type Mended = 'by its checksum' | 'from the copy' | 'rebuilt' | null;

export interface Repair {
  segments: number;
  records: number;
  /** Each damage that was found: where, and what became of it. */
  found: { segment: string; offset: number; records: number; mended: Mended; what: string }[];
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
  const copied = copy === undefined ? [] : (await standingOf(files, copy)).firsts;
  for await (const walked of walkJournal(files, directory)) {
    const { path, source } = walked;
    const whole = Buffer.from(source);
    for (const fault of walked.faults) {
      const mended = await mend(fault, walked, whole);
      const { offset, records, what } = fault;
      result.found.push({ segment: basename(fault.path), offset, records, mended, what });
    }
    result.segments++;
    result.records += walked.records;
    if (dry || whole.equals(source)) continue;
    await replaceFile(files, directory, `${path}.damaged`, source);
    await replaceFile(files, directory, path, whole);
    await files.remove(indexPath(path));
  }
  return result;

  async function mend(fault: Fault, walked: Walked, whole: Buffer): Promise<Mended> {
    switch (fault.kind) {
      case 'gap':
        if (mendGap(whole, fault.gap!)) return 'by its checksum';
        return (await fromCopy(files, copy, copied, whole, fault.gap!)) ? 'from the copy' : null;
      case 'footer':
        return mendFooter(whole, walked) ? 'rebuilt' : null;
      case 'index':
        // The next start writes it anew from the segment.
        if (!dry) await files.remove(fault.path);
        return 'rebuilt';
      case 'kept':
        return (await keptFromCopy(files, directory, copy, walked.first, dry)) ? 'from the copy' : null;
      default:
        return null;
    }
  }
}

/** The whole file of a copy, where what still holds of the damaged one is the same. */
async function keptFromCopy(
  files: Files,
  directory: string,
  copy: string | undefined,
  first: number,
  dry: boolean,
): Promise<boolean> {
  const own = await readWhole(files, keptPath(directory, first));
  const other = copy === undefined ? undefined : await readKept(files, keptPath(copy, first)).catch(() => undefined);
  if (own === undefined || other === undefined || own.length !== other.source.length) return false;
  const { source, offsets, sequences, tail } = other;
  if (!sequences.every((sequence, i) => frameAt(source, offsets[i], tail)?.sequence === sequence)) return false;
  // A journal of another installation has the same sequences: one part that is equal tells.
  const same = (from: number, to: number) => to > from && own.subarray(from, to).equals(source.subarray(from, to));
  if (!same(tail, source.length) && !same(DATA_START, tail)) return false;
  if (!dry) await replaceFile(files, directory, keptPath(directory, first), source);
  return true;
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
function mendFooter(whole: Buffer, { first, last, end, records }: Walked): boolean {
  const count = last === undefined ? records : last - first + 1;
  if (whole.length !== end + FOOTER_BYTES) return false;
  footerOf({ first, count, tail: end }).copy(whole, end);
  return true;
}
