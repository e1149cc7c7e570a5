import Type, { type TProperties, type TSchema } from 'typebox';
import { ERROR_CODES } from '../../domain/errors.ts';

/** Building blocks of the contract. The schemas are the validation, the types and the OpenAPI document at once. */

/** A description where there is one: what a name says by itself needs none. */
export const said = (description?: string) => (description === undefined ? {} : { description });

export function words<const T extends string>(values: readonly T[], description?: string) {
  return Type.Unsafe<T>({ type: 'string', enum: [...values], ...said(description) });
}

export const Identifier = Type.String({ minLength: 1, maxLength: 255, format: 'identifier' });
export const Id = (description?: string) => Type.String({ ...Identifier, ...said(description) });
export const Currency = Type.String({ format: 'currency' });
export const Time = (description?: string) => Type.String({ format: 'date-time', ...said(description) });
export const Ip = Type.String({ format: 'ip', maxLength: 45 });
export const Window = Type.String({ format: 'window', maxLength: 16 });
/** By `createdAt` in lists. */
export const SpanQuery = {
  from: Type.Optional(Type.String({ format: 'instant', maxLength: 64, description: 'RFC 3339, included' })),
  to: Type.Optional(Type.String({ format: 'instant', maxLength: 64, description: 'Not included' })),
};
export const Instant = Type.String({ format: 'instant', maxLength: 64, description: 'RFC 3339' });

/** Answers may gain fields, so none of them is closed. */
export function answer<T extends TProperties>(properties: T, description?: string) {
  return Type.Object(properties, { ...said(description), additionalProperties: true });
}

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'URN of the kind of problem' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: words(ERROR_CODES, 'One of a closed list'),
    detail: Type.String({ description: 'What happened, in words' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String({ description: 'JSON pointer' }),
          message: Type.String(),
          line: Type.Optional(Type.Integer({ minimum: 1 })),
          column: Type.Optional(Type.Integer({ minimum: 1 })),
          endLine: Type.Optional(Type.Integer()),
          endColumn: Type.Optional(Type.Integer()),
          suggestion: Type.Optional(Type.String()),
        }),
      ),
    ),
    requestId: Type.String(),
  },
  { description: 'RFC 9457 problem document', additionalProperties: false },
);

/** What a refusal says, by its status. */
export const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'Not JSON or UTF-8',
  401: 'No valid API key',
  403: 'The key lacks the scope, or there is none',
  404: 'Not found',
  409: 'Conflict with what is there',
  413: 'Body too large',
  415: 'Not application/json',
  422: '`errors` says what does not fit',
  429: 'See Retry-After',
  503: 'See Retry-After',
};

/** Problem answers by status, for a route's `response`. */
export function problems(...statuses: number[]): Record<string, unknown> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: PROBLEMS[status], content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
}

/** A JSON answer for a route's `response`. */
export function json(description: string, schema: TSchema, more: Record<string, unknown> = {}) {
  return { description, content: { 'application/json': { schema } }, ...more };
}

/** An answer that also comes as XML, where it is asked for. */
export function jsonOrXml(description: string, schema: TSchema) {
  return { description, content: { 'application/json': { schema }, 'application/xml': { schema: Type.String() } } };
}

/** A list that also comes as CSV: all there are without a `limit`, else a page with the next one's cursor in a header. */
export function list(description: string, item: TSchema) {
  return {
    description,
    headers: { 'x-next-cursor': { type: 'string' } },
    content: { 'application/json': { schema: Page(item) }, 'text/csv': { schema: Type.String() } },
  };
}

/** A table that also comes as CSV: its rows. */
export function table(description: string, schema: TSchema) {
  return { description, content: { 'application/json': { schema }, 'text/csv': { schema: Type.String() } } };
}

export function Page(item: TSchema) {
  return answer({ data: Type.Array(item), ...PageEnd.properties });
}

/** What a page says beside its items. */
export const PageEnd = answer({
  hasMore: Type.Boolean(),
  nextCursor: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
});

export const PageQuery = {
  bom: Type.Optional(words(['true', 'false'], 'CSV: begins with the mark of UTF-8')),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'Items a page' }),
  cursor: Type.Optional(Type.String({ format: 'cursor', description: '`nextCursor` of the page before' })),
};

/** Of what is bounded and in memory: all there are without a `limit`. */
export const AllQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'Items a page; all without it' })),
  cursor: PageQuery.cursor,
};

export const IdempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      ...Identifier,
      description:
        'Kept at least 24 h: the same body gets the stored answer, with `Idempotent-Replayed: true`; another one 409',
    }),
  ),
});
