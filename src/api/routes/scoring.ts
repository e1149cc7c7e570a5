import { setImmediate as breathe } from 'node:timers/promises';
import type { AssayError, FieldError } from '../../domain/errors.ts';
import { FIELD_NAMES, fieldOf } from '../../domain/fields.ts';
import type { Transaction } from '../../domain/transaction.ts';
import { faultsOf, isCardNumber, MAX_FAULTS, refusal, withFaults } from '../../intake/faults.ts';
import { isAbsent, takeIn } from '../../intake/transaction.ts';
import { isObject, takeValue } from '../../intake/values.ts';
import type { JournalRecord } from '../../journal/journal.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { BatchAnswer, BatchBody, ScoreBody, ScoredAnswer } from '../contract/transactions.ts';
import type { Charge } from '../guard.ts';
import { nextId } from '../ids.ts';
import { read } from '../read.ts';
import { recordOf } from '../record-of.ts';
import { sendRows } from '../rows.ts';
import type { Services } from '../services.ts';
import { byIntake } from '../validate.ts';
import { invalid } from '../window.ts';
import { missing } from './transaction-reads.ts';

const tags = ['scoring'];
const MAX_ROWS = 10_000;
const BATCH_BYTES = 16 * 1024 * 1024;
/** Rows between two looks at what else waits: a batch must not hold up decisions. */
const ROWS_A_TURN = 25;

/** Decisions of which nothing is recorded or learnt. */
export function scoringRoutes(app: Api, services: Services, charge: Charge): void {
  const { engine, clock, rules } = services;

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
      config: { scope: 'ingest', takenIn: true },
      validatorCompiler: byIntake,
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
      const body: unknown = request.body;
      const id = storedId(body);
      if (id !== undefined) return rescored(await stored(services, id));
      const receivedAt = clock();
      return score(takeIn(withoutId(body), { id: nextId(receivedAt), receivedAt }, rules));
    },
  );

  app.post(
    '/score/batch',
    {
      config: { scope: 'ingest', takenIn: true },
      validatorCompiler: byIntake,
      bodyLimit: BATCH_BYTES,
      schema: {
        operationId: 'scoreBatch',
        tags,
        summary: 'Score up to 10,000 transactions',
        description: 'One row that does not fit refuses them all.',
        body: BatchBody,
        response: { 200: json('The decisions', BatchAnswer), ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const transactions = rowsOf(request.body);
      await charge(request, reply, transactions.length - 1);
      return sendRows(reply, await scoreAll(transactions));
    },
  );

  async function scoreAll(bodies: readonly unknown[]) {
    const receivedAt = clock();
    const rows: Transaction[] = [];
    const errors: FieldError[] = [];
    let card: AssayError | undefined;
    for (const [index, body] of bodies.entries()) {
      try {
        rows.push(takeIn(body, { id: nextId(receivedAt), receivedAt }, rules, `/transactions/${index}`));
      } catch (error) {
        if (isCardNumber(error)) card ??= error;
        errors.push(...(isCardNumber(error) ? error.errors! : faultsOf(error)));
        if (errors.length >= MAX_FAULTS) break;
      }
      if (index % ROWS_A_TURN === ROWS_A_TURN - 1) await breathe();
    }
    if (card) throw withFaults(card, errors);
    if (errors.length > 0) throw refusal(errors);
    const answers: string[] = [];
    for (let from = 0; from < rows.length; from += ROWS_A_TURN) {
      const part = await Promise.all(rows.slice(from, from + ROWS_A_TURN).map(score));
      answers.push(...part.map((answer) => JSON.stringify(answer)));
      await breathe();
    }
    return answers;
  }
}

/** null in its place is absence, and no field of a transaction. */
function withoutId(body: unknown): unknown {
  if (!isObject(body) || body.transactionId !== null) return body;
  const { transactionId: _, ...rest } = body;
  return rest;
}

/** The stored transaction that a body names, alone: of both, one would be ignored without a word. */
function storedId(body: unknown): string | undefined {
  if (!isObject(body) || isAbsent(body.transactionId)) return undefined;
  const { kept, fault } = takeValue(fieldOf('id'), body.transactionId, 'transactionId');
  if (fault !== undefined) throw invalid('/transactionId', fault);
  if (FIELD_NAMES.some((name) => !isAbsent(body[name])))
    throw invalid('/transactionId', 'names a stored transaction; send it alone, or a transaction without it');
  return kept as string;
}

function rowsOf(body: unknown): readonly unknown[] {
  const rows = (body as { transactions?: unknown }).transactions;
  if (isAbsent(rows)) throw invalid('/transactions', 'is required');
  if (!Array.isArray(rows)) throw invalid('/transactions', 'must be an array');
  if (rows.length === 0 || rows.length > MAX_ROWS)
    throw invalid('/transactions', `must hold 1 to ${MAX_ROWS} transactions`);
  return rows;
}

/** The record of a stored transaction, unless it was deleted. */
async function stored(services: Services, id: string): Promise<JournalRecord> {
  const seen = await read(services, () => services.store.transactions.get(id));
  return (seen && (await recordOf(services, id))) ?? missing(id);
}
