import { quarterOf } from '../api/ledger-period.ts';
import { traOf } from '../api/ledger-reading.ts';
import type { Services } from '../api/services.ts';
import { createEuros } from '../domain/ledgers/euros.ts';
import { DAY_MS } from '../domain/rates.ts';
import type { ScaAdvisor } from '../engine/sca.ts';

/** How often it is seen whether the database is there; how long figures stand at least before the ledger is read anew. */
const LOOK_MS = 60_000;
const STANDS_MS = 3_600_000;
/** A reading takes at most such a part of the time. */
const PART = 20;

export interface TraFigures {
  start(): void;
  /** Looks now: reads the ledger where it is due, and tells the advisor. Never throws. */
  look(): Promise<void>;
  /** A reading that is under way ends when the store is closed. */
  close(): void;
}

/**
 * Keeps an advisor told of the running quarter's ledger, off the path of decisions. Figures are of that quarter and a day old at most;
 * while the database is away, or behind, there are none.
 */
export function openTraFigures(services: Services, advisor: Pick<ScaAdvisor, 'tell'>): TraFigures {
  const { clock, config, log, store, rules } = services;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let closed = false;
  let said = '';
  /** Until when the figures stand; 0 where there are none. */
  let dueAt = 0;

  const say = (text: string, more: object = {}) => {
    if (text !== said) log.info(more, text);
    said = text;
  };

  async function read(): Promise<void> {
    const began = clock();
    const quarter = quarterOf(undefined, config.ledgerTimeZone, began);
    const upTo = (await traOf(services, quarter, began)).exemptUpTo();
    const took = clock() - began;
    dueAt = Math.min(quarter.to, clock() + Math.max(STANDS_MS, PART * took));
    advisor.tell({ upTo, until: Math.min(quarter.to, began + DAY_MS), eurosOf: createEuros(rules.rates) });
    const told = `${upTo.card} EUR by card, ${upTo.credit_transfer} EUR by credit transfer`;
    say(`payments are advised of the exemption for low risk up to ${told}`);
  }

  async function lookNow(): Promise<void> {
    try {
      if (clock() < dueAt) await store.ping();
      else await read();
    } catch (error) {
      if (closed) return;
      dueAt = 0;
      advisor.tell(undefined);
      say('no payment is advised of the exemption for low risk: the ledger cannot be read', { err: error });
    }
  }

  const look = () => (looking ??= lookNow().finally(() => (looking = undefined)));
  const turn = () =>
    void look().then(() => {
      if (!closed) timer = setTimeout(turn, LOOK_MS).unref();
    });
  return {
    start: turn,
    look,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
