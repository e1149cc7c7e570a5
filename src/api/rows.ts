import type { FastifyReply } from 'fastify';

/** `{data}` of rows that are JSON already: a long answer is written as its rows come, not all at its end. */
export function sendRows(reply: FastifyReply, rows: readonly string[]): FastifyReply {
  return reply
    .type('application/json; charset=utf-8')
    .serializer(({ data, ...more }: { data: readonly string[] }) => {
      const rest = JSON.stringify(more).slice(1, -1);
      return `{"data":[${data.join(',')}]${rest && ','}${rest}}`;
    })
    .send({ data: rows });
}
