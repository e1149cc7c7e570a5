import { join } from 'node:path';
import { chainOf, readHeads, segmentFirsts } from './chain.ts';
import { type Files, nodeFiles, readWhole } from './files.ts';
import { ERASED } from './frame.ts';
import { readIndex } from './index-file.ts';
import { type Scan, scanSegment } from './scan.ts';
import { indexPath, newSegment, type Segment, segmentPath } from './segment.ts';

export interface Verification {
  segments: number;
  records: number;
  /** Bytes of records. */
  bytes: number;
  /** Bytes of a torn tail: what a crash left of records that were never acknowledged. The next start clears them. */
  tornBytes: number;
  /** Empty where all is well. */
  problems: { path: string; offset: number; why: string }[];
}

/**
 * Reads every byte of the journal in a directory and changes nothing. Checks all checksums, that sequences have no gap,
 * the footers, the indexes, and that what was erased is gone. The journal should be closed, or at rest.
 */
export async function verifyJournal(directory: string, files: Files = nodeFiles): Promise<Verification> {
  const result: Verification = { segments: 0, records: 0, bytes: 0, tornBytes: 0, problems: [] };
  const heads = await readHeads(files, directory);
  const { firsts } = chainOf(await segmentFirsts(files, directory), heads);
  const ownerOf = (first: number | undefined) => heads.find((head) => head?.first === first)?.owner ?? 0;
  let expected = 1;
  for (const [i, first] of firsts.entries()) {
    const path = segmentPath(directory, first);
    const report = (offset: number, why: string) => result.problems.push({ path, offset, why });
    if (first !== expected) report(0, `record ${expected} should be its first`);
    const source = await readWhole(files, path);
    if (source === undefined) {
      report(0, 'it is gone');
      continue;
    }
    const scan = scanSegment(
      source,
      first,
      (frame) => {
        const erased = frame.personalBytes > 0 && source[frame.personalAt] === ERASED;
        const left = source.subarray(frame.personalAt + 1, frame.start + frame.length);
        if (erased && left.some((byte) => byte !== 0)) report(frame.start, `record ${frame.sequence} is half erased`);
      },
      firsts[i + 1],
    );
    const replaced = ownerOf(firsts[i + 1]) > ownerOf(first);
    checkEnd(scan, i === firsts.length - 1 || replaced, result, report);
    if (scan.footer !== undefined) await checkIndex(files, newSegment(directory, first), scan, result);
    result.segments++;
    result.records += scan.offsets.length;
    result.bytes += scan.end;
    expected = scan.next;
  }
  return result;
}

/** A segment may lack its footer where it is the last, or where a replaced owner wrote over it. */
function checkEnd(scan: Scan, mayBeOpen: boolean, result: Verification, report: (offset: number, why: string) => void) {
  if (scan.damage !== undefined) report(scan.end, scan.damage);
  else if (scan.footer === undefined && !mayBeOpen) report(scan.end, 'it has no footer, and a later segment follows');
  else if (scan.footer === undefined) result.tornBytes += scan.dirtyEnd - scan.end;
}

/** A missing index is no problem: it is written when it is needed. */
async function checkIndex(files: Files, segment: Segment, scan: Scan, result: Verification): Promise<void> {
  segment.count = scan.offsets.length;
  const path = indexPath(segment.path);
  const names = await files.list(join(path, '..'));
  if (!names.some((name) => path.endsWith(name))) return;
  const index = await readIndex(files, segment);
  const report = (why: string) => result.problems.push({ path, offset: 0, why });
  if (index === undefined) report('the index is damaged');
  else if (index.hashes.length !== scan.names.size) report('the index has other names than its segment');
  else if (index.offsets.some((offset, i) => offset !== scan.offsets.values[i])) report('the index has wrong offsets');
}
