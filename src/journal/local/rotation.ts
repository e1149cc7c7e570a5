import type { Log } from './log.ts';
import { forgetNames, indexSegment, RECENT_SEGMENTS } from './recovery.ts';
import {
  type Allocated,
  adoptSpare,
  allocate,
  createSpare,
  removeSpare,
  type Segment,
  sealSegment,
} from './segment.ts';

/** Has the next file and the next zeroes ready before the writer needs them, and puts full segments away. */
export interface Rotation {
  /** Makes sure that a segment has its file, and that the file is filled with zeroes up to `end`; undefined if it is. */
  prepare(segment: Segment, end: number): Promise<void> | undefined;
  /** Starts, without waiting, what will be needed soon after `end`. */
  lookAhead(segment: Segment, end: number): void;
  close(): Promise<void>;
}

/** Zeroes that should lie ready before the writer. */
const aheadOf = (segmentBytes: number) => Math.min(1024 * 1024, segmentBytes >>> 3);
/** The next file is filled a little faster than this one, so that it is whole before it is needed. */
const SPARE_RATIO = 1.25;

export function createRotation(log: Log, onWarning: (error: unknown) => void): Rotation {
  const { files, directory, owner, segmentBytes } = log;
  let open: Segment | undefined = log.segments.at(-1);
  let spare: Promise<Allocated> | undefined;
  let ready: Allocated | undefined;
  let growing: Promise<void> | undefined;
  let putAway: Promise<void> = putAwayFull().catch(onWarning);
  if (open === undefined || open.sealed) makeSpare();

  function makeSpare(): void {
    const making = createSpare(files, directory, owner.number, segmentBytes);
    spare = making;
    making.then(
      (made) => {
        // It may have been taken before it was ready.
        if (spare === making) ready = made;
      },
      // A failure is seen when the spare is taken.
      () => {},
    );
  }

  function prepare(segment: Segment, end: number): Promise<void> | undefined {
    return segment === open && end <= segment.allocated ? undefined : makeRoom(segment, end);
  }

  async function makeRoom(segment: Segment, end: number): Promise<void> {
    if (segment !== open) await rotate(segment);
    while (end > segment.allocated) {
      // Never two at a time: the zeroes of the later one would cover records.
      if (growing !== undefined) await growing;
      else await grow(segment, end);
    }
  }

  async function rotate(segment: Segment): Promise<void> {
    const full = open;
    // At once, so that nothing goes on to grow the full one.
    open = segment;
    await growing;
    owner.check();
    if (full !== undefined && !full.sealed) await sealSegment(full);
    const taken = spare ?? createSpare(files, directory, owner.number, segmentBytes);
    spare = undefined;
    ready = undefined;
    await adoptSpare(log, segment, full ?? { first: 0, owner: 0 }, await taken);
    putAway = putAway.then(putAwayFull).catch(onWarning);
  }

  /** Writes the indexes of sealed segments and drops the names of all but the newest. */
  async function putAwayFull(): Promise<void> {
    for (const [i, segment] of log.segments.entries()) {
      if (!segment.sealed || segment.names === undefined) continue;
      await indexSegment(files, segment);
      if (i < log.segments.length - RECENT_SEGMENTS) await forgetNames(segment);
    }
  }

  function lookAhead(segment: Segment, end: number): void {
    if (growing !== undefined || segment !== open) return;
    if (segment.allocated < Math.min(segmentBytes, end + aheadOf(segmentBytes))) {
      grow(segment, segment.allocated + 1).catch(onWarning);
    } else if (end < segmentBytes / 8) {
      return;
    } else if (spare === undefined) {
      makeSpare();
    } else if (ready !== undefined && ready.allocated < Math.min(segmentBytes, end * SPARE_RATIO)) {
      grow(ready, ready.allocated + 1).catch(onWarning);
    }
  }

  function grow(target: Allocated, end: number): Promise<void> {
    const work = allocate(target, end, segmentBytes);
    growing = work.then(
      () => void (growing = undefined),
      () => void (growing = undefined),
    );
    return work;
  }

  async function close(): Promise<void> {
    await growing;
    await putAway;
    if (spare === undefined) return;
    const made = await spare.catch(() => undefined);
    await made?.file?.close();
    await removeSpare(files, directory, owner.number);
  }

  return { prepare, lookAhead, close };
}
