import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { Api } from './api.ts';

/** What a line says of a request: its id and its route as declared, since a path holds ids and a query what people look for. */
export function named(request: FastifyRequest) {
  return { requestId: request.id, method: request.method, route: request.routeOptions?.url ?? 'unknown' };
}

/** A line an answer where the level is debug: at thousands of decisions a second nobody reads them, and each costs. */
export function logRequests(app: Api, log: FastifyBaseLogger & { isLevelEnabled?(level: string): boolean }): void {
  if (!log.isLevelEnabled?.('debug')) return;
  app.addHook('onResponse', (request, reply, done) => {
    const ms = Math.round(reply.elapsedTime * 1000) / 1000;
    log.debug({ ...named(request), status: reply.statusCode, ms }, 'answered');
    done();
  });
}
