import Type from 'typebox';
import { leftOut } from '../intake/shape.ts';
import type { Api } from './api.ts';
import { leftOutOf } from './validate.ts';

/**
 * Names that do not exist: a query with one is refused on every route, those that declare no parameters included; a field of a
 * body is left out and told in the answer's `warnings`. A body whose schema has `additionalProperties: false` is refused instead.
 */
export function tellUnknownNames(app: Api): void {
  app.addHook('onRoute', (route) => {
    if (!route.schema || route.schema.hide) return;
    route.schema = { querystring: Type.Object({}), ...route.schema };
    if (!route.schema.body) return;
    route.preSerialization = [
      ...[route.preSerialization ?? []].flat(),
      (request, reply, payload, done) => {
        const unknown = reply.statusCode < 300 && isObject(request.body) ? leftOutOf.get(request.body) : undefined;
        if (!unknown || !isObject(payload)) return done(null, payload);
        const { warnings = [] } = payload as { warnings?: string[] };
        done(null, { ...payload, warnings: [...warnings, leftOut(unknown, 'this body')] });
      },
    ];
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
