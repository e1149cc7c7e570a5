import type { JournalRecord } from '../../journal/journal.ts';
import { decodeRecord, namesOfRecord, type RawRecord, voidRecord } from './encoding.ts';
import type { Layout } from './layout.ts';
import { createNameWindow, type NameWindow } from './names.ts';
import { copyOf, decodeOrder, FIRST_STATE, foldOrder, type OrderState, type Segment } from './order.ts';

/** Records of one partition from an offset on, as far as they go in one answer; fewer than none where it ends there. */
export type ReadPartition = (number: number, offset: number, maxBytes: number) => Promise<RawRecord[]>;

export interface HistoryPorts {
  layout: Layout;
  readPartition: ReadPartition;
  /** First offset that is kept. */
  earliest(number: number): Promise<number>;
  /** Offset of the order up to which this process has folded. */
  folded(): number;
  /** Void or not, for what this process has read itself; undefined before. */
  isVoid(source: number, offset: number): boolean | undefined;
  window: number;
  onWarning(error: unknown): void;
}

/** The past of the log, through the order topic: which record a sequence is, and records in sequence. */
export interface History {
  /** Remembers a state of the order to begin at. */
  anchor(state: OrderState): void;
  /** The newest snapshot at or before the end of the order, and nothing where the order is empty. */
  newestSnapshot(end: number): Promise<OrderState>;
  /** What comes in the order from a sequence on, up to what this process has folded. */
  segments(sequence: number): AsyncIterable<Segment>;
  /** Undefined where it is not ordered, or no longer known. */
  sequenceOf(source: number, offset: number): Promise<number | undefined>;
  /** A reader of records, each source in ascending order. */
  cursor(): (source: number, offset: number, sequence: number) => Promise<JournalRecord>;
}

const CHUNK_BYTES = 512 * 1024;
const PROBE_BYTES = 32 * 1024;
/** So close, folding costs less than searching on. */
const NEAR = 256;
const MAX_ANCHORS = 4_096;

export function createHistory(ports: HistoryPorts): History {
  const { layout, readPartition } = ports;
  /** By k, ascending; the first is where the order begins, or the oldest snapshot that is kept. */
  let anchors: OrderState[] = [FIRST_STATE(layout.sources)];

  function anchor(state: OrderState): void {
    const at = anchors.findLastIndex(({ k }) => k <= state.k) + 1;
    if (anchors[at - 1]?.k === state.k) return;
    anchors.splice(at, 0, copyOf(state));
    if (anchors.length > MAX_ANCHORS) anchors = anchors.filter((_, i) => i === 0 || i % 2 === 1);
  }

  /** The first snapshot in the order from an offset on, and where it stands. */
  async function snapshotFrom(offset: number, end: number): Promise<OrderState | undefined> {
    for (let at = offset; at < end; ) {
      const records = await readPartition(layout.order, at, PROBE_BYTES);
      if (records.length === 0) return undefined;
      for (const { value } of records) {
        const snapshot = decodeOrder(value, layout.sources)?.snapshot;
        if (snapshot) return snapshot;
      }
      at = records[records.length - 1].offset + 1;
    }
    return undefined;
  }

  /** The first state that the order gives from an offset on: retention has taken what is before. */
  async function oldestState(kept: number, end: number): Promise<OrderState | undefined> {
    for (let at = kept; at < end; ) {
      const records = await readPartition(layout.order, at, PROBE_BYTES);
      if (records.length === 0) return undefined;
      for (const { value } of records) {
        const snapshot = decodeOrder(value, layout.sources)?.snapshot;
        if (!snapshot || snapshot.k < kept) continue;
        anchors = [copyOf(snapshot), ...anchors.filter(({ k }) => k > snapshot.k)];
        return snapshot;
      }
      at = records[records.length - 1].offset + 1;
    }
    return undefined;
  }

  /** The state to begin at: the latest one of which `isBefore` holds, near enough. It holds of all before one of which it does. */
  async function begin(isBefore: (state: OrderState) => boolean): Promise<OrderState> {
    let low = anchors[0];
    for (const state of anchors) if (isBefore(state)) low = state;
    const above = anchors[anchors.indexOf(low) + 1];
    let high = above ? above.k : ports.folded();
    while (high - low.k > NEAR) {
      const middle = Math.floor((low.k + high) / 2);
      const found = await snapshotFrom(middle, high);
      if (!found || found.k <= low.k || found.k >= high) {
        high = middle;
        continue;
      }
      anchor(found);
      if (isBefore(found)) low = found;
      else high = Math.min(found.k, middle);
    }
    return copyOf(low);
  }

  async function* foldFrom(state: OrderState, chunkBytes = CHUNK_BYTES): AsyncIterable<Segment> {
    while (state.k < ports.folded()) {
      const records = await readPartition(layout.order, state.k, chunkBytes);
      if (records.length === 0) return;
      if (records[0].offset > state.k) {
        const kept = await oldestState(records[0].offset, ports.folded());
        if (!kept) return;
        Object.assign(state, copyOf(kept));
        continue;
      }
      for (const { value, offset } of records) {
        if (offset >= ports.folded()) return;
        yield* foldOrder(state, decodeOrder(value, layout.sources), offset);
      }
    }
  }

  /** Reads a source forward in chunks. Knows what is void where the process itself does not. */
  function sourceCursor(source: number) {
    let records: RawRecord[] = [];
    let index = 0;
    let names: NameWindow | undefined;
    let judged = -1;
    let taken = false;

    async function advanceTo(offset: number): Promise<RawRecord | undefined> {
      while (true) {
        while (index < records.length && records[index].offset < offset) judge(records[index++]);
        if (index < records.length) return records[index].offset === offset ? records[index] : undefined;
        const from = records.length > 0 ? Math.max(records[records.length - 1].offset + 1, names ? 0 : offset) : offset;
        records = await readPartition(source, from, CHUNK_BYTES);
        index = 0;
        if (records.length === 0) return undefined;
      }
    }

    function judge(raw: RawRecord): void {
      if (!names || raw.offset <= judged) return;
      judged = raw.offset;
      const own = namesOfRecord(raw);
      taken = own ? names.take(raw.offset, own.key, own.aliases) : true;
    }

    return async (offset: number, sequence: number): Promise<JournalRecord> => {
      const known = ports.isVoid(source, offset);
      if (known === undefined && !names) {
        names = createNameWindow(ports.window);
        records = await readPartition(
          source,
          Math.max(await ports.earliest(source), offset - ports.window),
          CHUNK_BYTES,
        );
        index = 0;
      } else if (known !== undefined) names = undefined;
      const raw = await advanceTo(offset);
      if (!raw) return voidRecord(source, offset, sequence, 0);
      judge(raw);
      if (known ?? taken) return voidRecord(source, offset, sequence, raw.timestamp);
      return decoded(raw, sequence, ports.onWarning);
    };
  }

  return {
    anchor,
    async newestSnapshot(end) {
      const start = await ports.earliest(layout.order);
      for (let back = 2 * NEAR; ; back *= 4) {
        const from = Math.max(start, end - back);
        let newest: OrderState | undefined;
        for (let at = from; at < end; ) {
          const records = await readPartition(layout.order, at, CHUNK_BYTES);
          if (records.length === 0) break;
          for (const { value } of records) newest = decodeOrder(value, layout.sources)?.snapshot ?? newest;
          at = records[records.length - 1].offset + 1;
        }
        if (newest || from === start) {
          if (start > 0) await oldestState(start, end);
          const state = newest ?? copyOf(anchors[0]);
          anchor(state);
          return state;
        }
      }
    },
    async *segments(sequence) {
      const state = await begin(({ b }) => b <= sequence);
      for await (const segment of foldFrom(state))
        if (segment.base + segment.to - segment.from >= sequence) yield segment;
    },
    async sequenceOf(source, offset) {
      const state = await begin(({ n }) => n[source] <= offset);
      for await (const segment of foldFrom(state, PROBE_BYTES))
        if (segment.source === source && segment.from <= offset && offset <= segment.to)
          return segment.base + offset - segment.from;
      return undefined;
    },
    cursor() {
      const cursors: ReturnType<typeof sourceCursor>[] = [];
      return (source, offset, sequence) => (cursors[source] ??= sourceCursor(source))(offset, sequence);
    },
  };
}

/** What cannot be read is void, and said: it must not stop all that comes after it. */
export function decoded(raw: RawRecord, sequence: number, onWarning: (error: unknown) => void): JournalRecord {
  try {
    return decodeRecord(raw, sequence);
  } catch (error) {
    onWarning(error);
    return voidRecord(raw.source, raw.offset, sequence, raw.timestamp);
  }
}
