import { AssayError } from '../../domain/errors.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { EntityParam, EntityQuery, EntityShown, Features } from '../contract/operations.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';

const tags = ['entities'];
const scope = { scope: 'read' } as const;

export function entityRoutes(app: Api, services: Services): void {
  const { store, config } = services;

  app.get(
    '/api/entities/:type/:id',
    {
      config: scope,
      schema: {
        operationId: 'getEntity',
        tags,
        summary: 'Recent transactions of an entity, and the entities that share them',
        params: EntityParam,
        querystring: EntityQuery,
        response: { 200: json('The entity', EntityShown), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => {
      const { type, id } = request.params;
      if (!config.entityTypes.includes(type))
        throw new AssayError('not_found', `There are no entities of type ${type}: ${config.entityTypes.join(', ')}.`);
      return read(services, () => store.transactions.entity(type, id, request.query.limit));
    },
  );

  app.get(
    '/api/features',
    {
      config: scope,
      schema: {
        operationId: 'listFeatures',
        tags,
        summary: 'What the serving model reads, in words',
        response: { 200: json('The catalogue', Features), ...problems(401, 403, 429) },
      },
    },
    async () => ({ data: services.features() }),
  );
}
