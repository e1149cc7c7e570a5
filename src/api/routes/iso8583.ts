import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DecisionData, transactionView } from '../../domain/records.ts';
import { type Iso8583Message, takeIso8583 } from '../../intake/iso8583/message.ts';
import type { Telling } from '../../intake/telling.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { Iso8583Body } from '../contract/iso8583.ts';
import { IsoStatuses } from '../contract/iso20022.ts';
import { Decided } from '../contract/transactions.ts';
import { nextId } from '../ids.ts';
import { recordTelling } from '../record-telling.ts';
import type { Services } from '../services.ts';

/** DE39 of an answer: approved, refer to the issuer, suspected fraud. */
const ANSWERS = { approve: '00', review: '01', decline: '59' } as const;

/** Messages of card networks that a gateway has parsed: requests are decided, answers and reversals are told. */
export function iso8583Routes(app: Api, services: Services): void {
  const { engine, clock, rules, iso8583: map } = services;

  app.post(
    '/api/iso8583',
    {
      config: { scope: 'ingest', takenIn: true, decides: true },
      schema: {
        operationId: 'takeIso8583Message',
        tags: ['transactions'],
        summary: 'Take an ISO 8583 message as JSON',
        body: Iso8583Body,
        response: {
          200: json('What it told', IsoStatuses),
          201: json('Decided and durable', Decided),
          ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const receivedAt = clock();
      const message = takeIso8583(request.body, { id: nextId(receivedAt), receivedAt }, rules, map);
      if (message.kind === 'nothing') return { data: [{ code: 'ignored', message: message.why }] };
      return message.kind === 'decide' ? decided(message, request, reply) : told(message.telling, request);
    },
  );

  async function decided(
    { type, taken }: Extract<Iso8583Message, { kind: 'decide' }>,
    request: FastifyRequest,
    reply: FastifyReply,
  ) {
    const { record } = await engine.decide({ ...taken, ...(request.apiKey ? { by: request.apiKey.id } : {}) });
    const { decision } = (record.data as unknown as DecisionData).decision;
    reply.code(201);
    return {
      ...transactionView(record.data as unknown as DecisionData, record.personal, record.at),
      iso8583: { '0': `${type.slice(0, 2)}10`, '39': ANSWERS[decision] },
    };
  }

  async function told(telling: Telling, request: FastifyRequest) {
    const { transactionId, body: event } = telling;
    const { warnings } = await recordTelling(services, telling, request.apiKey?.id);
    return { data: [{ transactionId, event, ...(warnings.length > 0 ? { warnings } : {}) }] };
  }
}
