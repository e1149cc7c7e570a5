import type { Operations } from './api.generated.ts';
import { type FeedEvent, type FeedOptions, feed } from './feed.ts';
import { type ClientOptions, send } from './send.ts';

export type * from './api.generated.ts';
export { AssayError, AssayUnreachable } from './errors.ts';
export type { FeedEvent, FeedOptions } from './feed.ts';
export type { ClientOptions } from './send.ts';
export { type Delivery, verifyWebhook } from './webhook.ts';

/** `POST /api/transactions` and the like. */
export type Route = keyof Operations;

/** What a route takes: what it does not have cannot be given, what it needs must be. */
export type Given<R extends Route> = Part<'path', Operations[R]['path']> &
  Part<'query', Operations[R]['query']> &
  Part<'body', Operations[R]['body']> & {
    signal?: AbortSignal;
    /** One of your own, to go on with after a restart; else each call of a POST gets one, the same for its repetitions. */
    idempotencyKey?: string;
  };

type Part<Name extends string, T> = [T] extends [undefined]
  ? { [N in Name]?: undefined }
  : Record<string, never> extends T
    ? { [N in Name]?: T }
    : { [N in Name]: T };

type Arguments<R extends Route> = Record<string, never> extends Given<R> ? [given?: Given<R>] : [given: Given<R>];
type Item<T> = T extends { data: (infer U)[] } ? U : never;
type Listing = { [R in Route]: Operations[R]['answer'] extends { data: unknown[] } ? R : never }[Route];

export interface Client {
  /** Asks a route. Throws AssayError where Assay refuses, AssayUnreachable where no answer came. */
  call<R extends Route>(route: R, ...given: Arguments<R>): Promise<Operations[R]['answer']>;
  /** Every item of a list, page by page as they are read. */
  all<R extends Listing>(route: R, ...given: Arguments<R>): AsyncGenerator<Item<Operations[R]['answer']>>;
  /** Events as they come; goes on after the last one when the connection is lost. */
  feed(options?: FeedOptions): AsyncGenerator<FeedEvent>;
}

interface Loose {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
  idempotencyKey?: string;
}

/** A client of one Assay. Keeps nothing between calls but its options. */
export function createClient(options: ClientOptions): Client {
  const ask = (route: string, { path, query, body, signal, idempotencyKey }: Loose = {}) => {
    const [method, template] = route.split(' ');
    return send(options, {
      ...{ method, body, signal },
      path: filled(template, path) + search(query),
      idempotencyKey: idempotencyKey ?? (method === 'POST' ? crypto.randomUUID() : undefined),
    });
  };
  async function* pages(route: string, given: Loose = {}): AsyncGenerator<unknown> {
    let cursor: string | null | undefined;
    do {
      const query = cursor == null ? given.query : { ...given.query, cursor };
      const page = (await ask(route, { ...given, ...(query ? { query } : {}) })) as {
        data: unknown[];
        nextCursor: string | null;
      };
      yield* page.data;
      cursor = page.nextCursor;
    } while (cursor != null);
  }
  return {
    call: ask as Client['call'],
    all: pages as Client['all'],
    feed: (wanted = {}) => feed(options, wanted),
  };
}

function filled(template: string, path: Record<string, string> = {}): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = path[name];
    if (value === undefined || value === '') throw new TypeError(`${template} needs path.${name}`);
    return encodeURIComponent(value);
  });
}

function search(query: Record<string, unknown> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}
