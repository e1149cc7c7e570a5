import type { FastifyRequest } from 'fastify';
import { AssayError } from '../../domain/errors.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import {
  ModelShown,
  ModelUploadBody,
  PromoteBody,
  Promoted,
  ShadowBody,
  ShadowShown,
  VersionParam,
} from '../contract/models.ts';
import { canaryView, modelView } from '../models.ts';
import type { Services } from '../services.ts';
import { modelReadRoutes } from './model-reads.ts';
import { proofRoutes } from './proof.ts';

const tags = ['models'];
const config = { scope: 'admin' } as const;
/** A model of some millions of nodes; base64 takes a third more. */
const UPLOAD_BYTES = 64 * 1024 * 1024;
/** Of its tables of codes and its report; trees are bytes. */
const UPLOAD_VALUES = 1_000_000;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

async function mayLackBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}

/** What decides, changed while it decides. */
export function modelRoutes(app: Api, services: Services): void {
  const { registry, roster, keys } = services;
  modelReadRoutes(app, services);
  proofRoutes(app, services);

  app.post(
    '/api/models',
    {
      config: { ...config, values: UPLOAD_VALUES },
      bodyLimit: UPLOAD_BYTES,
      schema: {
        operationId: 'importModel',
        tags,
        summary: 'Bring in a trained model; it decides nothing until it is promoted',
        body: ModelUploadBody,
        response: { 201: json('Kept', ModelShown), ...problems(400, 401, 403, 409, 413, 415, 422, 429) },
      },
    },
    async (request, reply) => {
      const { model, body, report, reportHtml } = request.body;
      if (!BASE64.test(body))
        throw new AssayError('invalid_request', 'The body must be base64.', {
          errors: [{ path: '/body', message: 'must be base64' }],
        });
      const { version } = registry.receive({ model, body: Buffer.from(body, 'base64'), report, reportHtml });
      await roster.share(version);
      const kept = (await registry.list()).find((entry) => entry.version === version);
      reply.code(201);
      return modelView(kept ?? { version }, services);
    },
  );

  app.post(
    '/api/models/:version/promote',
    {
      config: { ...config, mayLackBody: true },
      preValidation: mayLackBody,
      schema: {
        operationId: 'promoteModel',
        tags,
        summary: 'Let a model decide from now on; an earlier one to roll back',
        description: 'Once it is tried out. Where it cannot serve, the champion stays.',
        params: VersionParam,
        body: PromoteBody,
        response: { 200: json('Promoted', Promoted), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request) => {
      const { version } = request.params;
      const { reason, canary } = request.body;
      if (canary) {
        const { by: entity, steps, minutes } = canary;
        const plan = { ...(steps ? { steps } : {}), ...(minutes ? { minutes } : {}), ...(entity ? { entity } : {}) };
        const begun = await roster.startCanary(version, plan, request.apiKey?.id, reason);
        const previous = roster.champion?.model.version ?? null;
        const began = new Date(begun.startedAt).toISOString();
        return { version, name: begun.name, previous, promotedAt: began, canary: canaryView(begun, keys) };
      }
      const { name, previous, at } = await roster.promote(version, request.apiKey?.id, reason);
      return { version, name, previous, promotedAt: new Date(at).toISOString() };
    },
  );

  app.post(
    '/api/models/:version/shadow',
    {
      config: { ...config, mayLackBody: true },
      preValidation: mayLackBody,
      schema: {
        operationId: 'shadowModel',
        tags,
        summary: 'Score one model beside the champion',
        params: VersionParam,
        body: ShadowBody,
        response: {
          200: json('The shadow', ShadowShown),
          ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request) => {
      const { version } = request.params;
      const { stop } = request.body;
      if (!stop) await roster.startShadow(version, request.apiKey?.id);
      else if (roster.shadowVersion === version) await roster.stopShadow(request.apiKey?.id);
      else throw new AssayError('not_found', `Model ${version} is not the shadow.`);
      return { shadow: roster.shadowVersion ?? null };
    },
  );

  app.delete(
    '/api/models/shadow',
    {
      config,
      schema: {
        operationId: 'stopShadow',
        tags,
        summary: 'End the shadow; its comparison stays',
        response: { 204: { description: 'Ended' }, ...problems(401, 403, 404, 429, 503) },
      },
    },
    async (request, reply) => {
      if (!(await roster.stopShadow(request.apiKey?.id))) throw new AssayError('not_found', 'There is no shadow.');
      return reply.code(204).send();
    },
  );
}
