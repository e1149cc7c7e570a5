import { AssayError } from '../../domain/errors.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { EntityParam, EntityQuery, EntityShown, Features } from '../contract/operations.ts';
import { LinksQuery, LinksShown } from '../contract/search.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';
import { instant, invalid } from '../window.ts';

const tags = ['entities'];

/** Lists of the entity's type, or that take it in, which name it now. */
function listsWith({ policy, clock }: Services, type: string, id: string): string[] {
  const now = clock();
  const types = { email: ['emailDomain'], ip: ['ip', 'network'], network: ['network'], mailbox: ['mailbox', 'email'] };
  const fitting = (types as Record<string, string[]>)[type] ?? [type];
  return [...policy.log.state.lists.values()]
    .filter(({ list }) => fitting.includes(list.type) && list.has(id, now))
    .map(({ head }) => head.name);
}

const scope = { scope: 'read' } as const;

export function entityRoutes(app: Api, services: Services): void {
  const { store, config } = services;
  const assertType = (type: string) => {
    if (!config.entityTypes.includes(type))
      throw new AssayError('not_found', `There are no entities of type ${type}: ${config.entityTypes.join(', ')}.`);
  };

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
      assertType(type);
      const found = await read(services, () => store.transactions.entity(type, id, request.query.limit));
      // Said here, so that whoever shows a user does not ask for one who is not registered.
      const registered = type === 'user' && (await read(services, () => store.users.get(found.id))) !== undefined;
      return { ...found, lists: listsWith(services, type, found.id), registered };
    },
  );

  app.get(
    '/api/entities/:type/:id/links',
    {
      config: scope,
      schema: {
        operationId: 'getLinks',
        tags,
        summary: 'Who belongs together',
        params: EntityParam,
        querystring: LinksQuery,
        response: { 200: json('Links', LinksShown), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => {
      const { type, id } = request.params;
      const { depth, at, types } = request.query;
      assertType(type);
      const wanted = types?.split(',').map((word) => word.trim());
      const stranger = wanted?.find((word) => !config.entityTypes.includes(word));
      if (stranger !== undefined)
        throw invalid('/types', `has ${stranger}, which is none of ${config.entityTypes.join(', ')}`);
      const query = {
        ...{ type, id, depth, hub: config.linkHub },
        ...(at === undefined ? {} : { at: instant('at', at) }),
        ...(wanted === undefined ? {} : { types: wanted }),
      };
      return read(services, () => store.links(query));
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
