import type { SlaStep } from '../domain/case-sla.ts';
import type { Clock } from '../domain/clock.ts';
import type { CaseData } from '../domain/records.ts';
import type { Commands } from './commands.ts';
import type { Log } from './log.ts';
import { createPasses, type Passes } from './passes.ts';
import type { Projector } from './projector.ts';
import type { QueryStore } from './store.ts';

export interface CaseEscalationOptions {
  commands: Commands;
  projector: Projector;
  store: QueryStore;
  clock: Clock;
  log: Log;
  sla: readonly SlaStep[];
}

const PAGE = 200;

/**
 * Says that a case is due and nobody worked it: a record under a name of its own by case and time, so that of several processes
 * one records it, and in log order, so that what was worked first is not told.
 */
export function createCaseEscalation(options: CaseEscalationOptions): Passes {
  const { commands, projector, store, clock, log, sla } = options;
  const shortestMs = Math.min(...sla.map(({ withinMs }) => withinMs));
  const everyMs = Math.min(15_000, shortestMs / 60);

  async function once(isClosed: () => boolean): Promise<number> {
    await projector.settled();
    const found = await store.cases.overdue(clock(), PAGE);
    let told = 0;
    for (const { id, due } of found) {
      if (isClosed()) break;
      const data: CaseData = { caseId: id, action: 'escalate', due };
      const entry = { type: 'case' as const, at: clock(), key: `c:${id}.due.${due}`, data: { ...data } };
      const { replayed, answer } = await commands.submit(entry);
      if (!replayed && answer.error === undefined) told++;
    }
    if (told > 0) log.info({ cases: told }, 'nobody worked them in time');
    return told;
  }

  return createPasses({ once, everyMs, failed: 'cases that are due are not told', log });
}
