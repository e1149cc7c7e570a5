import Type from 'typebox';
import { WEBHOOK_TYPES } from '../../domain/webhook.ts';
import { answer, said, Time, words } from './common.ts';
import { documented } from './documented.ts';

const url = Type.String({
  format: 'url',
  minLength: 1,
  maxLength: 2_048,
  description: 'Where events are posted: http or https',
});
export const eventType = words(WEBHOOK_TYPES);
const types = Type.Array(eventType, {
  minItems: 1,
  maxItems: WEBHOOK_TYPES.length,
  description: 'Which ones; without, all',
});
const description = Type.String({ maxLength: 255 });

export const WebhookBody = Type.Object({
  url,
  types: Type.Optional(types),
  description: Type.Optional(description),
});
export const WebhookChange = Type.Object(
  { url: Type.Optional(url), types: Type.Optional(types), description: Type.Optional(description) },
  { minProperties: 1 },
);

const orNull = (description?: string) => Type.Unsafe<string | null>({ type: ['string', 'null'], ...said(description) });

export const WebhookShown = answer(
  {
    id: Type.String(),
    url: Type.String(),
    types: Type.Array(eventType),
    description: orNull(),
    createdAt: Time(),
    updatedAt: Time(),
    delivery: answer(
      {},
      '{state: delivering | failing | paused, seq, lagRecords, failures, failingSince, nextAttemptAt, lastSuccessAt, lastError, lastErrorAt, pausedAt}',
    ),
  },
  'A webhook, without its secret',
);
export const WebhookCreated = Type.Intersect([WebhookShown, answer({ secret: Type.String() }, '')]);
export const WebhookList = answer({ data: Type.Array(WebhookShown) });
export const WebhookTested = answer({
  delivered: Type.Boolean(),
  status: Type.Optional(Type.Integer()),
  error: Type.Optional(Type.String()),
  body: Type.Optional(Type.String()),
  latencyMs: Type.Integer(),
});

/** What a webhook is sent, and every client of `/ws`. */
export const Event = answer(
  {
    seq: Type.Integer({ format: 'int64' }),
    type: eventType,
    at: Time(),
    data: Type.Unsafe<Record<string, unknown>>({ type: 'object', description: 'What it is about, by its type' }),
  },
  'Something that happened',
);

const signed = {
  'webhook-id': 'The same for every attempt of an event',
  'webhook-timestamp': 'Seconds since 1970, when it was sent',
  'webhook-signature': '`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body` with the secret (Standard Webhooks)',
};

/**
 * An event, without being its model: openapi-generator's typescript-fetch (7.16 and 7.25) writes a file that does not compile for
 * a webhook whose body is one.
 */
const SENT = {
  type: 'object',
  additionalProperties: true,
  description: 'An `Event`',
  dependentSchemas: { seq: documented(Event) },
};

/** The document's `webhooks`: every event comes so, whatever its type. Any answer of 2xx takes it. */
export const WEBHOOKS = {
  event: {
    post: {
      operationId: 'onEvent',
      // Not that of the routes: openapi-generator would write one file over the other.
      tags: ['events'],
      summary: 'An event that a webhook asked for: signed, in order, at least once',
      parameters: Object.entries(signed).map(([name, description]) => ({
        ...{ in: 'header', name, required: true, description, schema: { type: 'string' } },
      })),
      requestBody: { required: true, content: { 'application/json': { schema: SENT } } },
      responses: { '2XX': { description: 'Taken; anything else and it is sent again' } },
    },
  },
};
