import { dirname, resolve } from 'node:path';
import { AssayError } from '../../domain/errors.ts';
import { DamagedRecord } from '../damage.ts';
import type { Appended, Damage, Journal, JournalEntry, JournalRecord } from '../journal.ts';
import { RemovedRecord } from '../removed.ts';
import type { Batch } from './batch.ts';
import { bringBack, highestOwner, readHeads, type Standing, segmentFirsts, standingOf } from './chain.ts';
import { createCommitter } from './committer.ts';
import type { Format } from './contents.ts';
import { cutSegments, endCut } from './cut.ts';
import { overwriteRecord, redoOverwrite } from './erase.ts';
import { type Files, nodeFiles } from './files.ts';
import { createIndexCache } from './index-cache.ts';
import { beginOf, type Log } from './log.ts';
import { type Owner, takeOwnership } from './owner.ts';
import { findSealed, readFrom, readRecentSync, readRecord } from './reader.ts';
import { recoverSegments, sealTail } from './recovery.ts';
import { createScrub } from './scrub.ts';
import { headOf, removeOldSpares, type Segment, segmentPath, setAside } from './segment.ts';
import { createSpace, type Space } from './space.ts';

export interface LocalJournalOptions {
  /** Made if it is missing. One process at a time. */
  directory: string;
  /** A segment is sealed before it outgrows this. 8 KiB to 1 GiB; 64 MiB by default. */
  segmentBytes?: number;
  /** Format version of new records. That of the newest record by default; 2 where there is none. */
  format?: Format | undefined;
  /** Beyond this much that is not durable, `enqueue` throws `unavailable`. 64 MiB by default. */
  maxInFlightBytes?: number;
  /** Indexes of sealed segments held in memory. 64 MiB by default. */
  maxIndexBytes?: number;
  /** Pause without records after which the segment's header notes what is durable. 100 by default. */
  markAfterMs?: number;
  /** A write or a sync failed: nothing more can be made durable. Ends the process by default, with exit code 70. */
  onFatal?: (error: Error) => void;
  /** A listener threw, or work that will be done again failed. A process warning by default. */
  onWarning?: (error: unknown) => void;
  files?: Files;
  /** Rate at which sealed segments are read against their checksums, over and over. 0, the default, reads none. */
  scrubBytesPerSecond?: number;
  /** With less than this free on its disk nothing more is taken, until there is. 0, the default: never. */
  reserveBytes?: number;
  freeBytes?: (directory: string) => Promise<number>;
  /** Called once for each damage that this finds. */
  onDamage?: (damage: Damage) => void;
}

const MIB = 1024 * 1024;
/** EX_SOFTWARE of sysexits.h: a supervisor restarts the process, and recovery finds what is durable. */
const FATAL_EXIT_CODE = 70;
const FULL = 'The disk is full but for its reserve: nothing is taken until there is space. What is there can be read.';
const FULL_RETRY_SECONDS = 10;

function endProcess(error: Error): void {
  process.stderr.write(`The journal cannot write, so this process ends: ${error.stack}\n`);
  process.exit(FATAL_EXIT_CODE);
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

/**
 * Opens the journal in a directory: takes its lock, recovers what is there and goes on behind it.
 *
 * Throws `AssayError('unavailable')`, naming the pid, where another process has it open, and `AssayError('internal')`,
 * naming segment and offset, where a record that was acknowledged is damaged.
 */
export async function openJournal(options: LocalJournalOptions): Promise<Journal> {
  const { directory, files = nodeFiles } = options;
  const namesNow = (): Promise<number[]> => segmentFirsts(files, directory).catch(() => []);
  for (let attempt = 1; ; attempt++) {
    const before = await namesNow();
    try {
      return await openOnce(options);
    } catch (error) {
      // A replaced owner may end a cut that it had begun while its successor looks: what stays of it is on disk by then.
      const now = await namesNow();
      if (attempt === MOST_ATTEMPTS || before.every((first) => now.includes(first))) throw error;
    }
  }
}

const MOST_ATTEMPTS = 4;

async function openOnce(options: LocalJournalOptions): Promise<Journal> {
  const { directory, segmentBytes = 64 * MIB, reserveBytes = 0, freeBytes, onWarning = warn } = options;
  if (segmentBytes < 8 * 1024 || segmentBytes > 1024 * MIB) throw new RangeError('segmentBytes: 8 KiB to 1 GiB');
  await (options.files ?? nodeFiles).makeDirectory(directory);
  const unlock = await (options.files ?? nodeFiles).lock(directory);
  const space =
    reserveBytes > 0
      ? createSpace({ directory, reserveBytes, files: options.files ?? nodeFiles, onWarning, freeBytes })
      : undefined;
  const files = space?.files ?? options.files ?? nodeFiles;
  let segments: Segment[] = [];
  let owner: Owner | undefined;
  try {
    owner = await takeOwnership(files, directory, highestOwner(await readHeads(files, directory)));
    await redoOverwrite(files, directory);
    await endCut(files, directory);
    segments = await recoverSegments(files, directory, await setOrphansAside(files, directory, onWarning));
    for (const segment of segments) if (!segment.kept) segment.owner = (await headOf(files, segment.path))?.owner ?? 0;
    if (!owner.handedOver) await sealTail(files, segments);
    await removeOldSpares(files, directory);
    // What an earlier process renamed or made may not have reached the disk.
    await files.syncDirectory(directory);
    if (segments.length === 0) await files.syncDirectory(dirname(resolve(directory)));
    const newest = segments.at(-1);
    const last = newest === undefined ? 0 : newest.first + newest.count - 1;
    const log: Log = { files, directory, owner, segmentBytes, segments, format: 2, durable: last, last };
    const indexes = createIndexCache(files, options.maxIndexBytes ?? 64 * MIB);
    log.format = options.format ?? (await newestFormat(log, indexes));
    return createJournal(log, indexes, space, unlock, options);
  } catch (error) {
    for (const segment of segments) await segment.file?.close();
    await owner?.release(false);
    await space?.close();
    await unlock();
    throw error;
  }
}

/** As before where records are there: an upgrade that changes what is written could not be taken back. */
async function newestFormat(log: Log, indexes: ReturnType<typeof createIndexCache>): Promise<Format> {
  if (log.last === 0) return 2;
  try {
    return (await readRecord(log, indexes, log.last)).version === 1 ? 1 : 2;
  } catch (error) {
    // Whatever it was: every release reads what is written so.
    if (error instanceof RemovedRecord || error instanceof DamagedRecord) return 1;
    throw error;
  }
}

/** The segments that count. What a replaced owner began too late keeps its bytes under another name. */
async function setOrphansAside(
  files: Files,
  directory: string,
  onWarning: (error: unknown) => void,
): Promise<Standing> {
  for (const path of await bringBack(files, directory))
    onWarning(new Error(`${path} had been set aside by a process that had been replaced. It is back.`));
  const standing = await standingOf(files, directory);
  for (const first of standing.orphans) {
    const path = segmentPath(directory, first);
    await setAside(files, path);
    onWarning(
      new Error(
        `${path} was begun by a process that had been replaced; nothing in it was acknowledged. It is set aside.`,
      ),
    );
  }
  return standing;
}

function createJournal(
  log: Log,
  indexes: ReturnType<typeof createIndexCache>,
  space: Space | undefined,
  unlock: () => Promise<void>,
  options: LocalJournalOptions,
): Journal {
  const { onWarning = warn } = options;
  let listeners: ((record: JournalRecord) => void)[] = [];
  let erasing: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  const committer = createCommitter(log, {
    maxInFlightBytes: options.maxInFlightBytes ?? 64 * MIB,
    markAfterMs: options.markAfterMs ?? 100,
    onFatal: options.onFatal ?? endProcess,
    onDurable: announce,
    onWarning,
  });

  const { scrubBytesPerSecond = 0 } = options;
  const scrub =
    scrubBytesPerSecond > 0
      ? createScrub(log, indexes, {
          ...{ bytesPerSecond: scrubBytesPerSecond, clock: Date.now },
          onDamage:
            options.onDamage ??
            (({ segment, offset, what }) => onWarning(`${segment}, offset ${offset}: ${what} is damaged`)),
        })
      : undefined;

  /** After those who wait for the batch; to those who listened when it became durable. */
  function announce(batch: Batch): void {
    if (listeners.length === 0) return;
    const present = listeners;
    queueMicrotask(() => {
      for (const { record } of batch.records) {
        for (const listener of present) {
          if (!listeners.includes(listener)) continue;
          try {
            listener(record);
          } catch (error) {
            onWarning(error);
          }
        }
      }
    });
  }

  /** The first sequence with a name among the newest segments. */
  function recentSequence(name: string): number | undefined {
    for (let i = firstHeld(); i < log.segments.length; i++) {
      const sequence = log.segments[i].names?.get(name);
      if (sequence !== undefined) return sequence;
    }
    return undefined;
  }

  function firstHeld(): number {
    let i = log.segments.length;
    while (i > 0 && log.segments[i - 1].names !== undefined) i--;
    return i;
  }

  function held(sequence: number): Appended {
    const inFlight = committer.inFlight(sequence);
    if (inFlight !== undefined) return inFlight;
    const segment = log.segments.findLast((s) => s.first <= sequence)!;
    return { record: readRecentSync(segment, sequence), durable: Promise.resolve() };
  }

  function recent(name: string): Appended | undefined {
    const sequence = recentSequence(name);
    return sequence === undefined ? undefined : held(sequence);
  }

  return {
    get durable() {
      return log.durable;
    },
    get last() {
      return log.last;
    },
    enqueue(entry: JournalEntry) {
      if (space?.state().isFull) throw new AssayError('unavailable', FULL, { retryAfterSeconds: FULL_RETRY_SECONDS });
      const taken = recentSequence(entry.key);
      if (taken !== undefined) throw new AssayError('conflict', `the key ${entry.key} is taken by record ${taken}`);
      return committer.append(entry);
    },
    recent,
    async find(name) {
      // Again if a segment was put away meanwhile, or a name in it could be missed.
      for (let oldest: Segment | undefined; oldest !== log.segments[firstHeld()]; ) {
        oldest = log.segments[firstHeld()];
        const sealed = await findSealed(log, indexes, name);
        if (sealed !== undefined) return sealed;
      }
      const appended = recent(name);
      await appended?.durable;
      return appended?.record;
    },
    async get(sequence) {
      if (!Number.isSafeInteger(sequence) || sequence < 1 || sequence > log.durable) return undefined;
      return readRecord(log, indexes, sequence);
    },
    read: (fromSequence) => readFrom(log, indexes, fromSequence),
    subscribe(listener) {
      // A wrapper of its own, so that one function may listen twice.
      const own = (record: JournalRecord) => listener(record);
      listeners = [...listeners, own];
      return () => {
        listeners = listeners.filter((other) => other !== own);
      };
    },
    overwrite(sequence, change) {
      const done = erasing.then(async () => {
        await committer.inFlight(sequence)?.durable;
        return overwriteRecord(log, indexes, sequence, change);
      });
      erasing = done.catch(() => {});
      return done;
    },
    cut(options) {
      const done = erasing.then(() => cutSegments(log, indexes, options));
      erasing = done.catch(() => {});
      return done;
    },
    status() {
      const left = space?.state();
      return {
        ok: !committer.failed && closing === undefined && !left?.isFull,
        problem: left?.isFull ? FULL : undefined,
        space: left,
        durable: log.durable,
        segments: log.segments.length,
        begins: beginOf(log),
        bytes: log.segments.reduce((sum, segment) => sum + segment.durableEnd, 0),
        scrub: scrub?.state(),
      };
    },
    close() {
      closing ??= erasing
        .then(() => scrub?.stop())
        .then(() => committer.close())
        .then(
          () => log.owner.release(!committer.failed),
          (error) => log.owner.release(false).then(() => Promise.reject(error)),
        )
        .finally(() => space?.close())
        .finally(unlock);
      return closing;
    },
  };
}
