import { AssayError } from '../domain/errors.ts';
import { FIELD_NAMES } from '../domain/fields.ts';
import { GIVEN_TWICE, repeatedName } from '../domain/repeated-name.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { Submission } from '../engine/engine.ts';
import { parseJson } from '../intake/digits.ts';
import { refusal } from '../intake/faults.ts';
import { takeSubmission } from '../intake/submission.ts';
import type { IntakeRules } from '../intake/transaction.ts';

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

/**
 * A message as the transaction to decide, by the rules of `POST /api/transactions`. Everything follows from the message, so that
 * it is the same however often it is delivered: without an id it gets one of its place in the log, without a date that of
 * its arrival there. Throws an AssayError that says why it cannot be read.
 */
export function readRaw(message: RawMessage, rules: IntakeRules): Submission {
  const { partition, offset, timestamp, headers } = message;
  if (headers[TAKEN_IN]) return JSON.parse(headers[TAKEN_IN]) as Submission;
  const id = `raw_${timestamp}_${partition}_${offset}`;
  return takeSubmission(parse(message.value), { id, receivedAt: timestamp }, rules);
}

function parse(value: Buffer): unknown {
  if (value.length > MAX_BYTES) throw new AssayError('too_large', 'A transaction takes at most 1 MiB.');
  const text = value.toString('utf8');
  let body: unknown;
  try {
    body = parseJson(text);
  } catch (error) {
    throw new AssayError('malformed_json', `Not JSON: ${(error as Error).message}`);
  }
  const twice = repeatedName(text, body);
  if (twice !== undefined) throw refusal([{ path: twice, message: GIVEN_TWICE }]);
  return body;
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
