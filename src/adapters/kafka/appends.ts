import { randomBytes } from 'node:crypto';
import { AssayError } from '../../domain/errors.ts';
import type { Appended, JournalEntry, JournalRecord } from '../../journal/journal.ts';
import { unavailable } from './client.ts';
import { encodeRecord, FORMAT_VERSION } from './encoding.ts';
import { isControl, isScored, type Layout } from './layout.ts';
import type { Outbox } from './outbox.ts';
import { partitionOf } from './partition.ts';
import { traceAppend } from './trace.ts';

/** What this process has handed in and cannot answer for yet. */
export interface Appends {
  enqueue(entry: JournalEntry): Appended;
  /** By key or alias. */
  pending(name: string): Appended | undefined;
  /** The tail has come across a record of this process: where it stands. The first sighting counts. */
  seen(nonce: string, source: number, offset: number): void;
  /** The tail has taken all that it read of a source in. */
  passed(source: number): void;
  /** A record was given its sequence. */
  sequenced(source: number, offset: number, sequence: number): void;
  readonly size: number;
  /** Prefix of this process's nonces. */
  readonly instance: string;
  close(): void;
}

export interface AppendPorts {
  layout: Layout;
  outbox: Outbox;
  deadlineMs: number;
  /** Bound on what is handed in and not acknowledged. */
  maxBytes: number;
  /** Whether a key is taken by a record that this process has read. */
  isTaken(key: string): boolean;
  /** Makes sure that `recent(key)` has the record that holds a key; resolves with its sequence, 0 where it has none yet. */
  settleVoid(key: string): Promise<number>;
  isVoid(source: number, offset: number): boolean | undefined;
}

const MAX_PENDING = 100_000;

interface Pending {
  appended: Appended;
  record: JournalRecord;
  nonce: string;
  source: number;
  acknowledged: boolean;
  seenAt: number;
  needsSequence: boolean;
  settled: boolean;
  resolve: () => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

export function createAppends(ports: AppendPorts): Appends {
  const { layout, outbox, deadlineMs } = ports;
  const instance = randomBytes(9).toString('base64url');
  const byNonce = new Map<string, Pending>();
  const byName = new Map<string, Pending>();
  /** Seen and waiting for the tail, by source. */
  const waiting = Array.from({ length: layout.sources }, () => new Set<Pending>());
  /** Seen and without a sequence, by position. */
  const unordered = new Map<string, Pending>();
  let count = 0;

  function forget(pending: Pending): void {
    clearTimeout(pending.timer);
    byNonce.delete(pending.nonce);
    for (const name of [pending.record.key, ...(pending.record.aliases ?? [])])
      if (byName.get(name) === pending) byName.delete(name);
    waiting[pending.source].delete(pending);
  }

  function fail(pending: Pending, error: Error): void {
    if (pending.settled) return;
    pending.settled = true;
    forget(pending);
    unordered.delete(`${pending.source}:${pending.seenAt}`);
    pending.reject(error);
  }

  /** Resolves once it is acknowledged, seen and, where it is asked for, ordered. */
  async function check(pending: Pending): Promise<void> {
    const { record, source, seenAt } = pending;
    if (pending.settled || !pending.acknowledged || seenAt < 0) return;
    if (pending.needsSequence && record.sequence === 0) return;
    pending.settled = true;
    try {
      if (ports.isVoid(source, seenAt)) {
        const first = await ports.settleVoid(record.key);
        // Whoever asks for the outcome of this command gets that of the first one.
        if (pending.needsSequence) record.sequence = first;
      }
      forget(pending);
      pending.resolve();
    } catch (error) {
      forget(pending);
      pending.reject(unavailable('The record that holds the key cannot be read', error));
    }
  }

  return {
    instance,
    enqueue(entry) {
      if (byName.has(entry.key) || ports.isTaken(entry.key))
        throw new AssayError('conflict', `the key ${entry.key} is taken`);
      if (byNonce.size >= MAX_PENDING || outbox.pendingBytes >= ports.maxBytes)
        throw unavailable('Too much waits for the log');
      const nonce = `${instance}.${++count}`;
      const { promise: durable, resolve, reject } = Promise.withResolvers<void>();
      // Whoever does not wait is not told.
      durable.catch(() => {});
      const message = encodeRecord(entry, nonce, traceAppend(entry.type, durable));
      const source = isScored(entry.type)
        ? partitionOf(message.key, layout.partitions)
        : isControl(entry.type)
          ? layout.control
          : layout.events;
      const { topic, partition } = layout.at[source];
      const record: JournalRecord = { ...entry, sequence: 0, version: FORMAT_VERSION };
      const pending: Pending = {
        ...{ appended: { record, durable }, record, nonce, source, resolve, reject },
        ...{ acknowledged: false, seenAt: -1, needsSequence: source >= layout.partitions, settled: false },
        timer: setTimeout(
          () => fail(pending, unavailable(`The log did not settle the record in time`)),
          2 * deadlineMs,
        ),
      };
      byNonce.set(nonce, pending);
      for (const name of [entry.key, ...(entry.aliases ?? [])]) if (!byName.has(name)) byName.set(name, pending);
      outbox.send(topic, partition, message).then(
        () => {
          pending.acknowledged = true;
          void check(pending);
        },
        (error) => fail(pending, error),
      );
      return pending.appended;
    },
    pending: (name) => byName.get(name)?.appended,
    seen(nonce, source, offset) {
      const pending = byNonce.get(nonce);
      if (!pending || pending.seenAt >= 0) return;
      pending.seenAt = offset;
      pending.record.position = { partition: source, offset };
      waiting[source].add(pending);
      unordered.set(`${source}:${offset}`, pending);
    },
    passed(source) {
      for (const pending of waiting[source]) void check(pending);
    },
    sequenced(source, offset, sequence) {
      if (unordered.size === 0) return;
      const pending = unordered.get(`${source}:${offset}`);
      if (!pending) return;
      unordered.delete(`${source}:${offset}`);
      pending.record.sequence = sequence;
      void check(pending);
    },
    get size() {
      return byNonce.size;
    },
    close() {
      for (const pending of [...byNonce.values()]) fail(pending, unavailable('Assay is stopping'));
    },
  };
}
