import { AssayError } from '../../domain/errors.ts';
import type { Appended, JournalEntry, JournalRecord } from '../journal.ts';
import { type Batch, encodeInto, keepBuffer, newBatch, vectorCopier } from './batch.ts';
import { entryContents } from './frame.ts';
import type { Log } from './log.ts';
import { createMarker } from './marker.ts';
import { createRotation } from './rotation.ts';
import { DATA_START, FOOTER_BYTES, newSegment, type Segment } from './segment.ts';

export interface Committer {
  append(entry: JournalEntry): Appended;
  /** The record of a sequence that is not durable yet. */
  inFlight(sequence: number): Appended | undefined;
  /** Writes and syncs all that was handed in, notes it in the mark and closes the files. */
  close(): Promise<void>;
  readonly failed: boolean;
}

export interface CommitterOptions {
  /** Records of more bytes than this are not taken before earlier ones are durable. */
  maxInFlightBytes: number;
  /** Pause without records after which the mark is renewed. */
  markAfterMs: number;
  onFatal: (error: Error) => void;
  /** Called in order, once `log.durable` covers the batch. */
  onDurable: (batch: Batch) => void;
  onWarning: (error: unknown) => void;
}

/** A batch on its way to the disk. */
interface Begun {
  batch: Batch;
  written: Promise<void>;
}

/** A batch of this size is begun as soon as the disk is free. A smaller one waits for others of the same turn. */
const WORTH_A_SYNC_BYTES = 128 * 1024;
const unavailable = (detail: string) => new AssayError('unavailable', detail, { retryAfterSeconds: 1 });

/** The one writer: gathers records while a sync runs, then writes all of them at once and syncs again. */
export function createCommitter(log: Log, options: CommitterOptions): Committer {
  const rotation = createRotation(log, options.onWarning);
  const queue: Batch[] = [];
  const buffers: Buffer[] = [];
  let writing: Batch | undefined;
  let inFlightBytes = 0;
  let running: Promise<void> | undefined;
  let beginNow: (() => void) | undefined;
  let failure: Error | undefined;
  let closed = false;
  const copied = vectorCopier();
  const idle = () => running === undefined && failure === undefined;
  const marker = createMarker(log, options.markAfterMs, idle, fail);

  function append(entry: JournalEntry): Appended {
    if (failure !== undefined || closed) throw unavailable('the journal is closed');
    if (inFlightBytes > options.maxInFlightBytes) throw unavailable('the journal is behind its disk');
    const contents = entryContents(entry, log.format);
    let batch = gathering(log.segments.at(-1) ?? startSegment());
    let length = encodeInto(batch, log.last + 1, entry, contents);
    const { segment } = batch;
    if (segment.sealed || segment.tail + length + FOOTER_BYTES > log.segmentBytes) {
      if (DATA_START + length + FOOTER_BYTES > log.segmentBytes) {
        throw new AssayError('too_large', `a record of ${length} bytes does not fit into a journal segment`);
      }
      // The batch is part of the frame, so a record that begins a segment is encoded again.
      batch = gathering(startSegment());
      length = encodeInto(batch, log.last + 1, entry, contents);
    }
    return accept(batch, length, entry);
  }

  function startSegment(): Segment {
    const segment = newSegment(log.directory, log.last + 1);
    log.segments.push(segment);
    return segment;
  }

  /** The batch that takes the next record; it joins the queue with its first one. */
  function gathering(segment: Segment): Batch {
    const newest = queue.at(-1);
    return newest?.segment === segment ? newest : newBatch(segment, log.last + 1, buffers);
  }

  function accept(batch: Batch, length: number, entry: JournalEntry): Appended {
    const { segment } = batch;
    const sequence = ++log.last;
    if (batch.length === 0) queue.push(batch);
    segment.offsets!.push(segment.tail);
    segment.count++;
    segment.tail += length;
    batch.length += length;
    inFlightBytes += length;
    const names = segment.names!;
    if (!names.has(entry.key)) names.set(entry.key, sequence);
    for (const alias of entry.aliases ?? []) if (!names.has(alias)) names.set(alias, sequence);
    const record: JournalRecord = { ...entry, sequence, version: log.format };
    if (entry.vector !== undefined) record.vector = copied(entry.vector);
    const appended = { record, durable: batch.durable };
    batch.records.push(appended);
    if (ready()) beginNow?.();
    running ??= run();
    return appended;
  }

  /** Enough is gathered to begin without those who may still come. */
  const ready = () => queue.length > 1 || (queue.length === 1 && queue[0].length >= WORTH_A_SYNC_BYTES);

  async function run(): Promise<void> {
    try {
      let done: Batch | undefined;
      for (;;) {
        let begun: Begun;
        if (ready()) {
          begun = begin();
          // Only now, so that the disk works while those who waited hand in their next records.
          if (done !== undefined) settle(done);
        } else {
          if (done !== undefined) settle(done);
          if (queue.length === 0) break;
          begun = await gathered();
        }
        await begun.written;
        done = begun.batch;
      }
      marker.restart();
    } catch (error) {
      fail(error as Error);
    } finally {
      running = undefined;
    }
  }

  /** Waits for the end of this turn of the event loop, whose requests still join the batch, or until it is ready. */
  function gathered(): Promise<Begun> {
    return new Promise((resolve) => {
      const go = () => {
        if (beginNow !== go) return;
        beginNow = undefined;
        resolve(begin());
      };
      beginNow = go;
      setImmediate(go);
    });
  }

  function begin(): Begun {
    const batch = queue.shift()!;
    const written = write(batch);
    // The loop sees a failure when it waits for it.
    written.catch(() => {});
    return { batch, written };
  }

  async function write(batch: Batch): Promise<void> {
    writing = batch;
    const { segment } = batch;
    const preparing = rotation.prepare(segment, batch.offset + batch.length);
    // Without a wait where none is needed, the write is on its way before the next record is encoded.
    if (preparing !== undefined) await preparing;
    await segment.file!.write(batch.buffer.subarray(0, batch.length), batch.offset);
    await segment.file!.sync();
    log.owner.check();
  }

  function settle(batch: Batch): void {
    const { segment } = batch;
    segment.durableEnd = batch.offset + batch.length;
    log.durable = batch.first + batch.records.length - 1;
    inFlightBytes -= batch.length;
    if (writing === batch) writing = undefined;
    keepBuffer(batch, buffers);
    batch.resolve();
    options.onDurable(batch);
    rotation.lookAhead(segment, segment.durableEnd);
  }

  /** A sync that failed may have dropped the pages, so it is never tried again: what is durable is unknown from here on. */
  function fail(error: Error): void {
    failure = error;
    for (const batch of [writing, ...queue]) batch?.reject(unavailable(`the journal cannot write: ${error.message}`));
    options.onFatal(error);
  }

  async function close(): Promise<void> {
    closed = true;
    await running;
    await marker.close();
    await rotation.close();
    await Promise.all(log.segments.map((segment) => segment.file?.close()));
  }

  return {
    append,
    inFlight(sequence) {
      const batch = [writing, ...queue].find((b) => b && sequence >= b.first && sequence < b.first + b.records.length);
      return batch?.records[sequence - batch.first];
    },
    close,
    get failed() {
      return failure !== undefined;
    },
  };
}
