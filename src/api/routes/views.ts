import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ViewData } from '../../domain/saved-view.ts';
import { actor } from '../actor.ts';
import type { Api } from '../api.ts';
import { sendCommand } from '../command.ts';
import { IdParam } from '../contract/transactions.ts';
import { ViewBody, ViewChange } from '../contract/views.ts';
import { nextId } from '../ids.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';

const config = { scope: 'review' } as const;
const schema = { hide: true } as const;

/** Saved views of the list of payments, shared or one's own: for the dashboard, and not in the document. */
export function viewRoutes(app: Api, services: Services): void {
  const { store, keys, clock } = services;
  const shown = <T extends { by: string | null }>(view: T, mine: string | undefined) => ({
    ...view,
    ...actor(keys, view.by),
    mine: view.by === (mine ?? null),
  });
  const send = (request: FastifyRequest, reply: FastifyReply, data: ViewData) =>
    sendCommand(services, request, reply, {
      ...{ type: 'view', data: { ...data }, asked: { ...data, viewId: data.action === 'create' ? '' : data.viewId } },
      followUp: async (body) => shown(body as { by: string | null }, request.apiKey?.id),
    });

  app.get('/api/views', { config: { scope: 'read' }, schema }, async (request) => {
    const mine = request.apiKey?.id;
    const views = await read(services, () => store.savedViews(mine ?? null));
    return { data: views.map((view) => shown(view, mine)) };
  });

  app.post('/api/views', { config, schema: { ...schema, body: ViewBody } }, async (request, reply) =>
    send(request, reply, {
      ...{ viewId: `view_${nextId(clock()).replaceAll('-', '')}`, action: 'create' },
      ...request.body,
    }),
  );

  app.put(
    '/api/views/:id',
    { config, schema: { ...schema, params: IdParam, body: ViewChange } },
    async (request, reply) => send(request, reply, { viewId: request.params.id, action: 'update', ...request.body }),
  );

  app.delete('/api/views/:id', { config, schema: { ...schema, params: IdParam } }, async (request, reply) =>
    send(request, reply, { viewId: request.params.id, action: 'delete' }),
  );
}
