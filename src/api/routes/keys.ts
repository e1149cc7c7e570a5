import { AssayError } from '../../domain/errors.ts';
import type { ApiKey } from '../../domain/key.ts';
import { unfit } from '../../intake/text.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { KeyBody, KeyCreated, KeyList } from '../contract/operations.ts';
import { IdParam } from '../contract/transactions.ts';
import type { Services } from '../services.ts';

const tags = ['operations'];
const config = { scope: 'admin' } as const;

export function keyRoutes(app: Api, { keys }: Services): void {
  app.get(
    '/api/keys',
    {
      config,
      schema: {
        operationId: 'listKeys',
        tags,
        summary: 'List API keys, without their secrets',
        response: { 200: json('The keys', KeyList), ...problems(401, 403, 429) },
      },
    },
    async () => ({ data: keys.list().map(shown) }),
  );

  app.post(
    '/api/keys',
    {
      config,
      schema: {
        operationId: 'createKey',
        tags,
        summary: 'Create an API key; its secret is shown this once',
        body: KeyBody,
        response: { 201: json('The key', KeyCreated), ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { name, scopes } = request.body;
      const message = unfit(name);
      if (message)
        throw new AssayError('invalid_request', `/name ${message}.`, { errors: [{ path: '/name', message }] });
      const { key, secret } = await keys.create({ name, scopes, ...(request.apiKey ? { by: request.apiKey.id } : {}) });
      reply.code(201);
      return { ...shown(key), secret };
    },
  );

  app.delete(
    '/api/keys/:id',
    {
      config,
      schema: {
        operationId: 'revokeKey',
        tags,
        summary: 'Revoke an API key',
        params: IdParam,
        response: { 204: { description: 'Revoked' }, ...problems(401, 403, 404, 409, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      if (!(await keys.revoke(id, request.apiKey?.id))) throw new AssayError('not_found', `There is no key ${id}.`);
      return reply.code(204).send();
    },
  );
}

function shown(key: Omit<ApiKey, 'secretHash'>) {
  const { createdAt, revokedAt, ...rest } = key;
  return {
    ...rest,
    createdAt: new Date(createdAt).toISOString(),
    ...(revokedAt === undefined ? {} : { revokedAt: new Date(revokedAt).toISOString() }),
  };
}
