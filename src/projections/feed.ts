import type { Clock } from '../domain/clock.ts';
import { DamagedRecord } from '../journal/damage.ts';
import type { Journal, JournalRecord } from '../journal/journal.ts';
import type { CommandAnswer } from './command-answer.ts';
import type { FeedEvent } from './feed-events.ts';
import { eventsOf, SLOTS } from './feed-events.ts';
import { createFeedStats } from './feed-stats.ts';

/** The live feed: only what is durable, in journal order. */
export interface Feed {
  /**
   * Sends every event after `since` (or from now on) to `send`, which answers whether the client keeps up. A client that
   * does not is paused, and later told what it missed by an event of type `stats` with `data.missed` before it goes on
   * from the journal. One whose `since` is not known here, as with another installation's, is told by an event of type
   * `stats` with `data.unknownSince` and the newest `seq`, and goes on from now. Returns the way to stop.
   */
  follow(since: number | undefined, client: FeedClient): () => void;
}

export interface FeedClient {
  send(event: FeedEvent): void;
  /** Bytes that wait in the client's socket. */
  bufferedBytes(): number;
}

export interface FeedOptions {
  journal: Journal;
  clock: Clock;
  /**
   * What a command came to, once applied: a refused one is no event. Without it, or while the database is away, commands
   * are told with `confirmed: false`.
   */
  outcome?: (sequence: number) => Promise<CommandAnswer | undefined>;
  /** Whether a transaction was deleted: then nothing of it is told any more. */
  hidden?: (transactionId: string) => boolean;
  /** A client with more waiting is paused, and goes on once it has a quarter of that. */
  maxBufferedBytes?: number;
  /** A client that was live and has fallen further behind skips ahead, and is told how much it missed. */
  maxLagRecords?: number;
  statsEveryMs?: number;
  pollMs?: number;
}

/**
 * One subscription wakes the clients; each reads the journal from where it is, at its own pace, so a slow one costs a
 * position and not a queue. Clients that are level share the record that just arrived.
 */
export function createFeed(options: FeedOptions): Feed & { close(): void } {
  const { journal, clock, outcome, hidden, maxBufferedBytes = 1024 * 1024, maxLagRecords = 10_000 } = options;
  const { statsEveryMs = 5_000, pollMs = 25 } = options;
  const followers = new Set<Follower>();
  const stats = createFeedStats(clock());

  const unsubscribe = journal.subscribe((record) => {
    stats.add(record, clock());
    for (const follower of followers) follower.arrive(record);
  });
  const timer = setInterval(() => {
    if (followers.size === 0) return;
    const event = stats.event(journal.durable * SLOTS + SLOTS - 1, clock());
    for (const follower of followers) follower.tell(event);
  }, statsEveryMs);
  timer.unref();

  return {
    follow(since, client) {
      const follower = createFollower(since, client);
      followers.add(follower);
      follower.start();
      return () => {
        followers.delete(follower);
        follower.stop();
      };
    },
    close() {
      unsubscribe();
      clearInterval(timer);
      for (const follower of followers) follower.stop();
      followers.clear();
    },
  };

  function createFollower(since: number | undefined, client: FeedClient): Follower {
    const known = since !== undefined && since < (journal.durable + 1) * SLOTS;
    const unknownSince = since !== undefined && !known;
    /** Sequence of the last record that was told whole. */
    let position = known ? Math.max(0, Math.floor(since / SLOTS) - 1) : journal.durable;
    const after = known ? since : 0;
    let level = false;
    let everLevel = false;
    let reading = false;
    let stopped = false;

    const send = (event: FeedEvent) => {
      if (event.seq > after && !stopped) client.send(event);
    };

    /** Reads until nothing is left. Whoever is level again takes records as they arrive. */
    async function read(): Promise<void> {
      if (reading || stopped) return;
      reading = true;
      level = false;
      try {
        while (!stopped && position < journal.durable) {
          skipAhead();
          try {
            await readOn();
          } catch (error) {
            if (!(error instanceof DamagedRecord)) throw error;
            passOver(error.sequence);
          }
        }
        level = everLevel = !stopped;
      } finally {
        reading = false;
      }
    }

    async function readOn(): Promise<void> {
      for await (const record of journal.read(position + 1)) {
        if (stopped) return;
        // Records between were removed from the log.
        if (record.follows !== undefined && record.sequence > position + 1) passOver(record.sequence - 1);
        for (const event of await eventsOf(record, outcome, hidden)) send(event);
        position = record.sequence;
        if (client.bufferedBytes() > maxBufferedBytes) {
          await drained();
          if (everLevel && journal.durable - position > maxLagRecords) return;
        }
      }
    }

    function skipAhead(): void {
      if (everLevel && journal.durable - position > maxLagRecords) passOver(journal.durable);
    }

    /** Goes on behind a record, and says how many were not told. */
    function passOver(sequence: number): void {
      const missed = sequence - position;
      position = sequence;
      const told = stats.event(position * SLOTS + SLOTS - 1, clock());
      send({ ...told, data: { ...told.data, missed } });
    }

    function tellUnknown(): void {
      const told = stats.event(position * SLOTS + SLOTS - 1, clock());
      send({ ...told, data: { ...told.data, unknownSince: true } });
    }

    async function drained(): Promise<void> {
      while (!stopped && client.bufferedBytes() > maxBufferedBytes / 4)
        await new Promise((resolve) => setTimeout(resolve, pollMs).unref());
    }

    const resume = () =>
      void read().catch(() => {
        // The journal closed under the reader, or its disk failed: the process is on its way out.
        stopped = true;
      });

    return {
      start() {
        if (unknownSince) tellUnknown();
        resume();
      },
      stop() {
        stopped = true;
      },
      arrive(record) {
        const next = level && record.sequence === position + 1 && client.bufferedBytes() <= maxBufferedBytes;
        const events = next ? eventsOf(record, outcome, hidden) : undefined;
        if (!Array.isArray(events)) return resume();
        for (const event of events) send(event);
        position = record.sequence;
      },
      tell(event) {
        if (level && client.bufferedBytes() <= maxBufferedBytes) send({ ...event, seq: position * SLOTS + SLOTS - 1 });
      },
    };
  }
}

interface Follower {
  start(): void;
  stop(): void;
  /** A record has become durable. */
  arrive(record: JournalRecord): void;
  /** Something that is not from the journal, to those that are level. */
  tell(event: FeedEvent): void;
}
