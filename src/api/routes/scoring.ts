import { setImmediate as breathe } from 'node:timers/promises';
import { FIELD_NAMES, type TransactionBody } from '../../domain/fields.ts';
import type { Transaction } from '../../domain/transaction.ts';
import { takeIn } from '../../intake/transaction.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { BatchAnswer, BatchBody, ScoreBody, ScoredAnswer } from '../contract/transactions.ts';
import type { Charge } from '../guard.ts';
import { nextId } from '../ids.ts';
import { read } from '../read.ts';
import { recordOf } from '../record-of.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';
import { missing } from './transaction-reads.ts';

const tags = ['scoring'];
const BATCH_BYTES = 16 * 1024 * 1024;
/** Rows between two looks at what else waits: a batch must not hold up decisions. */
const ROWS_A_TURN = 50;

/** Decisions of which nothing is recorded or learnt. */
export function scoringRoutes(app: Api, services: Services, charge: Charge): void {
  const { engine, clock, config } = services;

  async function score(transaction: Transaction) {
    const { decision, latencyMs } = await engine.score(transaction);
    const { warnings } = transaction;
    return { ...decision, latencyMs, ...(warnings.length > 0 ? { warnings } : {}) };
  }

  async function rescored(record: JournalRecord) {
    const { decision, latencyMs } = await engine.rescore(record);
    return { ...decision, latencyMs };
  }

  app.post(
    '/score',
    {
      config: { scope: 'ingest' },
      schema: {
        operationId: 'score',
        tags,
        summary: 'Score a transaction, or a stored one by its id',
        body: ScoreBody,
        response: {
          200: json('The decision', ScoredAnswer),
          ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request) => {
      const { body } = request;
      if ('transactionId' in body) refuseBoth(body);
      if ('transactionId' in body && typeof body.transactionId === 'string')
        return rescored(await stored(services, body.transactionId));
      const receivedAt = clock();
      return score(takeIn(body as TransactionBody, { id: nextId(receivedAt), receivedAt }, config));
    },
  );

  app.post(
    '/score/batch',
    {
      config: { scope: 'ingest' },
      bodyLimit: BATCH_BYTES,
      schema: {
        operationId: 'scoreBatch',
        tags,
        summary: 'Score up to 10,000 transactions',
        description: 'Every row counts towards the rate limit. One row that does not fit refuses them all.',
        body: BatchBody,
        response: { 200: json('The decisions', BatchAnswer), ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { transactions } = request.body;
      await charge(request, reply, transactions.length - 1);
      return { data: await scoreAll(transactions) };
    },
  );

  async function scoreAll(bodies: TransactionBody[]) {
    const receivedAt = clock();
    const rows: Transaction[] = [];
    for (const [index, body] of bodies.entries()) {
      rows.push(takeIn(body, { id: nextId(receivedAt), receivedAt }, config, `/transactions/${index}`));
      if (index % ROWS_A_TURN === ROWS_A_TURN - 1) await breathe();
    }
    const answers: Awaited<ReturnType<typeof score>>[] = [];
    for (let from = 0; from < rows.length; from += ROWS_A_TURN) {
      answers.push(...(await Promise.all(rows.slice(from, from + ROWS_A_TURN).map(score))));
      await breathe();
    }
    return answers;
  }
}

/** Either a stored transaction or one in the body: of both, one would be ignored without a word. */
function refuseBoth(body: object): void {
  if (FIELD_NAMES.some((name) => name in body))
    throw invalid('/transactionId', 'names a stored transaction; send it alone, or a transaction without it');
}

/** The record of a stored transaction, unless it was deleted. */
async function stored(services: Services, id: string): Promise<JournalRecord> {
  const seen = await read(services, () => services.store.transactions.get(id));
  return (seen && (await recordOf(services, id))) ?? missing(id);
}
