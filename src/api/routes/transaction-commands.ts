import { AssayError } from '../../domain/errors.ts';
import { takeAmendment } from '../../intake/amendment.ts';
import { unfit } from '../../intake/text.ts';
import type { Api } from '../api.ts';
import { requireScope } from '../auth.ts';
import { sendCommand, telling } from '../command.ts';
import { json, problems } from '../contract/common.ts';
import {
  AmendmentBody,
  Decided,
  FinalizeBody,
  Finalized,
  IdParam,
  TransactionShown,
} from '../contract/transactions.ts';
import { read } from '../read.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';
import { missing } from './transaction-reads.ts';
import { answer } from './transactions.ts';

const tags = ['transactions'];

/** What happens to a transaction after its decision: appended to the journal, answered as the projection settles it. */
export function transactionCommandRoutes(app: Api, services: Services): void {
  const { engine, store, clock, rules } = services;

  app.post(
    '/api/transactions/finalize',
    {
      config: { scope: 'ingest' },
      schema: {
        operationId: 'finalizeTransaction',
        tags,
        summary: 'Finalize a pending transaction',
        description: 'Again: the same answer. 409 while processing, and where declined unless overridden.',
        body: FinalizeBody,
        response: { 200: json('Finalized', Finalized), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { tempId, override = false, reason } = request.body;
      if (override) requireScope(request.apiKey, 'review');
      const fault = reason === undefined ? undefined : unfit(reason);
      if (fault) throw invalid('/reason', fault);
      const data = { transactionId: tempId, override, ...(override && reason ? { reason } : {}) };
      return sendCommand(services, request, reply, { type: 'finalize', data, asked: data });
    },
  );

  app.post(
    '/api/transactions/:id/retry',
    {
      config: { scope: 'ingest' },
      schema: {
        operationId: 'retryTransaction',
        tags,
        summary: 'Decide a failed transaction again',
        params: IdParam,
        response: { 201: json('Decided', Decided), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const record = await engine.retry(id);
      if (record.type === 'failed')
        throw new AssayError('unavailable', `Deciding it failed again: ${record.data.error}`, { retryAfterSeconds: 5 });
      return answer(reply, record, false);
    },
  );

  app.put(
    '/api/transactions/:id',
    {
      config: { scope: 'review' },
      schema: {
        operationId: 'amendTransaction',
        tags,
        summary: 'Amend a transaction’s fields',
        params: IdParam,
        body: AmendmentBody,
        response: {
          200: json('The transaction as it reads now', TransactionShown),
          ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const current = await read(services, () => store.transactions.get(id));
      if (!current) return missing(id);
      const { changes, personal, warnings } = takeAmendment(request.body, current as never, clock(), rules);
      const data = { transactionId: id, changes };
      const followUp = telling(warnings);
      return sendCommand(services, request, reply, { type: 'amend', data, personal, asked: request.body, followUp });
    },
  );

  app.delete(
    '/api/transactions/:id',
    {
      config: { scope: 'review' },
      schema: {
        operationId: 'deleteTransaction',
        tags,
        summary: 'Delete a transaction from every read; its id stays taken',
        params: IdParam,
        response: { 204: { description: 'Deleted' }, ...problems(401, 403, 404, 409, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      // Once it is recorded, whoever decides takes the id for a deleted one.
      if (!(await read(services, () => store.transactions.get(id)))) return missing(id);
      const data = { transactionId: id };
      return sendCommand(services, request, reply, { type: 'delete', data, asked: data });
    },
  );
}
