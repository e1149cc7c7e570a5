import type { SlaStep } from '../domain/case-sla.ts';
import type { Clock } from '../domain/clock.ts';
import { AssayError } from '../domain/errors.ts';
import type { CaseData } from '../domain/records.ts';
import type { Commands } from './commands.ts';
import type { Log } from './log.ts';
import type { Projector } from './projector.ts';
import type { QueryStore } from './store.ts';

/**
 * Says that a case is due and nobody worked it: a record under a name of its own by case and time, so that of several processes
 * one records it, and in log order, so that what was worked first is not told.
 */
export interface CaseEscalation {
  start(): void;
  /** Resolves with how many were told now; what the database does not show yet comes at the next pass. */
  pass(): Promise<number>;
  close(): Promise<void>;
}

export interface CaseEscalationOptions {
  commands: Commands;
  projector: Projector;
  store: QueryStore;
  clock: Clock;
  log: Log;
  sla: readonly SlaStep[];
}

const PAGE = 200;

export function createCaseEscalation(options: CaseEscalationOptions): CaseEscalation {
  const { commands, projector, store, clock, log, sla } = options;
  const shortestMs = Math.min(...sla.map(({ withinMs }) => withinMs));
  const everyMs = Math.min(15_000, shortestMs / 60);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let closed = false;

  async function pass(): Promise<number> {
    await projector.settled();
    const found = await store.cases.overdue(clock(), PAGE);
    let told = 0;
    for (const { id, due } of found) {
      if (closed) break;
      const data: CaseData = { caseId: id, action: 'escalate', due };
      const entry = { type: 'case' as const, at: clock(), key: `c:${id}.due.${due}`, data: { ...data } };
      const { replayed, answer } = await commands.submit(entry);
      if (!replayed && answer.error === undefined) told++;
    }
    if (told > 0) log.info({ cases: told }, 'nobody worked them in time');
    return told;
  }

  function again(): void {
    if (closed) return;
    timer = setTimeout(() => {
      running = pass()
        .catch((error) => {
          // The database is away, or the log: the next pass finds them.
          if (!(error instanceof AssayError)) log.error({ err: error }, 'cases that are due are not told');
        })
        .then(again);
    }, everyMs);
    timer.unref();
  }

  return {
    start: again,
    pass,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
