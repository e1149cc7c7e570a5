import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Page } from '../projections/store.ts';
import { toCsv } from './csv.ts';
import { vary } from './vary.ts';

/** A page as JSON, or as CSV where the client prefers that; then the cursor stands in `X-Next-Cursor`. */
export function sendPage<T extends object>(request: FastifyRequest, reply: FastifyReply, page: Page<T>) {
  vary(reply, 'Accept');
  if (!prefersCsv(request.headers.accept)) return page;
  if (page.nextCursor !== null) reply.header('x-next-cursor', page.nextCursor);
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', 'attachment; filename="assay.csv"')
    .serializer((text: string) => text)
    .send(toCsv(page.data as Record<string, unknown>[]));
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
