/**
 * What a challenger said, in a file of entries of 32 bytes in journal order, little endian:
 *
 *    0  f64  sequence of the record: of the decision, or of the label
 *    8  f64  champion's probability; of a label, the sequence of its decision
 *   16  f64  challenger's probability; of a label 1 for fraud, else 0
 *   24  u8   1 a decision, 2 a label
 *   25  u8   champion's outcome (0 approve, 1 review, 2 decline)
 *   26  u8   challenger's outcome
 *
 * It can be made anew from the journal, so it is not fsynced: what a crash takes is scored again.
 */
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, write } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Outcome } from '../../domain/decision.ts';
import type { ShadowLabel, ShadowRow, ShadowRows } from '../../domain/shadow.ts';

const BYTES = 32;
const FLUSH_AFTER = 512;
const FLUSH_EVERY_MS = 1_000;
const READ_BYTES = BYTES * 4_096;
const DECISION = 1;
const LABEL = 2;
const OUTCOMES: readonly Outcome[] = ['approve', 'review', 'decline'];
const writeAt = promisify(write);

export function openShadowRows(path: string, log: { warn(fields: object, message: string): void }): ShadowRows {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a+', 0o600);
  // A torn last entry goes.
  const opened = Math.floor(fstatSync(file).size / BYTES);
  ftruncateSync(file, opened * BYTES);
  let entries = opened;
  let waiting: Buffer[] = [];
  let underWay: Promise<void> | undefined;
  let writing: Buffer[] = [];
  const timer = setInterval(() => void flush(), FLUSH_EVERY_MS);
  timer.unref();

  /** One write at a time; what comes meanwhile waits for the next. */
  function flush(): Promise<void> {
    if (underWay) return underWay;
    if (waiting.length === 0) return Promise.resolve();
    writing = waiting;
    waiting = [];
    underWay = writeAt(file, Buffer.concat(writing))
      .then(
        () => {
          entries += writing.length;
          writing = [];
        },
        (error) => {
          writing = [];
          log.warn({ err: error, path }, 'what the challenger said could not be kept');
        },
      )
      .then(() => {
        underWay = undefined;
      });
    return underWay;
  }

  function add(entry: Buffer): void {
    waiting.push(entry);
    if (waiting.length >= FLUSH_AFTER) void flush();
  }

  function entryAt(index: number): Buffer {
    if (index < entries) {
      const entry = Buffer.alloc(BYTES);
      readSync(file, entry, 0, BYTES, index * BYTES);
      return entry;
    }
    const later = index - entries;
    return later < writing.length ? writing[later] : waiting[later - writing.length];
  }

  return {
    async read(onRow, onLabel) {
      const chunk = Buffer.alloc(READ_BYTES);
      const end = opened * BYTES;
      for (let at = 0; at < end; ) {
        const got = readSync(file, chunk, 0, Math.min(READ_BYTES, end - at), at);
        if (got < BYTES) break;
        for (let offset = 0; offset + BYTES <= got; offset += BYTES) {
          const entry = chunk.subarray(offset, offset + BYTES);
          if (entry[24] === DECISION) onRow(rowOf(entry));
          else if (entry[24] === LABEL) onLabel(labelOf(entry));
        }
        at += got - (got % BYTES);
        await breathe();
      }
    },
    addRow({ sequence, champion, shadow }) {
      const entry = Buffer.alloc(BYTES);
      entry.writeDoubleLE(sequence, 0);
      entry.writeDoubleLE(champion.probability, 8);
      entry.writeDoubleLE(shadow.probability, 16);
      entry[24] = DECISION;
      entry[25] = OUTCOMES.indexOf(champion.outcome);
      entry[26] = OUTCOMES.indexOf(shadow.outcome);
      add(entry);
    },
    addLabel({ sequence, decision, fraud }) {
      const entry = Buffer.alloc(BYTES);
      entry.writeDoubleLE(sequence, 0);
      entry.writeDoubleLE(decision, 8);
      entry.writeDoubleLE(fraud ? 1 : 0, 16);
      entry[24] = LABEL;
      add(entry);
    },
    find(sequence) {
      let low = 0;
      let high = entries + writing.length + waiting.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (entryAt(middle).readDoubleLE(0) < sequence) low = middle + 1;
        else high = middle;
      }
      if (low >= entries + writing.length + waiting.length) return undefined;
      const entry = entryAt(low);
      return entry[24] === DECISION && entry.readDoubleLE(0) === sequence ? rowOf(entry) : undefined;
    },
    async close() {
      clearInterval(timer);
      await flush();
      await flush();
      closeSync(file);
    },
  };
}

function rowOf(entry: Buffer): ShadowRow {
  return {
    sequence: entry.readDoubleLE(0),
    champion: { probability: entry.readDoubleLE(8), outcome: OUTCOMES[entry[25]] },
    shadow: { probability: entry.readDoubleLE(16), outcome: OUTCOMES[entry[26]] },
  };
}

function labelOf(entry: Buffer): ShadowLabel {
  return { sequence: entry.readDoubleLE(0), decision: entry.readDoubleLE(8), fraud: entry.readDoubleLE(16) === 1 };
}
