import type { DecisionData } from '../../domain/records.ts';
import type { Journal, JournalRecord } from '../../journal/journal.ts';
import { eventOfRecord } from '../event.ts';
import type { Serving } from '../judge.ts';
import type { Promotion, Roster } from '../roster.ts';
import { type Transfer, transferOf } from '../transfer.ts';
import { createTally, type Fault, type Tally } from './tally.ts';

/**
 * Watches the champion beside the version before it, off the path: where it fails, has one score for all, is slow, or shifts alone, the
 * version before decides again. Once: it acts no more until a person has promoted a version, and never on one that a person put
 * back after it had acted. A model that decides for a share is watched beside the champion in the same way: it is ended where it does
 * that, and decides for more while it does not.
 */
export interface Guard {
  /** A model could not judge a payment: told by the path, which went on by rules alone. */
  failed(version: string, at: number): void;
  /** Looks at the last minute; the journal's owner is asked for nothing else. Resolves when a fall-back is durable. */
  look(): Promise<void>;
  state(): GuardState;
  close(): void;
}

/** What it would do, for people. */
export interface GuardState {
  /** It would fall back: a person promoted what decides, and nothing was done about that yet. */
  armed: boolean;
  /** The version to fall back to; null where there is none that serves. */
  before: string | null;
  /** What the last look saw of the champion, in words. */
  seen: string | null;
  /** Of what decides for a share: payments it decided in this step, of those that the next one asks for. */
  canary: { decided: number; needed: number; seen: string | null } | null;
}

export interface GuardPorts {
  journal: Pick<Journal, 'subscribe'>;
  roster: Pick<Roster, 'champion' | 'promotions' | 'servingOf' | 'promote'> & Partial<CanaryRoster>;
  clock: () => number;
  stopwatch: () => number;
  log: { error(fields: object, message: string): void };
  everyMs?: number;
}

type CanaryRoster = Pick<Roster, 'canary' | 'canaryServing' | 'raiseCanary' | 'stopCanary'>;

const LOOK_MS = 5_000;
/** Payments that a model has to decide in a step before it decides for more. */
const ENOUGH_TO_RAISE = 100;
/** Payments that are judged beside in a look, spread over it by what came before. */
const MOST_WAITING = 100;
/** Looks in a row that must see the same: what comes and goes is no fault of a model. */
const LOOKS = 2;

interface Watched {
  /** What is watched: the champion, or what decides for a share. */
  champion: Serving;
  before: Serving | undefined;
  transfer: Transfer | undefined;
  tally: Tally;
  fault: Fault | undefined;
  looks: number;
  waiting: JournalRecord[];
  /** Since the last look. */
  seen: number;
  /** Decided in the step of a canary that began at a time. */
  decided: number;
  since: number;
  /** There is nothing to fall back to, or it could not be done: said once. */
  gaveUp: boolean;
}

/** What decided before a version did; null where it was the first. That it was promoted again while it decided changes nothing. */
export function decidedBefore(
  promotions: readonly Pick<Promotion, 'version' | 'previous'>[],
  version: string,
): string | null {
  return promotions.findLast((one) => one.version === version && one.previous !== version)?.previous ?? null;
}

/** By what was promoted so far: `fellBack` are the guard's own. */
export function isArmed(promotions: readonly Pick<Promotion, 'version' | 'previous' | 'fellBack'>[]): boolean {
  const last = promotions.at(-1);
  if (!last || last.fellBack) return false;
  return !promotions.some(({ fellBack, previous }) => fellBack && previous === last.version);
}

export function createGuard(ports: GuardPorts): Guard {
  const { roster, clock, stopwatch, log } = ports;
  let watched: Watched | undefined;
  let watchedCanary: Watched | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  /** Anew with every champion, which then has no past. */
  function current(): Watched | undefined {
    const { champion } = roster;
    if (watched && watched.champion === champion) return watched;
    // What it fell back from is nothing to fall back to.
    const chosen = roster.promotions.filter(({ fellBack }) => !fellBack);
    const previous = champion && decidedBefore(chosen, champion.model.version);
    watched = champion && watch(champion, previous ? servingOf(previous) : undefined);
    return watched;
  }

  function currentCanary(): Watched | undefined {
    const { canaryServing: serving, champion } = roster;
    if (!serving) watchedCanary = undefined;
    else if (watchedCanary?.champion !== serving || watchedCanary.before !== champion)
      watchedCanary = watch(serving, champion);
    return watchedCanary;
  }

  function watch(champion: Serving, before: Serving | undefined): Watched {
    const transfer = before && transferOf(champion, before);
    const usable = transfer?.missing.length === 0 ? transfer : undefined;
    const fresh = { tally: createTally(), fault: undefined, looks: 0, gaveUp: false };
    return { champion, before, transfer: usable, ...fresh, waiting: [], seen: 0, decided: 0, since: 0 };
  }

  /** By the version that decided. */
  function watchedOf(version: string | undefined): Watched | undefined {
    return [current(), currentCanary()].find((one) => one !== undefined && one.champion.model.version === version);
  }

  function servingOf(version: string): Serving | undefined {
    try {
      return roster.servingOf(version);
    } catch {
      return undefined;
    }
  }

  const stop = ports.journal.subscribe((record) => {
    if (record.type !== 'decision') return;
    const { decision } = record.data as unknown as DecisionData;
    const of = watchedOf(decision.model?.version);
    if (!of) return;
    of.tally.count(record.at, false);
    of.decided++;
    if (!record.vector) return;
    // Of what comes between two looks any is as likely to be kept.
    of.seen++;
    if (of.waiting.length < MOST_WAITING) of.waiting.push(record);
    else if (record.sequence % of.seen < MOST_WAITING) of.waiting[record.sequence % MOST_WAITING] = record;
  });

  function judgeBoth(record: JournalRecord, { champion, before, transfer, tally }: Watched): void {
    if (!before || !transfer || !record.vector) return;
    const other = new Float64Array(before.features.names.length);
    transfer.apply(record.vector, eventOfRecord(record, []), other);
    const own = timed(() => champion.model.calibrate(champion.model.score(record.vector!)));
    const others = timed(() => before.model.calibrate(before.model.score(other)));
    const recorded = (record.data as unknown as DecisionData).decision.probability;
    tally.add(record.at, { ...own, probability: recorded }, others);
  }

  function timed(judge: () => number) {
    const began = stopwatch();
    const probability = judge();
    return { probability, tookMs: stopwatch() - began };
  }

  async function look(): Promise<void> {
    const of = current();
    const fault = of && lookAt(of);
    if (of && fault && !of.gaveUp && isArmed(roster.promotions)) await fallBack(of, fault);
    const share = currentCanary();
    if (share) await lookAtCanary(share);
  }

  /** A fault that is to be acted on; what comes and goes is none. */
  function lookAt(of: Watched): Fault | undefined {
    const records = of.waiting;
    of.waiting = [];
    of.seen = 0;
    for (const record of records) judgeBoth(record, of);
    const fault = of.tally.verdict(clock());
    of.looks = fault && fault.kind === of.fault?.kind ? of.looks + 1 : 1;
    of.fault = fault;
    return fault && (fault.kind === 'broken' || of.looks >= LOOKS) ? fault : undefined;
  }

  async function lookAtCanary(of: Watched): Promise<void> {
    const { canary } = roster.canary ?? { canary: null };
    const fault = lookAt(of);
    if (!canary) return;
    if (of.since !== canary.since) {
      of.since = canary.since;
      of.decided = 0;
    }
    if (fault && !of.gaveUp) {
      of.gaveUp = true;
      const reason = `Model ${canary.version} decides for no share any more: ${fault.message}.`;
      await roster.stopCanary!(undefined, reason, true);
      log.error({ version: canary.version }, reason);
      return;
    }
    const isDue = clock() >= canary.since + canary.minutes * 60_000 && of.decided >= ENOUGH_TO_RAISE;
    // One look in doubt is enough to wait.
    if (isDue && of.fault === undefined) await roster.raiseCanary!();
  }

  async function fallBack(of: Watched, { message }: Fault): Promise<void> {
    const { version } = of.champion.model;
    const reason = `Model ${version} fell back: ${message}.`;
    of.gaveUp = true;
    if (!of.before) {
      log.error({ version }, `${reason} There is no version before it: what it fails on is decided by rules alone`);
      return;
    }
    try {
      await roster.promote(of.before.model.version, undefined, reason, true);
      log.error({ version, to: of.before.model.version }, reason);
    } catch (error) {
      log.error({ err: error, version }, 'the guard could not fall back');
    }
  }

  function again(): void {
    if (closed) return;
    const lookAgain = () =>
      void look()
        .catch((error) => log.error({ err: error }, 'the guard could not look'))
        .then(again);
    timer = setTimeout(lookAgain, ports.everyMs ?? LOOK_MS);
    timer.unref();
  }
  again();

  return {
    failed(version, at) {
      watchedOf(version)?.tally.count(at, true);
    },
    look,
    state() {
      const of = current();
      const share = currentCanary();
      const inStep = share && share.since === roster.canary?.canary?.since ? share.decided : 0;
      return {
        armed: of?.before !== undefined && isArmed(roster.promotions),
        before: of?.before?.model.version ?? null,
        seen: of?.fault?.message ?? null,
        canary: share ? { decided: inStep, needed: ENOUGH_TO_RAISE, seen: share.fault?.message ?? null } : null,
      };
    },
    close() {
      closed = true;
      clearTimeout(timer);
      stop();
    },
  };
}
