import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { absenceId, type DeskData, type QueueBody as QueueRules } from '../../domain/desk.ts';
import { unfit } from '../../intake/text.ts';
import type { DeskThing } from '../../projections/store.ts';
import { actor } from '../actor.ts';
import type { Api } from '../api.ts';
import { sendCommand } from '../command.ts';
import {
  AbsenceBody,
  MemberParam,
  QueueBody,
  QueueChangeBody,
  TemplateBody,
  TemplateChangeBody,
} from '../contract/desk.ts';
import { IdParam } from '../contract/transactions.ts';
import { nextId } from '../ids.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';
import { instant, invalid } from '../window.ts';

const config = { scope: 'review' } as const;
const reading = { scope: 'read' } as const;
const schema = { hide: true } as const;

/** Queues, who is away, templates of notes: what a team sets up for its work. Not in the document. */
export function deskRoutes(app: Api, services: Services): void {
  const { store, keys, clock } = services;
  const send = (request: FastifyRequest, reply: FastifyReply, data: DeskData) => {
    for (const [path, text] of textsOf(data)) {
      const fault = unfit(text);
      if (fault) throw invalid(path, fault);
    }
    return sendCommand(services, request, reply, {
      ...{ type: 'desk', data: { ...data } },
      asked: { ...data, deskId: data.action === 'create' ? data.kind : data.deskId },
      followUp: async (body) => shown(body as unknown as DeskThing),
    });
  };
  const shown = ({ kind: _, body, ...thing }: DeskThing) => ({ ...thing, ...body, ...actor(keys, thing.by) });
  const made = (kind: DeskData['kind']) => `${kind}_${nextId(clock()).replaceAll('-', '')}`;

  app.get('/api/queues', { config: reading, schema }, async () => {
    const now = clock();
    const [queues, absences] = await read(services, () =>
      Promise.all([store.desk.all('queue'), store.desk.all('absence')]),
    );
    const away = absences.map(shown).filter((one) => {
      const { until } = one as unknown as { until: string | null };
      return until === null || Date.parse(until) > now;
    });
    const members = [...new Set(queues.flatMap(({ body }) => (body as QueueRules).members))];
    const [loads, open] = await read(services, () =>
      Promise.all([
        Promise.all(queues.map(({ body }) => store.desk.load(body as QueueRules, now))),
        store.desk.openOf(members),
      ]),
    );
    return {
      data: queues.map((queue, i) => ({ ...shown(queue), load: loads[i] })),
      absences: away,
      open: Object.fromEntries(members.map((member) => [member, open.get(member) ?? 0])),
    };
  });

  app.post('/api/queues', { config, schema: { ...schema, body: QueueBody } }, async (request, reply) => {
    const { name, ...body } = request.body;
    return send(request, reply, { deskId: made('queue'), kind: 'queue', action: 'create', name, body: rulesOf(body) });
  });

  app.put(
    '/api/queues/:id',
    { config, schema: { ...schema, params: IdParam, body: QueueChangeBody } },
    async (request, reply) => {
      const { name, version, ...body } = request.body;
      const { id: deskId } = request.params;
      return send(request, reply, { deskId, kind: 'queue', action: 'update', version, name, body: rulesOf(body) });
    },
  );

  app.delete('/api/queues/:id', { config, schema: { ...schema, params: IdParam } }, async (request, reply) =>
    send(request, reply, { deskId: request.params.id, kind: 'queue', action: 'delete' }),
  );

  app.put(
    '/api/queues/absences/:member',
    { config, schema: { ...schema, params: MemberParam, body: AbsenceBody } },
    async (request, reply) => {
      const { member } = request.params;
      const { until = null } = request.body;
      if (until !== null && instant('until', until) <= clock()) throw invalid('/until', 'must be a time to come');
      const body = { until: until === null ? null : new Date(instant('until', until)).toISOString() };
      return send(request, reply, { deskId: absenceId(member), kind: 'absence', action: 'create', name: member, body });
    },
  );

  app.delete(
    '/api/queues/absences/:member',
    { config, schema: { ...schema, params: MemberParam } },
    async (request, reply) =>
      send(request, reply, { deskId: absenceId(request.params.member), kind: 'absence', action: 'delete' }),
  );

  app.get('/api/templates', { config: reading, schema }, async () => ({
    data: (await read(services, () => store.desk.all('template'))).map(shown),
  }));

  app.post('/api/templates', { config, schema: { ...schema, body: TemplateBody } }, async (request, reply) => {
    const { name, text } = request.body;
    return send(request, reply, { deskId: made('template'), kind: 'template', action: 'create', name, body: { text } });
  });

  app.put(
    '/api/templates/:id',
    { config, schema: { ...schema, params: IdParam, body: TemplateChangeBody } },
    async (request, reply) => {
      const { name, text, version } = request.body;
      const { id: deskId } = request.params;
      return send(request, reply, { deskId, kind: 'template', action: 'update', version, name, body: { text } });
    },
  );

  app.delete('/api/templates/:id', { config, schema: { ...schema, params: IdParam } }, async (request, reply) =>
    send(request, reply, { deskId: request.params.id, kind: 'template', action: 'delete' }),
  );
}

/** A queue by its id or its name. Throws `invalid_request` at `path` where there is none. */
export async function queueNamed({ store }: Services, path: string, named: string): Promise<DeskThing> {
  const queues = await store.desk.all('queue');
  const found = queues.find(({ id }) => id === named) ?? queues.find(({ name }) => name === named);
  if (!found) throw invalid(path, named === '' ? 'names no queue' : `there is no queue ${named}`);
  return found;
}

function rulesOf(body: Omit<Static<typeof QueueBody>, 'name'>): QueueRules {
  const { rules = null, minAmount = null, maxAmount = null, minScore = null, members, mode, capacity = null } = body;
  if (minAmount !== null && maxAmount !== null && maxAmount <= minAmount)
    throw invalid('/maxAmount', 'must be above minAmount: it is the amount below which cases are');
  // An empty list asks for no rule.
  return { rules: rules?.length ? rules : null, minAmount, maxAmount, minScore, members, mode, capacity };
}

function textsOf({ name, body }: DeskData): [path: string, text: string][] {
  const { text, members = [], rules } = (body ?? {}) as { text?: string; members?: string[]; rules?: string[] | null };
  return [
    ...(name === undefined ? [] : ([['/name', name]] as [string, string][])),
    ...(text === undefined ? [] : ([['/text', text]] as [string, string][])),
    ...members.map((member, i): [string, string] => [`/members/${i}`, member]),
    ...(rules ?? []).map((rule, i): [string, string] => [`/rules/${i}`, rule]),
  ];
}
