import type { JournalRecord } from '../../journal/journal.ts';
import { within } from './client.ts';
import { namesOfRecord, type RawRecord, type RecordNames, voidRecord } from './encoding.ts';
import { createHeld } from './held.ts';
import { decoded, type ReadPartition } from './history.ts';
import type { Layout } from './layout.ts';
import { createNameWindow } from './names.ts';
import type { Segments } from './segments.ts';
import type { Start } from './start.ts';

export interface Place {
  source: number;
  offset: number;
}

/** What this process knows of the newest part of the log: names, what is void, and some of the records. */
export interface Memory {
  /** A record that was read, in order of its source. Undefined where it was not written by this format. */
  take(raw: RawRecord): RecordNames | undefined;
  /** Undefined where it is older than what is known. */
  isVoid(source: number, offset: number): boolean | undefined;
  /** Offset from which on it is known. */
  knownFrom(source: number): number;
  /** The first record with a name. */
  placeOf(name: string): Place | undefined;
  /** The record at a place where it is in memory; with its sequence, where that is given or known. */
  recordAt(source: number, offset: number, sequence?: number): JournalRecord | undefined;
  /** As `recordAt`, else from the log, and held from then on. Undefined where it is gone. Throws `unavailable`. */
  load(source: number, offset: number, sequence?: number): Promise<JournalRecord | undefined>;
  readonly heldBytes: number;
}

export interface MemoryOptions {
  layout: Layout;
  start: Start;
  window: number;
  maxHeldBytes: number;
  deadlineMs: number;
  segments: Segments;
  read: ReadPartition;
  onWarning(error: unknown): void;
}

const MAX_VOIDS = 100_000;
const POINT_BYTES = 64 * 1024;

export function createMemory(options: MemoryOptions): Memory {
  const { layout, start, segments, read, deadlineMs, onWarning } = options;
  const windows = Array.from({ length: layout.sources }, () => createNameWindow(options.window));
  const voids = Array.from({ length: layout.sources }, () => new Set<number>());
  const knownFrom = [...start.knownFrom];
  const held = createHeld(layout.sources, options.maxHeldBytes);

  const isVoid = (source: number, offset: number) =>
    offset < knownFrom[source] ? undefined : voids[source].has(offset);

  function note(source: number, offset: number): void {
    voids[source].add(offset);
    if (voids[source].size <= MAX_VOIDS) return;
    const [oldest] = voids[source];
    voids[source].delete(oldest);
    knownFrom[source] = oldest + 1;
  }

  function recordAt(source: number, offset: number, sequence?: number): JournalRecord | undefined {
    const one = held.get(source, offset);
    if (!one) return undefined;
    const known = sequence ?? segments.sequenceOf(source, offset) ?? one.record?.sequence ?? 0;
    if (isVoid(source, offset)) return voidRecord(source, offset, known, one.raw.timestamp);
    one.record ??= decoded(one.raw, known, onWarning);
    one.record.sequence = known;
    return one.record;
  }

  function sequenceOf(source: number, offset: number): number {
    if (offset < start.heldFrom[source]) return 0;
    return segments.sequenceOf(source, offset) ?? Number.POSITIVE_INFINITY;
  }

  return {
    take(raw) {
      const { source, offset } = raw;
      const names = namesOfRecord(raw);
      if (!names) onWarning(new Error(`${layout.at[source].topic} holds something else at ${source}:${offset}`));
      if (!names || windows[source].take(offset, names.key, names.aliases)) note(source, offset);
      if (offset >= start.heldFrom[source]) held.put(raw);
      return names;
    },
    isVoid,
    knownFrom: (source) => knownFrom[source],
    placeOf(name) {
      let first: Place | undefined;
      for (let source = 0; source < layout.sources; source++) {
        const offset = windows[source].first(name);
        // An alias may stand in several partitions; then the order says.
        if (offset !== undefined && (!first || sequenceOf(source, offset) < sequenceOf(first.source, first.offset)))
          first = { source, offset };
      }
      return first;
    },
    recordAt,
    async load(source, offset, sequence) {
      if (!held.get(source, offset)) {
        const [raw] = await within(read(source, offset, POINT_BYTES), 2 * deadlineMs, 'Reading the log');
        if (raw?.offset !== offset) return undefined;
        held.put(raw);
      }
      return recordAt(source, offset, sequence);
    },
    get heldBytes() {
      return held.bytes;
    },
  };
}
