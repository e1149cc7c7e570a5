import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { Found, SearchQuery } from '../contract/search.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';

export function searchRoutes(app: Api, services: Services): void {
  app.get(
    '/api/search',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'search',
        tags: ['entities'],
        summary: 'Find anything by its name, its beginning, an amount or words of a note',
        querystring: SearchQuery,
        response: { 200: json('What was found', Found), ...problems(401, 403, 422, 429, 503) },
      },
    },
    async (request) => {
      const { q, limit } = request.query;
      return { data: await read(services, () => services.store.search(q.trim(), limit)) };
    },
  );
}
