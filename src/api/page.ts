import { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readCursor, writeCursor } from '../domain/cursor.ts';
import type { Page } from '../projections/store.ts';
import type { list } from './contract/common.ts';
import { csvHead, csvLine, csvRows } from './csv.ts';
import { vary } from './vary.ts';

type Row = Record<string, unknown>;

export interface PageRequest {
  limit: number;
  cursor?: string;
}

export interface CsvOptions {
  /** In place of those that the contract names for an item. */
  columns?: readonly string[];
  /** Rows as CSV shows them. */
  rows?: (rows: Row[]) => Row[] | Promise<Row[]>;
}

/** Rows read from the store at a time while all of a list is sent. */
const STEP = 200;

/**
 * A list as JSON, a page of it; or as CSV where the client prefers that: a page with its cursor in `X-Next-Cursor` where a `limit` is
 * asked for, else all there is, sent as it is read, so that memory is bounded by what the client has not taken yet. The header is that
 * of the list, whatever its rows hold: pages are put one behind the other.
 */
export async function sendList<T extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  query: PageRequest & { bom?: string },
  read: (page: PageRequest) => Promise<Page<T>>,
  { columns = itemColumns(request, 'data'), rows: shown = (rows) => rows }: CsvOptions = {},
) {
  vary(reply, 'Accept');
  const { limit, cursor, bom } = query;
  if (!prefersCsv(request.headers.accept)) return read({ limit, cursor });
  asCsv(reply);
  const head = (bom === 'true' ? MARK : '') + csvHead(columns);
  const isPaged = /[?&]limit=/.test(request.url);
  const first = await read({ limit: isPaged ? limit : STEP, cursor });
  if (isPaged) {
    if (first.nextCursor !== null) reply.header('x-next-cursor', first.nextCursor);
    return reply.send(head + csvRows(columns, await shown(first.data as Row[])));
  }
  async function* all() {
    yield head;
    for (let page: Page<T> = first; ; page = await read({ limit: STEP, cursor: page.nextCursor })) {
      const text = csvRows(columns, await shown(page.data as Row[]));
      if (text !== '') yield text;
      if (page.nextCursor === null) return;
      // What is in memory never waits for anything by itself.
      await breathe();
    }
  }
  return reply.send(Readable.from(all()));
}

/**
 * A page of what is in memory, oldest first as it comes and newest first as it is shown: it goes on after the cursor, though what stood
 * there is gone. By the clock of its making, which may have been set back.
 */
export function pageOf<T>(
  made: readonly T[],
  { limit = made.length, cursor }: Partial<PageRequest>,
  madeAt: (one: T) => number,
): Page<T> {
  // Counted from the oldest, so that what is newer moves nothing.
  const all = made.map((one, tie) => ({ one, at: madeAt(one), tie })).sort((a, b) => b.at - a.at || b.tie - a.tie);
  const after = cursor === undefined ? undefined : readCursor(cursor)!;
  const rest = after
    ? all.filter(({ at, tie }) => BigInt(at) < after.place || (BigInt(at) === after.place && tie < after.tie))
    : all;
  const shown = rest.slice(0, limit);
  const hasMore = shown.length < rest.length;
  const last = shown.at(-1);
  return { data: shown.map(({ one }) => one), hasMore, nextCursor: hasMore ? writeCursor(last!.at, last!.tie) : null };
}

/** A table that is read as a whole: the answer as JSON, or its rows alone as CSV where the client prefers that. */
export function sendTable(
  request: FastifyRequest,
  reply: FastifyReply,
  rows: readonly object[],
  whole: object,
): object {
  vary(reply, 'Accept');
  if (!prefersCsv(request.headers.accept)) return whole;
  const { bom } = request.query as { bom?: string };
  asCsv(reply);
  const columns = itemColumns(request, 'rows');
  const lines = [columns, ...(rows as Row[]).map((row) => columns.map((name) => row[name]))];
  return reply.send((bom === 'true' ? MARK : '') + lines.map(csvLine).join(''));
}

/** Spreadsheets know UTF-8 by it. */
const MARK = '\ufeff';

function asCsv(reply: FastifyReply): void {
  reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', 'attachment; filename="assay.csv"')
    .serializer((text: string) => text);
}

/** What the contract names of an item in this route's answer: the same columns for every page, and for one without rows. */
function itemColumns({ routeOptions }: FastifyRequest, of: 'data' | 'rows'): string[] {
  const { response } = routeOptions.schema as { response: { 200: ReturnType<typeof list> } };
  const { properties } = response[200].content['application/json'].schema as unknown as Answer;
  return namesIn(properties[of].items);
}

type Item = { properties?: object; allOf?: Item[] };
type Answer = { properties: Record<string, { items: Item }> };

const namesIn = ({ properties = {}, allOf = [] }: Item): string[] => [
  ...new Set([...allOf.flatMap(namesIn), ...Object.keys(properties)]),
];

/** Whether `text/csv` is named before, or without, anything that means JSON. */
function prefersCsv(accept: string | undefined): boolean {
  if (!accept || !/text\/csv/i.test(accept)) return false;
  const types = accept.split(',').map((part) => {
    const [type, ...parameters] = part.trim().toLowerCase().split(';');
    const quality = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
    return { type: type.trim(), quality: quality === undefined ? 1 : Number(quality) };
  });
  const [csv, json] = ['text/csv', 'application/json'].map((name) => {
    const at = types.findIndex(({ type }) => type === name);
    return { at, quality: types[at]?.quality ?? 0 };
  });
  return csv.quality > json.quality || (csv.quality > 0 && csv.quality === json.quality && csv.at < json.at);
}
