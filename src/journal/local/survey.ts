import type { JournalRecord } from '../journal.ts';
import { standingOf } from './chain.ts';
import { nodeFiles, readWhole } from './files.ts';
import { decodeFrame, type Frame, frameAt } from './frame.ts';
import { keptPath, readKept } from './kept-file.ts';
import { scanSegment } from './scan.ts';
import { segmentPath } from './segment.ts';

/**
 * Shows every record of a journal that can be read, in order, what is left of those that were cut out first, and changes nothing: no lock is taken, nothing is recovered. What is
 * damaged ends its segment; `repairJournal` with `dry` tells of it. A server that writes at the same time is seen as far as it got.
 */
export async function surveyJournal(directory: string, onRecord: (record: JournalRecord) => void): Promise<void> {
  const { firsts, kept } = await standingOf(nodeFiles, directory);
  for (const first of kept) {
    const table = await readKept(nodeFiles, keptPath(directory, first));
    for (const offset of table?.offsets ?? []) {
      const frame = frameAt(table!.source, offset, table!.tail);
      if (frame) onRecord(decodeFrame(table!.source, frame));
    }
  }
  for (const [i, first] of firsts.entries()) {
    const source = await readWhole(nodeFiles, segmentPath(directory, first));
    if (source === undefined) continue;
    const show = (frame: Frame) => onRecord(decodeFrame(source, frame));
    scanSegment(source, first, show, firsts[i + 1]);
  }
}
