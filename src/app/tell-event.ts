import { AssayError } from '../domain/errors.ts';
import { newId } from '../domain/id.ts';
import { type DecisionData, type EventData, labelledEvent } from '../domain/records.ts';
import { assertCurrency, type Iso8583Event } from '../intake/iso8583/message.ts';
import { takeEvent } from '../intake/life.ts';
import type { Receipt } from '../intake/transaction.ts';
import type { Journal } from '../journal/journal.ts';

/**
 * Records what a message tells of a payment, once however often it is delivered; durable when it resolves. `told.event`: as
 * `POST /api/transactions/:id/events` takes it. Throws `not_found` where there is no such payment, and `invalid_request`.
 */
export async function tellEvent(
  journal: Pick<Journal, 'find' | 'enqueue'>,
  told: Iso8583Event,
  { id, receivedAt }: Receipt,
): Promise<void> {
  const { transactionId } = told;
  const record = await journal.find(`t:${transactionId}`);
  if (record === undefined)
    throw new AssayError('not_found', `There is no transaction ${transactionId}, of which this message tells.`);
  const key = `c:${id}`;
  if (await journal.find(key)) return;
  const { time, currency } = (record.data as unknown as DecisionData).transaction;
  assertCurrency(told, currency);
  const { data: taken } = takeEvent(told.event, { time, currency, now: receivedAt }, newId(receivedAt));
  const data: EventData = { ...taken, transactionId, event: labelledEvent(record) };
  try {
    await journal.enqueue({ type: 'event', at: receivedAt, key, data: { ...data } }).durable;
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== 'conflict') throw error;
  }
}
