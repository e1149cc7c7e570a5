import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { AssayError } from '../../domain/errors.ts';
import type { WebhookData } from '../../domain/records.ts';
import { summary } from '../../intake/faults.ts';
import { unfit } from '../../intake/text.ts';
import type { RecordType } from '../../journal/journal.ts';
import { SLOTS } from '../../projections/feed-events.ts';
import { isDelivered } from '../../projections/webhooks/sender.ts';
import { newSecret } from '../../projections/webhooks/signature.ts';
import type { WebhookView } from '../../projections/webhooks/store.ts';
import type { Api } from '../api.ts';
import { sendCommand } from '../command.ts';
import { json, problems } from '../contract/common.ts';
import { IdParam } from '../contract/transactions.ts';
import {
  WebhookBody,
  WebhookChange,
  WebhookCreated,
  WebhookList,
  WebhookShown,
  WebhookTested,
} from '../contract/webhooks.ts';
import { nextId } from '../ids.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';

const tags = ['webhooks'];
const config = { scope: 'admin' } as const;
const params = IdParam;

export function webhookRoutes(app: Api, services: Services): void {
  const { store, journal, clock, webhooks } = services;

  const shown = ({ delivery, ...webhook }: WebhookView): Static<typeof WebhookShown> => {
    const lagRecords = Math.max(0, journal.durable - Math.floor(delivery.seq / SLOTS));
    return { ...webhook, types: [...webhook.types], delivery: { ...delivery, lagRecords } };
  };
  const find = async (id: string) => {
    const view = await store.webhooks.get(id);
    return view ? shown(view) : missing(id);
  };
  const send = (type: RecordType, request: FastifyRequest, reply: FastifyReply, data: WebhookData) =>
    sendCommand(services, request, reply, {
      ...{ type, data: { ...data }, asked: data, followUp: ({ id }) => find(id as string) },
    });

  app.post(
    '/api/webhooks',
    {
      config,
      schema: {
        operationId: 'createWebhook',
        tags,
        summary: 'Register a webhook; its signing secret is shown this once',
        description: 'It is told of what happens from then on.',
        body: WebhookBody,
        response: { 201: json('Registered', WebhookCreated), ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const asked = checked(request.body, webhooks);
      const data = { webhookId: `wh_${nextId(clock()).replaceAll('-', '')}`, ...asked };
      return sendCommand(services, request, reply, {
        ...{ type: 'webhook.create', data, personal: { secret: newSecret() }, asked },
        async followUp({ id }) {
          // A repetition is told the secret that counts, which is not the one made just now.
          const target = await store.webhooks.target(id as string);
          return { ...(await find(id as string)), secret: target?.secret };
        },
      });
    },
  );

  app.get(
    '/api/webhooks',
    {
      config,
      schema: {
        operationId: 'listWebhooks',
        tags,
        summary: 'List webhooks and how their deliveries go',
        response: { 200: json('The webhooks', WebhookList), ...problems(401, 403, 429, 503) },
      },
    },
    async () => ({ data: (await read(services, () => store.webhooks.list())).map(shown) }),
  );

  app.get(
    '/api/webhooks/:id',
    {
      config,
      schema: {
        operationId: 'getWebhook',
        tags,
        summary: 'Read a webhook and how its deliveries go',
        params,
        response: { 200: json('The webhook', WebhookShown), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => read(services, () => find(request.params.id)),
  );

  app.put(
    '/api/webhooks/:id',
    {
      config,
      schema: {
        operationId: 'updateWebhook',
        tags,
        summary: 'Change a webhook’s url, types or description',
        params,
        body: WebhookChange,
        response: { 200: json('Changed', WebhookShown), ...problems(400, 401, 403, 404, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const asked = checked(request.body, webhooks);
      return send('webhook.update', request, reply, { webhookId: request.params.id, ...asked });
    },
  );

  app.delete(
    '/api/webhooks/:id',
    {
      config,
      schema: {
        operationId: 'deleteWebhook',
        tags,
        summary: 'Delete a webhook',
        params,
        response: { 204: { description: 'Deleted' }, ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request, reply) => send('webhook.delete', request, reply, { webhookId: request.params.id }),
  );

  app.post(
    '/api/webhooks/:id/resume',
    {
      config,
      schema: {
        operationId: 'resumeWebhook',
        tags,
        summary: 'Try a paused or failing webhook again at once',
        params,
        response: { 200: json('Resumed', WebhookShown), ...problems(401, 403, 404, 409, 422, 429, 503) },
      },
    },
    async (request, reply) => send('webhook.resume', request, reply, { webhookId: request.params.id }),
  );

  app.post(
    '/api/webhooks/:id/test',
    {
      config,
      schema: {
        operationId: 'testWebhook',
        tags,
        summary: 'Send an event of the type `webhook.test`, and tell what came back',
        params,
        response: { 200: json('What came back', WebhookTested), ...problems(401, 403, 404, 409, 422, 429, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const attempt = await read(services, () => webhooks.test(id));
      if (!attempt) return missing(id);
      const { status, error, body, latencyMs } = attempt;
      return { delivered: isDelivered(attempt), status, error, body, latencyMs };
    },
  );
}

function missing(id: string): never {
  throw new AssayError('not_found', `There is no webhook ${id}.`);
}

/** What was asked, with the URL in its canonical form. */
function checked<T extends Partial<Static<typeof WebhookBody>>>(body: T, webhooks: Services['webhooks']): T {
  const { url, types, description } = body;
  const target = url === undefined ? undefined : URL.parse(url);
  const errors = [
    { path: '/url', message: url === undefined ? undefined : unfitUrl(target, webhooks) },
    { path: '/description', message: description === undefined ? undefined : unfit(description) },
  ].flatMap(({ path, message }) => (message === undefined ? [] : [{ path, message }]));
  if (errors.length > 0) throw new AssayError('invalid_request', summary(errors), { errors });
  return {
    ...(target ? { url: target.href } : {}),
    ...(types ? { types: [...new Set(types)] } : {}),
    ...(description === undefined ? {} : { description }),
  } as T;
}

/** A name is looked at when it is called, for until then it may come to mean another address. */
function unfitUrl(url: URL | null | undefined, webhooks: Services['webhooks']): string | undefined {
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be an http or https URL';
  if (url.username || url.password) return 'must hold no user and no password: events are signed';
  return webhooks.allows(url) ? undefined : 'must be of the public Internet, unless WEBHOOK_PRIVATE_ADDRESSES is on';
}
