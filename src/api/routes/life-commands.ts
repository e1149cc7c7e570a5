import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { labelledEvent, type SubjectEvent } from '../../domain/records.ts';
import { subjectOfView } from '../../engine/subject-of-view.ts';
import { type Subject, subjectShown } from '../../intake/life.ts';
import { type TellingKind, takeTelling } from '../../intake/telling.ts';
import { unfit } from '../../intake/text.ts';
import type { RecordType } from '../../journal/journal.ts';
import { unlessRemoved } from '../../journal/removed.ts';
import type { Api } from '../api.ts';
import { sendCommand, telling } from '../command.ts';
import { json, problems } from '../contract/common.ts';
import {
  DisputeBody,
  DisputeRecorded,
  EventBody,
  EventRecorded,
  LabelBody,
  LabelRecorded,
  ReviewBody,
} from '../contract/life.ts';
import { IdParam, TransactionShown } from '../contract/transactions.ts';
import { nextId } from '../ids.ts';
import { read } from '../read.ts';
import { recordOf } from '../record-of.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';
import { missing } from './transaction-reads.ts';

type Told = FastifyRequest<{ Params: { id: string }; Body: Record<string, unknown> }>;

const failures = problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503);

/** What is told of a transaction after its decision: what became of it, who disputes it, what was true. */
export function lifeCommandRoutes(app: Api, services: Services): void {
  const { clock } = services;
  const review = { scope: 'review' } as const;
  const schema = <B extends TSchema>(operationId: string, summary: string, description: string, body: B) => ({
    ...{ operationId, tags: ['transactions'], summary, description, params: IdParam, body },
  });

  const tells =
    (kind: TellingKind) =>
    async (request: Told, reply: FastifyReply): Promise<FastifyReply> => {
      const { of, event } = await subjectOf(services, request.params.id);
      const { type, data, warnings } = takeTelling({ kind, body: request.body }, of, nextId(clock()));
      return send(services, request, reply, { type, data: { ...data, event }, followUp: telling(warnings) });
    };

  app.post(
    '/api/transactions/:id/labels',
    {
      config: review,
      schema: {
        ...schema(
          'labelTransaction',
          'Record what a transaction turned out to be, by whom',
          'In force is what a person pinned, else the scheme’s, an analyst’s, the customer’s; of one source the newest. ' +
            '`none` takes back what its source said.',
          LabelBody,
        ),
        response: { 201: json('Recorded', LabelRecorded), ...failures },
      },
    },
    tells('label'),
  );

  app.post(
    '/api/transactions/:id/disputes',
    {
      config: review,
      schema: {
        ...schema(
          'disputeTransaction',
          'Record a dispute or an early warning, or what is new of it',
          'Only reason codes of fraud label the transaction; `won` and `reversed` take ' +
            'that label back, and never say legitimate.',
          DisputeBody,
        ),
        response: { 201: json('The dispute as it stands', DisputeRecorded), ...failures },
      },
    },
    tells('dispute'),
  );

  app.post(
    '/api/transactions/:id/events',
    {
      config: { scope: ['ingest', 'review'] },
      schema: {
        ...schema(
          'tellTransactionEvent',
          'Tell what became of a payment',
          'In any order. One that says the same as an earlier one gets its answer.',
          EventBody,
        ),
        response: { 201: json('Recorded', EventRecorded), ...failures },
      },
    },
    tells('event'),
  );

  app.post(
    '/api/transactions/:id/review',
    {
      config: review,
      schema: {
        ...schema(
          'reviewTransaction',
          'Release or cancel a payment that is held',
          'Apart from its label. The other action then gets 409.',
          ReviewBody,
        ),
        response: { 200: json('The transaction as it is now', TransactionShown), ...failures },
      },
    },
    async (request, reply) => {
      const { event } = await subjectOf(services, request.params.id);
      const { action, reason } = request.body;
      const fault = unfit(reason) ?? (reason.trim() === '' ? 'must not be empty' : undefined);
      if (fault) throw invalid('/reason', fault);
      return send(services, request, reply, { type: 'review', data: { action, event }, personal: { reason } });
    },
  );
}

/** The transaction that something is told of; 404 where there is none, or no more. */
export async function subjectOf(services: Services, id: string): Promise<{ of: Subject; event: SubjectEvent }> {
  const view = await read(services, () => services.store.transactions.get(id));
  if (!view) return missing(id);
  // As it reads now, amended perhaps: amounts are shown and counted in that currency.
  const of = subjectShown(view, services.clock());
  const record = await unlessRemoved(recordOf(services, id, ['t']));
  return { of, event: record ? labelledEvent(record) : subjectOfView(view, services.config) };
}

function send(
  services: Services,
  request: FastifyRequest<{ Params: { id: string }; Body: unknown }>,
  reply: FastifyReply,
  told: {
    type: RecordType;
    data: object;
    personal?: Record<string, unknown>;
    followUp?: (body: Record<string, unknown>) => Promise<Record<string, unknown>>;
  },
): Promise<FastifyReply> {
  const { id } = request.params;
  const data = { transactionId: id, ...told.data };
  return sendCommand(services, request, reply, { ...told, data, asked: { id, ...(request.body as object) } });
}
