import type { FastifyReply } from 'fastify';

/** Adds a request header that the answer depends on to those that it names already, such as CORS' `Origin`. */
export function vary(reply: FastifyReply, field: string): FastifyReply {
  const named = String(reply.getHeader('vary') ?? '');
  const fields = named.split(',').map((name) => name.trim().toLowerCase());
  if (fields.includes(field.toLowerCase())) return reply;
  return reply.header('vary', named === '' ? field : `${named}, ${field}`);
}
