import type { FastifyReply } from 'fastify';
import { AssayError } from '../../domain/errors.ts';
import { type DecisionData, transactionView } from '../../domain/records.ts';
import { sha256 } from '../../intake/canonical.ts';
import { takeSubmission } from '../../intake/submission.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { Admission } from '../admission.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { Decided, Processing, TransactionBody } from '../contract/transactions.ts';
import { idempotencyKey, idempotentName, otherBody } from '../idempotency.ts';
import { nextId } from '../ids.ts';
import type { Services } from '../services.ts';
import { byIntake } from '../validate.ts';

const RESPOND_ASYNC = /(?:^|[,;\s])respond-async(?:$|[,;\s])/i;

/** The decision itself: engine and journal only, so that it goes on while the database is away. */
export function transactionRoutes(app: Api, services: Services, admission: Admission): void {
  const { engine, clock, rules } = services;

  app.post(
    '/api/transactions',
    {
      config: { scope: 'ingest', idempotency: 'journal', takenIn: true, decides: true },
      validatorCompiler: byIntake,
      schema: {
        operationId: 'decideTransaction',
        tags: ['transactions'],
        summary: 'Decide a transaction',
        description: '`Prefer: respond-async` answers as soon as it is taken in.',
        body: TransactionBody,
        response: {
          201: json('Decided and durable', Decided),
          202: json('Taken in; with `Prefer: respond-async`', Processing),
          ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const receivedAt = clock();
      const { body } = request;
      const key = idempotencyKey(request);
      const alias = key === undefined ? undefined : await idempotentName(request, key, services, 'i');
      const id = alias ? `txn_${sha256(alias).slice(0, 32)}` : nextId(receivedAt);
      const submission = {
        ...takeSubmission(body, { id, receivedAt }, rules),
        ...(alias ? { alias } : {}),
        ...(request.apiKey ? { by: request.apiKey.id } : {}),
      };
      const { prefer } = request.headers;
      const later = prefer !== undefined && RESPOND_ASYNC.test(String(prefer));
      const leave = admission.enter();
      const made = (later ? engine.accept(submission) : engine.decide(submission)).finally(leave);
      const { record, idempotent } = await (!body.id && alias ? made.catch(blameTheKey) : made);
      // A worker of a fleet may have decided it by now.
      if (later && record.type === 'intake') reply.header('preference-applied', 'respond-async');
      return answer(reply, record, idempotent);
    },
  );
}

/** An id that was made from the Idempotency-Key clashes because the key does. */
function blameTheKey(error: unknown): never {
  throw error instanceof AssayError && error.code === 'conflict' ? otherBody() : error;
}

/** The journal's record is the stored answer: a repetition gets what the first one got. */
export function answer(reply: FastifyReply, record: JournalRecord, replayed: boolean) {
  const data = record.data as unknown as DecisionData;
  const { id } = data.transaction;
  if (replayed) reply.header('idempotent-replayed', 'true');
  reply.header('location', `/api/transactions/${encodeURIComponent(id)}`);
  if (record.type === 'intake') {
    reply.code(202);
    return {
      tempId: id,
      status: 'processing',
      message: 'The transaction is taken in; its decision follows on the feed and at its location.',
    };
  }
  reply.code(201);
  return transactionView(data, record.personal, record.at);
}
