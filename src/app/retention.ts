import { setTimeout as sleep } from 'node:timers/promises';
import type pino from 'pino';
import type { Clock } from '../domain/clock.ts';
import type { Backtests } from '../engine/backtest/backtests.ts';
import type { Challengers } from '../engine/challengers.ts';
import type { Drift } from '../engine/drift/drift.ts';
import type { Journal } from '../journal/journal.ts';
import { unlessRemoved } from '../journal/removed.ts';
import { SLOTS } from '../projections/feed-events.ts';
import type { Projector } from '../projections/projector.ts';
import type { Replica } from '../projections/replica/replica.ts';
import type { QueryStore } from '../projections/store.ts';
import type { Base } from './base.ts';
import type { Core } from './core.ts';

/** Cuts what is older than the days that the journal is kept, as far as nobody needs it. */
export interface Retention {
  /** Resolves with how many segments went. */
  pass(): Promise<number>;
  close(): Promise<void>;
}

/** Somebody who reads the log, and the last sequence that they have no more need of. */
export interface Place {
  who: string;
  through: number;
}

/** What reads the log beside those who decide. */
export interface Readers {
  core: Pick<Core, 'state' | 'erasures' | 'mirror'>;
  projector: Projector;
  store: QueryStore;
  replica: Replica | undefined;
  challengers: Challengers;
  backtests: Backtests;
  drift: Drift;
}

export async function placesOf(journal: Journal, readers: Readers): Promise<Place[] | undefined> {
  const { core, projector, store, replica, challengers, backtests, drift } = readers;
  if (!projector.healthy || core.erasures.isWorking || backtests.jobs.isBusy) return undefined;
  await drift.ready();
  const undecided = [...core.state.undecided.values()].map(({ sequence }) => sequence - 1);
  const copy = replica?.stats();
  return [
    { who: 'the database', through: projector.applied },
    { who: 'a transaction that is not decided yet', through: Math.min(journal.durable, ...undecided) },
    { who: 'the challenger', through: challengers.position ?? journal.durable },
    ...(core.mirror ? [{ who: 'the mirror', through: core.mirror.through() }] : []),
    { who: 'the copy in Convex', through: journal.durable - (copy?.lagRecords ?? 0) },
    ...(await store.webhooks.list()).map(({ id, delivery }) => ({
      who: `webhook ${id}, which is ${delivery.state}`,
      through: Math.floor(delivery.seq / SLOTS) - 1,
    })),
  ];
}

export interface RetentionOptions {
  journal: Journal;
  base: Base;
  days: number;
  /** Of all who read the log; undefined where one of them does not say now. */
  places(): Promise<Place[] | undefined>;
  clock: Clock;
  log: pino.Logger;
  everyMs?: number;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 600_000;

export function openRetention(options: RetentionOptions): Retention {
  const { journal, base, days, places, clock, log, everyMs = EVERY_MS } = options;
  const closing = new AbortController();
  let told: string | undefined;

  async function pass(): Promise<number> {
    const beforeAt = clock() - days * DAY_MS;
    const first = await unlessRemoved(journal.get(journal.status().begins ?? 1));
    if (!first || first.at >= beforeAt) return 0;
    const all = await places();
    if (!all) return 0;
    const slowest = all.reduce((least, one) => (one.through < least.through ? one : least));
    const verified = await base.verified();
    const cut = await journal.cut!({ beforeAt, through: Math.min(slowest.through, verified) });
    if (cut > 0) {
      const { begins = 1 } = journal.status();
      await base.forget(begins);
      log.info({ segments: cut, begins, days }, 'old segments were cut out of the journal');
    } else if (verified < slowest.through) {
      // Two of them must cover what goes: this one, and one at the next pass.
      await base.take();
    } else tell(slowest);
    return cut;
  }

  /** Once for each that stands in the way: a webhook that is paused for ever would keep the log for ever. */
  function tell({ who, through }: Place): void {
    if (told === who || through >= journal.durable) return;
    told = who;
    log.warn({ who, through, durable: journal.durable }, 'the journal is not cut yet: this has not read it');
  }

  const running = (async () => {
    for (;;) {
      await sleep(everyMs, undefined, { signal: closing.signal, ref: false });
      await pass().catch((error) => log.warn({ err: error }, 'the journal is not cut; it is tried again'));
    }
  })().catch(() => {
    // Closed.
  });

  return {
    pass,
    async close() {
      closing.abort();
      await running;
    },
  };
}
