import type { FastifyRequest } from 'fastify';
import type { QueueBody, QueueFilter } from '../../domain/desk.ts';
import { bodyHash } from '../../intake/canonical.ts';
import { unfit } from '../../intake/text.ts';
import type { CaseView } from '../../projections/case-view.ts';
import type { DeskThing } from '../../projections/store.ts';
import type { Api } from '../api.ts';
import { NextCaseBody } from '../contract/desk.ts';
import { idempotencyKey, idempotentName, otherBody } from '../idempotency.ts';
import { nextId } from '../ids.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';
import { shownCase } from './cases.ts';
import { queueNamed } from './desk.ts';

/** How many of a queue are tried, should others take them at the same time. */
const TRIED = 20;
const ANY: QueueFilter = { rules: null, minAmount: null, maxAmount: null, minScore: null };

/** "Give me the next case": the most urgent that nobody has, of one queue or of all that one is a member of. */
export function caseNextRoutes(app: Api, services: Services): void {
  const { store, clock, commands } = services;

  app.post(
    '/api/queues/next',
    { config: { scope: 'review' }, schema: { hide: true, body: NextCaseBody } },
    async (request) => {
      const assignee = request.body.assignee ?? request.apiKey?.name;
      if (assignee === undefined) throw invalid('/assignee', 'is needed: without keys nobody has a name');
      const fault = unfit(assignee);
      if (fault) throw invalid('/assignee', fault);
      const queues = await read(services, () => queuesOf(request.body.queue, assignee));
      const asked = idempotencyKey(request);
      const name = asked && (await idempotentName(request, asked, services, 'c'));
      const attempts = { name, count: 0 };
      for (const queue of queues) {
        const taken = await take(request, queue, assignee, attempts);
        if (taken) return { case: taken, queue: queue && { id: queue.id, name: queue.name } };
      }
      return { case: null, queue: null };
    },
  );

  /** Undefined: all cases, of whoever is in no queue. */
  async function queuesOf(named: string | undefined, assignee: string): Promise<(DeskThing | undefined)[]> {
    if (named !== undefined) return [await queueNamed(services, '/queue', named)];
    const own = (await store.desk.all('queue')).filter(({ body }) => (body as QueueBody).members.includes(assignee));
    return own.length > 0 ? own : [undefined];
  }

  /** Of two who ask at once the log settles who has a case; the other one goes on to the one after it. */
  async function take(
    request: FastifyRequest,
    queue: DeskThing | undefined,
    assignee: string,
    attempts: { name: string | undefined; count: number },
  ) {
    const filter = queue ? (queue.body as QueueBody) : ANY;
    const hash = bodyHash(request.body ?? {});
    for (const { id: caseId, version } of await read(services, () => store.desk.free(filter, TRIED))) {
      const from = queue ? { queueId: queue.id, queue: queue.name } : {};
      const key = attempts.name ? `${attempts.name}.${attempts.count++}` : `c:${nextId(clock())}`;
      const data = { action: 'assign', caseId, version, assignee, ...from, by: request.apiKey?.id, bodyHash: hash };
      const { record, answer, replayed } = await commands.submit({ type: 'case', at: clock(), key, data });
      if (replayed && record.data.bodyHash !== hash) throw otherBody();
      if (answer.error === undefined) return shownCase(services, answer.body as unknown as CaseView);
    }
    return undefined;
  }
}
