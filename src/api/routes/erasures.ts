import { AssayError } from '../../domain/errors.ts';
import { bodyHash, sha256 } from '../../intake/canonical.ts';
import { unfit } from '../../intake/text.ts';
import { erasureKey, SUBJECTS } from '../../projections/erasures.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { ErasureBody, ErasureShown, ErasureTaken } from '../contract/erasures.ts';
import { IdParam } from '../contract/transactions.ts';
import { idempotencyKey, idempotentName, otherBody } from '../idempotency.ts';
import { nextId } from '../ids.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';

const tags = ['operations'];
const config = { scope: 'admin' } as const;

/** Takes out what says who someone is; the audit says that and when, not whom. */
export function erasureRoutes(app: Api, services: Services): void {
  const { erasures, clock } = services;

  app.post(
    '/api/erasures',
    {
      config,
      schema: {
        operationId: 'createErasure',
        tags,
        summary: 'Erase what is personal about exactly one of userId, email, cardId, deviceId, ip',
        body: ErasureBody,
        response: { 202: json('Under way', ErasureTaken), ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { reason, ...body } = request.body;
      const given = SUBJECTS.filter((name) => body[name] !== undefined);
      if (given.length !== 1) {
        const message = `give exactly one of ${SUBJECTS.join(', ')}; ${given.length === 0 ? 'none' : given.join(', ')} came`;
        throw new AssayError('invalid_request', message, { errors: [{ path: '', message }] });
      }
      const fault = unfit(reason);
      if (fault) throw invalid('/reason', fault);
      const at = clock();
      const id = `er_${nextId(at).replaceAll('-', '')}`;
      const idempotency = idempotencyKey(request);
      const key = idempotency ? await idempotentName(request, idempotency, services, 'c') : `c:${nextId(at)}`;
      const subject = { [given[0]]: body[given[0]] };
      // By the Idempotency-Key, which is kept nowhere: a hash of the body alone would let the subject be guessed.
      const hash = idempotency ? sha256(`${idempotency}\n${bodyHash({ ...subject, reason })}`).slice(0, 32) : '';
      const { record, replayed } = await erasures.submit({
        ...{ type: 'erasure', at, key, aliases: [erasureKey(id)] },
        data: { id, by: request.apiKey?.id, bodyHash: hash },
        personal: { ...subject, reason },
      });
      if (replayed) {
        if (record.type !== 'erasure' || record.data.bodyHash !== hash) throw otherBody();
        reply.header('idempotent-replayed', 'true');
      }
      return reply.code(202).send({ id: record.data.id as string });
    },
  );

  app.get(
    '/api/erasures/:id',
    {
      config,
      schema: {
        operationId: 'getErasure',
        tags,
        summary: 'Read how an erasure goes, and what stays until when',
        params: IdParam,
        response: { 200: json('The erasure', ErasureShown), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => {
      const state = await erasures.state(request.params.id);
      if (!state) throw new AssayError('not_found', `There is no erasure ${request.params.id}.`);
      return state;
    },
  );
}
