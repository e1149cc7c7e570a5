import type { Position } from '../../domain/position.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';
import { createAppends } from './appends.ts';
import { createLogClient, type Fetched, unavailable, within } from './client.ts';
import { createDelivery } from './delivery.ts';
import type { RawRecord } from './encoding.ts';
import { createHistory, type History } from './history.ts';
import { createHorizon } from './horizon.ts';
import { createMemory } from './memory.ts';
import { DEFAULT_DEADLINE_MS, DEFAULT_WINDOW, type KafkaJournalOptions } from './options.ts';
import { decodeOrder, foldOrder } from './order.ts';
import { createOutbox } from './outbox.ts';
import { createReader } from './reader.ts';
import { readRecords } from './reading.ts';
import { createSegments } from './segments.ts';
import { createSequencer } from './sequencer.ts';
import { findStart } from './start.ts';
import { createTail } from './tail.ts';
import { ensureTopics } from './topics.ts';
import { createVoids, type Voids } from './voids.ts';

export interface KafkaJournal extends Journal {
  horizon(): Promise<number>;
  /**
   * All records of assay.control that were durable when it was called, in order, with their sequences. Who follows them by
   * `subscribe` listens before: then a record may come twice, and none is missed.
   */
  control(): AsyncIterable<JournalRecord>;
  /** For the log's consumer. */
  voids: Voids;
  stats(): KafkaJournalStats;
}

export interface KafkaJournalStats {
  /** Records that this process has read and that have no sequence yet: how far the order is behind. */
  unordered: number;
  /** Records that have a sequence and that this process has not handed to its listeners yet. */
  undelivered: number;
  produceErrors: number;
  /** Records of assay.control that this process has read and not handed out yet. */
  controlPending: number;
  /** Look-ups of the index that failed. */
  indexErrors: number;
  heldBytes: number;
  pendingBytes: number;
  /** Whether this process writes the order. */
  sequencer: boolean;
  healthy: boolean;
}

const ANCHOR_EVERY = 256;
/** To read back what names are taken, at the start. */
const CATCH_UP_MS = 60_000;
const DEFAULT_HELD_BYTES = 64 * 1024 * 1024;
const DEFAULT_IN_FLIGHT_BYTES = 64 * 1024 * 1024;

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

/**
 * Opens the log of a fleet: makes its topics where they are missing, reads back as far as it must and follows it.
 * Resolves once it has handed out all that was durable when it was called. Throws `AssayError('unavailable')`.
 */
export async function openKafkaJournal(options: KafkaJournalOptions): Promise<KafkaJournal> {
  const { deadlineMs = DEFAULT_DEADLINE_MS, window = DEFAULT_WINDOW, onWarning = warn, log } = options;
  const layout = await ensureTopics(options);
  const sources = Array.from({ length: layout.sources }, (_, source) => source);
  const asking = createLogClient(options, layout, 'offsets');
  const points = createReader(options, layout, 'points');
  const bulk = createReader(options, layout, 'bulk');
  const maxBytes = options.maxInFlightBytes ?? DEFAULT_IN_FLIGHT_BYTES;
  const outbox = createOutbox(options, 'journal');
  const orderOutbox = createOutbox(options, 'order');
  const closeClients = () =>
    Promise.allSettled([outbox, orderOutbox, asking, points, bulk].map((client) => client.close()));
  let closing: Promise<void> | undefined;
  let indexErrors = 0;
  let controlDelivered = -1;

  let isVoid: (source: number, offset: number) => boolean | undefined = () => undefined;
  let folded = () => Number.POSITIVE_INFINITY;
  const history: History = createHistory({
    ...{ layout, window, onWarning, readPartition: bulk.read },
    earliest: async (number) => (await asking.earliest([number])).get(number)!,
    isVoid: (source, offset) => isVoid(source, offset),
    folded: () => folded(),
  });
  const start = await findStart(layout, asking, bulk.read, history, window).catch(async (error) => {
    await closeClients();
    throw error;
  });
  const { state } = start;
  folded = () => state.k;

  const segments = createSegments();
  const memory = createMemory({
    ...{ layout, start, window, deadlineMs, segments, onWarning, read: points.read },
    maxHeldBytes: options.maxHeldBytes ?? DEFAULT_HELD_BYTES,
  });
  isVoid = memory.isVoid;
  const appends = createAppends({
    ...{ layout, outbox, deadlineMs, maxBytes, isVoid },
    isTaken: (key) => memory.placeOf(key) !== undefined,
    async settleVoid(key) {
      const place = memory.placeOf(key);
      return place ? ((await settledAt(place.source, place.offset))?.sequence ?? 0) : 0;
    },
  });
  const horizons = createHorizon(() => asking.latest(sources), state, deadlineMs);
  const sequencer = createSequencer(
    {
      ...{ layout, state },
      end: (source) => tail.position(source),
      scoredEnds: () => within(asking.latest(sources.slice(0, layout.partitions)), deadlineMs, 'Asking for offsets'),
      write(message) {
        const { topic, partition } = layout.at[layout.order];
        return orderOutbox.send(topic, partition, message);
      },
      patienceMs: () => options.patienceMs ?? 300 + Math.random() * 300,
      onError: (error) => log?.warn({ reason: (error as Error).message }, 'the order of the log was not written'),
    },
    appends.instance,
  );
  const delivery = createDelivery({
    ...{ durable: state.b - 1, memory, segments, onWarning },
    end: (source) => tail.position(source),
    onDelivered(source, offset, sequence) {
      if (source === layout.control) controlDelivered = offset + 1;
      appends.sequenced(source, offset, sequence);
    },
  });
  const tail = createTail({
    client: createLogClient(options, layout, 'tail'),
    from: start.from,
    log,
    onFetched(fetched) {
      for (const { number, records } of fetched) if (number === layout.order) takeOrder(records);
      for (const one of fetched) if (one.number !== layout.order) takeSource(one);
      sequencer.kick();
      delivery.kick();
    },
    onGap(number, earliest) {
      onWarning(new Error(`${layout.at[number].topic} keeps nothing before ${earliest}: its retention is too short`));
    },
  });

  function takeOrder(records: RawRecord[]): void {
    for (const { value, offset } of records) {
      const record = decodeOrder(value, layout.sources);
      const added = foldOrder(state, record, offset);
      for (const segment of added) segments.push(segment);
      if (state.k % ANCHOR_EVERY === 0) history.anchor(state);
      if (record) sequencer.folded(record.writer, added.length > 0);
    }
    horizons.check();
  }

  function takeSource({ number: source, records }: Fetched): void {
    for (const raw of records) {
      const names = memory.take(raw);
      if (names?.nonce) appends.seen(names.nonce, source, raw.offset);
    }
    appends.passed(source);
  }

  /** The place of a sequence, from memory or from the order. */
  async function placeOf(sequence: number): Promise<{ source: number; offset: number } | undefined> {
    const known = segments.at(sequence);
    if (known) return { source: known.source, offset: known.from + sequence - known.base };
    for await (const { source, from, base } of history.segments(sequence))
      return sequence < base ? undefined : { source, offset: from + sequence - base };
    return undefined;
  }

  /** The record at a place, with its sequence if it has one. */
  async function settledAt(source: number, offset: number): Promise<JournalRecord | undefined> {
    const record = await memory.load(source, offset);
    if (record?.sequence === 0 && offset < state.n[source])
      record.sequence = (await history.sequenceOf(source, offset)) ?? 0;
    return record;
  }

  /** While the index is away, what is older than this process's memory is not known: whoever writes it twice is told later. */
  async function indexed(name: string): Promise<Position | undefined> {
    try {
      return await options.index?.get(name);
    } catch {
      indexErrors++;
      return undefined;
    }
  }

  async function findIndexed(name: string): Promise<JournalRecord | undefined> {
    const position = await indexed(name);
    if (!position || !(position.partition < layout.sources)) return undefined;
    const record = await settledAt(position.partition, position.offset);
    return record && (record.key === name || record.aliases?.includes(name)) ? record : undefined;
  }

  /** A record from before this process's memory. Whether it is void, the index says; exactly, and slowly, all before it. */
  async function getOld(source: number, offset: number, sequence: number): Promise<JournalRecord | undefined> {
    const record = await memory.load(source, offset, sequence);
    const first = record && (await indexed(record.key));
    if (first && (first.partition !== source || first.offset >= offset)) return record;
    return history.cursor()(source, offset, sequence);
  }

  const journal: KafkaJournal = {
    get durable() {
      return delivery.durable;
    },
    get last() {
      return state.b - 1;
    },
    enqueue(entry) {
      if (closing) throw unavailable('Assay is stopping');
      return appends.enqueue(entry);
    },
    recent(name) {
      const pending = appends.pending(name);
      if (pending) return pending;
      const place = memory.placeOf(name);
      const record = place && memory.recordAt(place.source, place.offset);
      return record && { record, durable: Promise.resolve() };
    },
    async find(name) {
      await appends.pending(name)?.durable;
      const place = memory.placeOf(name);
      const found = place ? settledAt(place.source, place.offset) : findIndexed(name);
      return within(found, 2 * deadlineMs, 'Looking a record up');
    },
    async get(sequence) {
      if (!Number.isSafeInteger(sequence) || sequence < 1 || sequence > delivery.durable) return undefined;
      const place = await placeOf(sequence);
      if (!place) return undefined;
      const { source, offset } = place;
      if (memory.isVoid(source, offset) !== undefined) return memory.load(source, offset, sequence);
      return within(getOld(source, offset, sequence), 2 * deadlineMs, 'Reading the log');
    },
    read: (from) => readRecords({ from, delivery, segments, memory, history }),
    subscribe: delivery.subscribe,
    horizon: () => horizons.ask(),
    async *control() {
      await horizons.ask();
      const end = state.n[layout.control];
      const cursor = history.cursor();
      for (let offset = (await asking.earliest([layout.control])).get(layout.control)!; offset < end; offset++) {
        const sequence = await history.sequenceOf(layout.control, offset);
        const record = await cursor(layout.control, offset, sequence ?? 0);
        if (record.type !== 'void') yield record;
      }
    },
    voids: createVoids(memory, tail, deadlineMs),
    status() {
      return {
        ok: tail.healthy && outbox.healthy && closing === undefined,
        durable: delivery.durable,
        segments: layout.sources,
        bytes: memory.heldBytes,
        problem: tail.problem ?? outbox.problem,
      };
    },
    stats() {
      return {
        unordered: sources.reduce((sum, source) => sum + Math.max(0, tail.position(source) - state.n[source]), 0),
        undelivered: state.b - 1 - delivery.durable,
        controlPending: controlDelivered < 0 ? 0 : Math.max(0, tail.position(layout.control) - controlDelivered),
        produceErrors: outbox.errors + orderOutbox.errors,
        indexErrors,
        heldBytes: memory.heldBytes,
        pendingBytes: outbox.pendingBytes + orderOutbox.pendingBytes,
        sequencer: sequencer.mine,
        healthy: tail.healthy && outbox.healthy,
      };
    },
    close() {
      closing ??= (async () => {
        const end = performance.now() + deadlineMs;
        while (appends.size > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
        sequencer.close();
        delivery.close();
        appends.close();
        await tail.close();
        await closeClients();
      })();
      return closing;
    },
  };

  /** All that was durable is ordered, handed out, and its names are known. */
  async function caughtUp(): Promise<void> {
    const ends = await asking.latest(sources);
    const covered = await horizons.ask();
    const until = performance.now() + CATCH_UP_MS;
    const isBehind = () => delivery.durable < covered || [...ends].some(([source, end]) => tail.position(source) < end);
    while (isBehind()) {
      if (performance.now() > until) throw unavailable('The log is not read to its end in time');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  try {
    await caughtUp();
    if (controlDelivered < 0) controlDelivered = tail.position(layout.control);
    return journal;
  } catch (error) {
    await journal.close();
    throw error;
  }
}
