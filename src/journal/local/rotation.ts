import type { OpenFile } from './files.ts';
import type { Log } from './log.ts';
import { forgetNames, indexSegment, RECENT_SEGMENTS } from './recovery.ts';
import { adoptSpare, allocate, createSpare, removeSpare, type Segment, sealSegment } from './segment.ts';

/** Has the next file and the next zeroes ready before the writer needs them, and puts full segments away. */
export interface Rotation {
  /** Makes sure that a segment has its file, and that the file is filled with zeroes up to `end`. */
  prepare(segment: Segment, end: number): Promise<void>;
  /** Starts, without waiting, what will be needed soon after `end`. */
  lookAhead(segment: Segment, end: number): void;
  close(): Promise<void>;
}

/** Zeroes that should lie ready before the writer. */
const AHEAD_BYTES = 2 * 1024 * 1024;

export function createRotation(log: Log, onWarning: (error: unknown) => void): Rotation {
  const { files, directory, segmentBytes } = log;
  let open: Segment | undefined = log.segments.at(-1);
  let spare: Promise<OpenFile> | undefined;
  let growing: Promise<void> | undefined;
  let putAway: Promise<void> = putAwayFull().catch(onWarning);
  if (open === undefined || open.sealed) makeSpare();

  function makeSpare(): void {
    spare = createSpare(files, directory, segmentBytes);
    // Seen when it is taken.
    spare.catch(() => {});
  }

  async function prepare(segment: Segment, end: number): Promise<void> {
    if (segment !== open) await rotate(segment);
    if (end <= segment.allocated) return;
    await growing;
    await allocate(segment, end, segmentBytes);
  }

  async function rotate(segment: Segment): Promise<void> {
    await growing;
    if (open !== undefined && !open.sealed) await sealSegment(open);
    const taken = spare ?? createSpare(files, directory, segmentBytes);
    spare = undefined;
    await adoptSpare(files, directory, segment, await taken);
    open = segment;
    putAway = putAway.then(putAwayFull).catch(onWarning);
  }

  /** Writes the indexes of sealed segments and drops the names of all but the newest. */
  async function putAwayFull(): Promise<void> {
    for (const segment of log.segments) if (segment.sealed) await indexSegment(files, segment);
    for (const segment of log.segments.slice(0, -RECENT_SEGMENTS)) {
      if (segment.sealed && segment.names !== undefined) await forgetNames(segment);
    }
  }

  function lookAhead(segment: Segment, end: number): void {
    if (spare === undefined && end > segmentBytes / 2) makeSpare();
    if (growing === undefined && segment.allocated < segmentBytes && end + AHEAD_BYTES > segment.allocated) {
      growing = allocate(segment, segment.allocated + 1, segmentBytes)
        // If it fails here it fails again when it is needed, and that ends the process.
        .catch(onWarning)
        .finally(() => void (growing = undefined));
    }
  }

  async function close(): Promise<void> {
    await growing;
    await putAway;
    if (spare === undefined) return;
    const file = await spare.catch(() => undefined);
    await file?.close();
    await removeSpare(files, directory);
  }

  return { prepare, lookAhead, close };
}
