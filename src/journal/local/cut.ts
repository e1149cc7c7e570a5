import { AssayError } from '../../domain/errors.ts';
import { keptOf, segmentFirsts } from './chain.ts';
import type { Files } from './files.ts';
import type { IndexCache } from './index-cache.ts';
import type { SegmentIndex } from './index-file.ts';
import { openKept, writeKept } from './kept-file.ts';
import type { Log } from './log.ts';
import { readRecord } from './reader.ts';
import { indexPath, type Segment, segmentPath } from './segment.ts';

/**
 * Cuts old segments out of the log, the oldest first. What stays of one is durable before it is removed, so that a crash leaves the
 * segment, what is left of it, or both; then the next start ends what was begun. One at a time: the caller sees to it.
 */
export async function cutSegments(
  log: Log,
  indexes: IndexCache,
  { beforeAt, through }: { beforeAt: number; through: number },
): Promise<number> {
  let cut = 0;
  for (const segment of [...log.segments]) {
    if (segment.kept !== undefined) continue;
    const last = segment.first + segment.count - 1;
    // The newest, whose names are held, stay in any case.
    if (!segment.sealed || segment.names !== undefined || last > through) break;
    if ((await readRecord(log, indexes, last)).at >= beforeAt) break;
    const left = await keep(log, segment, await indexes.get(segment));
    // A clock that was set back leaves newer records before older ones.
    if (left.kept!.newestAt >= beforeAt) {
      await log.files.remove(left.path);
      break;
    }
    log.owner.check();
    log.segments[log.segments.indexOf(segment)] = left;
    indexes.forget(segment);
    await removeSegment(log.files, log.directory, segment);
    cut++;
  }
  return cut;
}

async function keep(log: Log, segment: Segment, index: SegmentIndex): Promise<Segment> {
  try {
    return await writeKept(log.files, segment, index, log.owner.number);
  } catch (error) {
    // A successor that began has removed what a replaced owner had not ended.
    log.owner.check();
    throw error;
  }
}

async function removeSegment(files: Files, directory: string, { path }: Pick<Segment, 'path'>): Promise<void> {
  await files.remove(path);
  await files.remove(indexPath(path));
  await files.syncDirectory(directory);
}

/** A replaced owner may give what it keeps its name between two looks: then they are taken again. */
const MOST_LOOKS = 3;

/**
 * Before anything is read: a segment of which what stays is whole goes, as was begun; where that is damaged and the segment is there,
 * the segment counts.
 */
export async function endCut(files: Files, directory: string): Promise<void> {
  for (let look = 1; ; look++) {
    await endBegun(files, directory);
    const { end } = await keptOf(files, directory);
    const before = (await segmentFirsts(files, directory)).find((first) => first <= end);
    if (before === undefined) return;
    if (look < MOST_LOOKS) continue;
    const path = segmentPath(directory, before);
    throw new AssayError('internal', `${path} lies before ${end + 1}, where the log begins`);
  }
}

async function endBegun(files: Files, directory: string): Promise<void> {
  const present = new Set(await segmentFirsts(files, directory));
  for (const name of await files.list(directory)) {
    if (/^\d{16}\.kept\.(?:\d+\.)?tmp$/.test(name)) await files.remove(`${directory}/${name}`);
    const first = /^\d{16}\.kept$/.test(name) ? Number(name.slice(0, 16)) : undefined;
    if (first === undefined || !present.has(first)) continue;
    const left = await openKept(files, directory, first);
    if (left) await removeSegment(files, directory, { path: segmentPath(directory, first) });
    else await files.remove(`${directory}/${name}`);
  }
}
