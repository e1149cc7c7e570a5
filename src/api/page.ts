import { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readCursor, writeCursor } from '../domain/cursor.ts';
import type { Page } from '../projections/store.ts';
import { columnsOf, csvLine, toCsv } from './csv.ts';
import { vary } from './vary.ts';

type Row = Record<string, unknown>;

export interface PageRequest {
  limit: number;
  cursor?: string;
}

export interface CsvOptions {
  /** Columns that are there in any case; beside them stand those of the first rows, and `other` holds what has none. */
  columns?: readonly string[];
  /** Rows as CSV shows them. */
  rows?: (rows: Row[]) => Row[] | Promise<Row[]>;
}

/** Rows read from the store at a time while all of a list is sent. */
const STEP = 200;

/**
 * A list as JSON, a page of it; or as CSV where the client prefers that: a page with its cursor in `X-Next-Cursor` where a `limit` is
 * asked for, else all there is, sent as it is read, so that memory is bounded by what the client has not taken yet.
 */
export async function sendList<T extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  query: PageRequest & { bom?: string },
  read: (page: PageRequest) => Promise<Page<T>>,
  { columns = [], rows: shown = (rows) => rows }: CsvOptions = {},
) {
  vary(reply, 'Accept');
  const { limit, cursor, bom } = query;
  if (!prefersCsv(request.headers.accept)) return read({ limit, cursor });
  asCsv(reply);
  const mark = bom === 'true' ? MARK : '';
  const isPaged = /[?&]limit=/.test(request.url);
  const first = await read({ limit: isPaged ? limit : STEP, cursor });
  if (isPaged) {
    if (first.nextCursor !== null) reply.header('x-next-cursor', first.nextCursor);
    return reply.send(mark + toCsv(await shown(first.data as Row[])));
  }
  return reply.send(
    Readable.from(lines(mark, first as Page<Row>, columns, shown, (next) => read({ limit: STEP, cursor: next }))),
  );
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
  return reply.send((bom === 'true' ? MARK : '') + toCsv(rows as Row[]));
}

/** Spreadsheets know UTF-8 by it. */
const MARK = '\ufeff';

function asCsv(reply: FastifyReply): void {
  reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', 'attachment; filename="assay.csv"')
    .serializer((text: string) => text);
}

async function* lines<T extends object>(
  mark: string,
  first: Page<Row>,
  fixed: readonly string[],
  shown: NonNullable<CsvOptions['rows']>,
  more: (cursor: string) => Promise<Page<T>>,
): AsyncGenerator<string> {
  let page = first;
  let rows = await shown(page.data);
  const columns = [...new Set([...fixed, ...columnsOf(rows)])];
  const known = new Set(columns);
  yield mark + csvLine([...columns, 'other']);
  for (;;) {
    let text = '';
    for (const row of rows) {
      const others = Object.entries(row).filter(([name]) => !known.has(name));
      text += csvLine([
        ...columns.map((name) => row[name]),
        others.length > 0 ? Object.fromEntries(others) : undefined,
      ]);
    }
    if (text !== '') yield text;
    if (page.nextCursor === null) return;
    // What is in memory never waits for anything by itself.
    await breathe();
    page = (await more(page.nextCursor)) as Page<Row>;
    rows = await shown(page.data);
  }
}
/** Whether `text/csv` is named before, or without, anything that means JSON. */
function prefersCsv(accept: string | undefined): boolean {
  if (!accept?.includes('text/csv')) return false;
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
