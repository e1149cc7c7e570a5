import type { JournalRecord } from '../journal.ts';
import { chainOf, readHeads, segmentFirsts } from './chain.ts';
import { nodeFiles, readWhole } from './files.ts';
import { decodeFrame, type Frame } from './frame.ts';
import { scanSegment } from './scan.ts';
import { segmentPath } from './segment.ts';

/**
 * Shows every record of a journal that can be read, in order, and changes nothing: no lock is taken, nothing is recovered. What is
 * damaged ends its segment; `repairJournal` with `dry` tells of it. A server that writes at the same time is seen as far as it got.
 */
export async function surveyJournal(directory: string, onRecord: (record: JournalRecord) => void): Promise<void> {
  const { firsts } = chainOf(await segmentFirsts(nodeFiles, directory), await readHeads(nodeFiles, directory));
  for (const [i, first] of firsts.entries()) {
    const source = await readWhole(nodeFiles, segmentPath(directory, first));
    if (source === undefined) continue;
    const show = (frame: Frame) => onRecord(decodeFrame(source, frame));
    scanSegment(source, first, show, firsts[i + 1]);
  }
}
