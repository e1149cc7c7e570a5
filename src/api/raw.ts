import { AssayError } from '../domain/errors.ts';
import { FIELD_NAMES, RESERVED_IDS, type TransactionBody } from '../domain/fields.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { Submission } from '../engine/engine.ts';
import { type IntakeRules, takeIn, transactionHash } from '../intake/transaction.ts';
import { DecideBody } from './contract/transactions.ts';
import { checkerOf } from './validate.ts';
import { invalid } from './window.ts';

/** A message of `transactions.raw`: where it lies, and when the log took it in (milliseconds). */
export interface RawMessage {
  value: Buffer;
  partition: number;
  offset: number;
  timestamp: number;
  headers: Readonly<Record<string, string>>;
}

/** Under which a server hands on what it has taken in already, word for word: `JSON` of the Submission. */
const TAKEN_IN = 'assay-submission';

const MAX_BYTES = 1024 * 1024;
const check = checkerOf(DecideBody);

/**
 * A message as the transaction to decide, by the rules of `POST /api/transactions`. Everything follows from the message, so that
 * it is the same however often it is delivered: without an id it gets one of its place in the log, without a date that of
 * its arrival there. Throws an AssayError that says why it cannot be read.
 */
export function readRaw(message: RawMessage, rules: IntakeRules): Submission {
  const { partition, offset, timestamp, headers } = message;
  if (headers[TAKEN_IN]) return JSON.parse(headers[TAKEN_IN]) as Submission;
  const body = parse(message.value);
  if (body.id !== undefined && RESERVED_IDS.includes(body.id))
    throw invalid('/id', 'is a word of the API’s own addresses; choose another');
  const id = body.id ?? `raw_${timestamp}_${partition}_${offset}`;
  return { transaction: takeIn(body, { id, receivedAt: timestamp }, rules), bodyHash: transactionHash(body) };
}

function parse(value: Buffer): TransactionBody {
  if (value.length > MAX_BYTES) throw new AssayError('too_large', 'A transaction takes at most 1 MiB.');
  let body: unknown;
  try {
    body = JSON.parse(value.toString('utf8'));
  } catch (error) {
    throw new AssayError('malformed_json', `Not JSON: ${(error as Error).message}`);
  }
  return check(body);
}

/** What a server hands to the workers: a body as any client may send it, and beside it what it made of that. */
export function rawMessage(submission: Submission): { key: string; value: string; headers: Record<string, string> } {
  const { transaction } = submission;
  return {
    key: transaction.userId,
    value: JSON.stringify(bodyOf(transaction)),
    headers: { [TAKEN_IN]: JSON.stringify(submission) },
  };
}

function bodyOf(transaction: Transaction): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const name of FIELD_NAMES) body[name] = transaction[name as keyof Transaction];
  return transaction.dated ? { ...body, transactionDate: new Date(transaction.time).toISOString() } : body;
}
