import type { Clock } from '../domain/clock.ts';
import { nextInTurn, type QueueBody } from '../domain/desk.ts';
import type { CaseData } from '../domain/records.ts';
import type { Commands } from './commands.ts';
import type { Log } from './log.ts';
import { createPasses, type Passes } from './passes.ts';
import type { Projector } from './projector.ts';
import type { DeskThing, QueryStore } from './store.ts';

export interface CaseDealingOptions {
  commands: Commands;
  projector: Projector;
  store: QueryStore;
  clock: Clock;
  log: Log;
}

const EVERY_MS = 3_000;
/** Of a queue, in one pass. */
const PAGE = 100;

/**
 * Gives cases of round-robin queues to their members in turn: a record under a name of its own by case and version, so that of
 * several processes one gives it, and with the version that was seen, so that what somebody took meanwhile stays theirs.
 */
export function createCaseDealing({ commands, projector, store, clock, log }: CaseDealingOptions): Passes {
  async function once(isClosed: () => boolean): Promise<number> {
    const queues = (await store.desk.all('queue')).filter(({ body }) => (body as QueueBody).mode === 'round-robin');
    if (queues.length === 0) return 0;
    await projector.settled();
    let given = 0;
    for (const queue of queues) if (!isClosed()) given += await deal(queue, isClosed);
    if (given > 0) log.info({ cases: given }, 'given in turn');
    return given;
  }

  async function deal({ id: queueId, name: queue, body, turn }: DeskThing, isClosed: () => boolean): Promise<number> {
    const { members, capacity, ...filter } = body as QueueBody;
    const free = await store.desk.free(filter, PAGE);
    if (free.length === 0) return 0;
    const [away, open] = await Promise.all([store.desk.away(clock()), store.desk.openOf(members)]);
    let last = turn;
    let given = 0;
    for (const { id, version } of free) {
      const mayHave = (member: string) =>
        !away.has(member) && (capacity === null || (open.get(member) ?? 0) < capacity);
      const assignee = nextInTurn(members, last, mayHave);
      if (assignee === undefined || isClosed()) break;
      const data: CaseData = { action: 'assign', caseId: id, version, assignee, queueId, queue, dealt: true };
      const entry = { type: 'case' as const, at: clock(), key: `c:${id}.dealt.${version}`, data: { ...data } };
      const { replayed, answer } = await commands.submit(entry);
      // Another process gave it, or somebody took it.
      if (replayed || answer.error !== undefined) continue;
      last = assignee;
      open.set(assignee, (open.get(assignee) ?? 0) + 1);
      given++;
    }
    return given;
  }

  return createPasses({ once, everyMs: EVERY_MS, failed: 'cases are not given in turn', log });
}
