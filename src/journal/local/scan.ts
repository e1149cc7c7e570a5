import { type Frame, frameAt, frameNames, hasMagic } from './frame.ts';
import { DATA_START, FOOTER_BYTES, type Footer, Offsets, readFooter, readHeader, readMark } from './segment.ts';

/** What lies in a segment file: valid records from the first on, and what comes after them. */
export interface Scan {
  offsets: Offsets;
  /** Key or alias → sequence of its first record. */
  names: Map<string, number>;
  /** The sequence after the last valid record, and where it would lie. */
  next: number;
  end: number;
  /** The footer, where one follows the last record. */
  footer: Footer | undefined;
  /** End of what is not zero behind `end`; `end` itself where all is zero. */
  dirtyEnd: number;
  /** Why what follows `end` is damage and no torn tail; undefined where all is well. */
  damage: string | undefined;
}

/**
 * Walks a whole segment file. `onFrame` sees each valid record. `until` is where the next segment begins: what a replaced owner
 * wrote behind it is no record.
 */
export function scanSegment(
  source: Buffer,
  first: number,
  onFrame?: (frame: Frame) => void,
  until = Number.POSITIVE_INFINITY,
): Scan {
  const scan: Scan = {
    offsets: new Offsets(),
    names: new Map(),
    next: first,
    end: DATA_START,
    footer: undefined,
    dirtyEnd: DATA_START,
    damage: undefined,
  };
  if (readHeader(source) !== first) {
    return { ...scan, end: 0, damage: 'its header is damaged or of another segment' };
  }
  while (scan.next < until) {
    const frame = frameAt(source, scan.end, source.length);
    if (frame?.sequence !== scan.next) break;
    for (const name of frameNames(source, frame)) if (!scan.names.has(name)) scan.names.set(name, frame.sequence);
    scan.offsets.push(scan.end);
    onFrame?.(frame);
    scan.end += frame.length;
    scan.next++;
  }
  const footer = readFooter(source, scan.end);
  if (footer?.last === scan.next - 1 && footer.tail === scan.end) scan.footer = footer;
  scan.dirtyEnd = lastNonZero(source, scan.footer ? scan.end + FOOTER_BYTES : scan.end);
  scan.damage = scan.next === until ? undefined : damageAfter(source, scan);
  return scan;
}

/**
 * A batch is written only once all before it is durable. So a bad record was acknowledged, and its loss is damage, if a
 * later batch, a footer or the mark names it as durable. Otherwise it belongs to the last batch, which a crash may leave
 * in any pieces: a torn tail, even where some of its later records are whole.
 */
function damageAfter(source: Buffer, { next, end, footer }: Scan): string | undefined {
  if (footer !== undefined) return undefined;
  const mark = readMark(source);
  if (mark >= next) return `record ${next} is damaged, and all up to ${mark} was acknowledged`;
  if (frameAt(source, end, source.length) !== undefined) return `a record other than ${next} is there`;
  for (let at = end + 8; at + 8 <= source.length; at += 8) {
    if (source[at] === 0xff && hasMagic(source, at)) {
      const later = frameAt(source, at, source.length);
      if (later !== undefined && later.batchFirst > next) {
        return `record ${next} is damaged, and record ${later.sequence}, written after it was acknowledged, follows at ${at}`;
      }
    }
    const seal = source[at] === 0x41 ? readFooter(source, at) : undefined;
    if (seal !== undefined && seal.last >= next) {
      return `record ${next} is damaged, and the segment was sealed with records up to ${seal.last}`;
    }
  }
  return undefined;
}

function lastNonZero(source: Buffer, from: number): number {
  let end = source.length;
  while (end > from && source[end - 1] === 0) end--;
  return end;
}
