import { crc32 } from 'node:zlib';
import { AssayError } from '../../src/domain/errors.ts';
import type { DecisionData } from '../../src/domain/records.ts';
import { fold } from '../../src/engine/fold.ts';
import { learning } from '../../src/engine/learning.ts';
import type { Appended, Journal, JournalRecord } from '../../src/journal/journal.ts';
import type { Files, OpenFile } from '../../src/journal/local/files.ts';
import type { Seams } from './server.ts';

/** A mistake that our code could make, put in from outside. Each must be caught by some seed: that shows that the checks can fail. */
export interface Fault {
  name: string;
  /** What is wrong, for the table. */
  what: string;
  seams: Partial<Seams>;
}

const isSegment = (path: string) => /\d{16}\.journal$|spare\.\d+\.tmp$/.test(path);
const nothing = async () => {};

/** Changes the files that it is asked for as they are opened. */
const opening = (change: (file: OpenFile, path: string, mode: 'read' | 'update' | 'create') => Partial<OpenFile>) => ({
  files: (files: Files): Files => ({
    ...files,
    async open(path, mode) {
      const file = await files.open(path, mode);
      return { ...file, ...change(file, path, mode) };
    },
  }),
});

/** Calls every other name than it was asked for. */
const renamed = (rename: (path: string) => string) => ({
  files: (files: Files): Files => ({
    ...files,
    open: (path, mode) => files.open(rename(path), mode),
    rename: (from, to) => files.rename(rename(from), rename(to)),
    link: (from, to) => files.link(rename(from), rename(to)),
    remove: (path) => files.remove(rename(path)),
  }),
});

/** The journal with some of it changed; its getters go on to tell the truth. */
function changedJournal(journal: Journal, change: Partial<Journal>): Journal {
  const inherited = Object.create(journal) as Journal;
  return Object.defineProperties(inherited, Object.getOwnPropertyDescriptors(change)) as Journal;
}
const journal = (change: (journal: Journal) => Partial<Journal>) => ({
  journal: (one: Journal) => changedJournal(one, change(one)),
});

/** Folds a decision as if something about it were otherwise. */
const foldingOf = (change: (data: DecisionData) => object) => ({
  fold(...[state, record]: Parameters<typeof fold>) {
    const data = record.data as unknown as DecisionData;
    fold(state, record.type === 'decision' ? { ...record, data: { ...data, ...change(data) } } : record);
  },
});

const every = (n: number) => {
  let count = 0;
  return () => ++count % n === 0;
};

export const FAULTS: Fault[] = [
  {
    ...{ name: 'sync-skipped', what: 'a batch is acknowledged without fdatasync' },
    seams: opening((_, path) => (isSegment(path) ? { sync: nothing } : {})),
  },
  {
    ...{ name: 'sync-now-and-then', what: 'every third fdatasync of a segment is left out' },
    seams: opening((file, path) => {
      const third = every(3);
      return isSegment(path) ? { sync: () => (third() ? nothing() : file.sync()) } : {};
    }),
  },
  {
    ...{ name: 'directory-not-synced', what: 'the name of a new segment is not made durable' },
    seams: { files: (files) => ({ ...files, syncDirectory: nothing }) },
  },
  {
    ...{ name: 'acknowledged-at-once', what: 'the answer does not wait for the disk' },
    seams: journal((one) => ({
      enqueue: (entry) => ({ record: one.enqueue(entry).record, durable: Promise.resolve() }),
    })),
  },
  {
    ...{ name: 'no-space-unnoticed', what: 'a write that found no space counts as written' },
    seams: opening((file, path) => ({
      write: (source, at) =>
        file.write(source, at).catch((error) => {
          if (error.code !== 'ENOSPC' || !isSegment(path)) throw error;
        }),
    })),
  },
  {
    ...{ name: 'full-disk-answered', what: 'a payment that was not taken for want of space is answered all the same' },
    seams: journal((one) => ({
      enqueue(entry) {
        try {
          return one.enqueue(entry);
        } catch (error) {
          if (!(error instanceof AssayError) || error.code !== 'unavailable') throw error;
          return { record: { ...entry, sequence: one.last + 1, version: 1 }, durable: Promise.resolve() };
        }
      },
    })),
  },
  {
    ...{ name: 'cut-before-its-base', what: 'the log is cut as far as it is durable, whatever snapshots cover' },
    seams: journal((one) => ({ cut: ({ beforeAt }) => one.cut!({ beforeAt, through: one.durable }) })),
  },
  {
    ...{ name: 'kept-not-synced', what: 'a segment is removed before what is left of it is on disk' },
    seams: opening((_, path) => (path.includes('.kept') ? { sync: nothing } : {})),
  },
  {
    ...{ name: 'fence-not-asked', what: 'an owner does not look whether it was replaced' },
    seams: opening((file, path) => {
      let own: Uint8Array | undefined;
      if (!path.endsWith('/owner')) return {};
      return {
        async write(source, at) {
          await file.write(source, at);
          if (at === 0) own = Uint8Array.from(source);
        },
        readSync(target, at) {
          if (at !== 0 || own === undefined) return file.readSync(target, at);
          target.set(own);
          return own.length;
        },
      };
    }),
  },
  {
    ...{ name: 'tail-not-sealed', what: 'a new owner believes that the one before gave the journal back' },
    seams: opening((file, path) => (path.endsWith('/owner') ? { readSync: (target) => file.readSync(target, 0) } : {})),
  },
  {
    ...{ name: 'predecessor-dropped', what: 'a segment does not say which one it follows' },
    seams: opening((file, path) =>
      /spare/.test(path)
        ? {
            write(source, at) {
              const head = Uint8Array.from(source);
              if (at === 0 && source.length === 44) head.fill(0, 32);
              return file.write(head, at);
            },
          }
        : {},
    ),
  },
  {
    ...{ name: 'segment-written-over', what: 'a segment takes its name from another that has it' },
    seams: {
      files: (files) => ({
        ...files,
        link: (from, to) =>
          files.link(from, to).catch(async (error) => {
            if (error.code !== 'EEXIST') throw error;
            await files.remove(to);
            await files.link(from, to);
          }),
      }),
    },
  },
  {
    ...{ name: 'spare-shared', what: 'all owners prepare their next segment in one file' },
    seams: renamed((path) => path.replace(/spare\.\d+\.tmp$/, 'spare.tmp')),
  },
  {
    ...{ name: 'unsynced-tail-believed', what: 'what a killed process wrote is called durable without a sync' },
    seams: opening((file, path, mode) => {
      let first = true;
      if (!isSegment(path) || mode !== 'update') return {};
      return {
        async sync() {
          if (!first) await file.sync();
          first = false;
        },
      };
    }),
  },
  {
    ...{ name: 'mark-too-high', what: 'the mark names more than is durable' },
    seams: opening((file, path) =>
      isSegment(path)
        ? {
            write(source, at) {
              if (at !== 512 || source.length !== 12) return file.write(source, at);
              const mark = Buffer.from(source);
              mark.writeDoubleLE(mark.readDoubleLE(0) + 3, 0);
              mark.writeUInt32LE(crc32(mark.subarray(0, 8)), 8);
              return file.write(mark, at);
            },
          }
        : {},
    ),
  },
  {
    ...{ name: 'erasure-not-noted', what: 'a record is overwritten in place without a note of what it will be' },
    seams: {
      files: (files) => ({
        ...files,
        rename: (from, to) => (/erasing/.test(to) ? files.remove(from) : files.rename(from, to)),
      }),
    },
  },
  {
    ...{ name: 'erasure-not-redone', what: 'a start forgets the note of an erasure that a crash cut off' },
    seams: {
      files: (files) => ({
        ...files,
        list: async (directory) => (await files.list(directory)).filter((name) => !/^erasing/.test(name)),
      }),
    },
  },
  {
    ...{ name: 'find-blind', what: 'an id is not looked for before it is decided' },
    seams: journal(() => ({ find: async () => undefined })),
  },
  {
    ...{ name: 'find-recent-only', what: 'an id is looked for in the newest segments alone' },
    seams: journal((one) => ({
      async find(key) {
        const appended = one.recent(key);
        await appended?.durable;
        return appended?.record;
      },
    })),
  },
  {
    ...{ name: 'find-hasty', what: 'a repetition is answered from a record that is not durable' },
    seams: {
      ...journal((one) => ({
        find: async (key) => one.recent(key)?.record ?? (await one.find(key)),
        recent(key): Appended | undefined {
          const known = one.recent(key);
          return known && { record: known.record, durable: Promise.resolve() };
        },
      })),
    },
  },
  {
    ...{ name: 'recent-blind', what: 'what another request has just taken is not seen' },
    seams: journal(() => ({ recent: () => undefined })),
  },
  {
    ...{ name: 'learnt-before-taken', what: 'profiles learn a payment that the journal then refuses' },
    seams: {
      learning: (one, learn) => ({
        ...learning(one, () => {}),
        get durable() {
          return one.durable;
        },
        get last() {
          return one.last;
        },
        enqueue(entry) {
          learn({ ...entry, sequence: one.last + 1, version: 1 });
          return one.enqueue(entry);
        },
      }),
    },
  },
  {
    ...{ name: 'learnt-when-durable', what: 'profiles learn a payment when it is durable, not when it is decided' },
    seams: {
      learning(one, learn) {
        one.subscribe(learn);
        return learning(one, () => {});
      },
    },
  },
  {
    ...{ name: 'late-learnt-as-now', what: 'a late payment is learnt as of its receipt' },
    seams: foldingOf(({ transaction }) => ({ transaction: { ...transaction, time: transaction.receivedAt } })),
  },
  {
    ...{ name: 'labels-not-learnt', what: 'profiles do not learn labels' },
    seams: { fold: (state, record) => void (record.type === 'label' || fold(state, record)) },
  },
  {
    ...{ name: 'labels-lost-by-restart', what: 'a replay leaves labels out' },
    seams: { replayed: (record: JournalRecord) => (record.type === 'label' ? undefined : record) },
  },
  {
    ...{ name: 'offset-forgotten', what: 'the replay after a snapshot begins one record too late' },
    seams: { replayFrom: (sequence) => (sequence > 1 ? sequence + 1 : sequence) },
  },
  {
    ...{ name: 'snapshot-of-the-undurable', what: 'a snapshot does not wait until what it holds is durable' },
    seams: {
      snapshotted: (one) =>
        changedJournal(one, {
          get durable() {
            return one.last;
          },
        }),
    },
  },
  {
    ...{ name: 'snapshot-ahead', what: 'a snapshot names a later record than it was begun at' },
    seams: {
      snapshotted: (one) =>
        changedJournal(one, {
          get last() {
            return one.last + 2;
          },
          get durable() {
            return one.durable + 2;
          },
        }),
    },
  },
  {
    ...{ name: 'bodies-not-compared', what: 'another body under a known id gets that id’s answer' },
    seams: { submission: (one) => ({ ...one, bodyHash: 'the same', formerHash: 'the same' }) },
  },
  {
    ...{ name: 'alias-dropped', what: 'the Idempotency-Key is not recorded' },
    seams: { submission: ({ alias, ...one }) => one },
  },
  {
    ...{ name: 'deletion-forgotten', what: 'a deleted id is answered again' },
    seams: { ports: (ports) => ({ ...ports, deleted: new Set() }) },
  },
  {
    ...{ name: 'dated-by-receipt', what: 'T is the receipt, whatever the payment says' },
    seams: {
      submission: (one) => ({ ...one, transaction: { ...one.transaction, time: one.transaction.receivedAt } }),
    },
  },
  {
    ...{ name: 'window-reaches-ahead', what: 'a window holds what happened in the minutes after T' },
    seams: {
      serving: ({ model, features }) => ({
        model,
        features: {
          ...features,
          extract: (profiles, event, out) => features.extract(profiles, { ...event, time: event.time + 600_000 }, out),
        },
      }),
    },
  },
  {
    ...{ name: 'projection-skips', what: 'the projection goes on one record too far after it looked where it stands' },
    seams: {
      store: (store) => ({
        ...store,
        async position() {
          const { sequence } = await store.position();
          return { sequence: sequence === 0 ? 0 : sequence + 1, key: undefined };
        },
      }),
    },
  },
  {
    ...{ name: 'read-does-not-wait', what: 'a read does not wait for the projection' },
    seams: { projector: (one) => Object.defineProperties(Object.create(one), { settled: { value: nothing } }) },
  },
  {
    ...{ name: 'told-before-durable', what: 'feed and database are told of what is not durable' },
    seams: {
      journal(one) {
        const listeners = new Set<(record: JournalRecord) => void>();
        return changedJournal(one, {
          enqueue(entry) {
            const appended = one.enqueue(entry);
            for (const listener of listeners) listener(appended.record);
            return appended;
          },
          subscribe(listener) {
            listeners.add(listener);
            return () => void listeners.delete(listener);
          },
        });
      },
    },
  },
  {
    ...{ name: 'feed-loses', what: 'the feed leaves every fifth event out' },
    seams: (() => {
      const fifth = every(5);
      return { told: (events) => events.filter(() => !fifth()) };
    })(),
  },
];
