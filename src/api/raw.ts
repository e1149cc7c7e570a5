import { AssayError } from '../domain/errors.ts';
import { FIELD_NAMES } from '../domain/fields.ts';
import { GIVEN_TWICE, repeatedName } from '../domain/repeated-name.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { Submission } from '../engine/engine.ts';
import { parseJson } from '../intake/digits.ts';
import { refusal } from '../intake/faults.ts';
import type { Iso8583Map } from '../intake/iso8583/map.ts';
import { type Iso8583Message, takeIso8583 } from '../intake/iso8583/message.ts';
import type { Message } from '../intake/iso20022/element.ts';
import { readJsonMessage, readXmlMessage } from '../intake/iso20022/message.ts';
import { paymentsOf } from '../intake/iso20022/payments.ts';
import { takeSubmission } from '../intake/submission.ts';
import type { IntakeRules, Receipt } from '../intake/transaction.ts';
import { isObject } from '../intake/values.ts';

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
export function readRaw(message: RawMessage, rules: IntakeRules, format: 'auto' | 'json' = 'auto'): Submission {
  const { headers, value } = message;
  if (headers[TAKEN_IN]) return JSON.parse(headers[TAKEN_IN]) as Submission;
  const receipt = receiptOf(message);
  const text = value.toString('utf8');
  if (format === 'json') return takeSubmission(parse(text), receipt, rules);
  if (/^\s*</.test(text)) return ofBank(readXmlMessage(text), receipt, rules);
  const body = parse(text);
  return isObject(body) && 'Document' in body && !('userId' in body)
    ? ofBank(readJsonMessage(body), receipt, rules)
    : takeSubmission(body, receipt, rules);
}

/** The same of a message of ISO 8583 as JSON, which may ask for no decision; what a server handed on is among them. */
export function readRawIso8583(message: RawMessage, rules: IntakeRules, map: Iso8583Map): Iso8583Message {
  const handedOn = message.headers[TAKEN_IN];
  if (handedOn) return { kind: 'decide', type: TAKEN_IN, taken: JSON.parse(handedOn) as Submission };
  const receipt = receiptOf(message);
  return takeIso8583(parse(message.value.toString('utf8')), receipt, rules, map);
}

/** Of its place in the log. */
export function receiptOf({ partition, offset, timestamp, value }: RawMessage): Receipt {
  if (value.length > MAX_BYTES) throw new AssayError('too_large', 'A transaction takes at most 1 MiB.');
  return { id: `raw_${timestamp}_${partition}_${offset}`, receivedAt: timestamp };
}

/** Of a message of ISO 20022, which holds one payment here: a message of Kafka is decided, or dead, as one. */
function ofBank(message: Message, receipt: Receipt, rules: IntakeRules): Submission {
  const payments = paymentsOf(message);
  if (payments.length !== 1)
    throw refusal([{ path: message.path, message: `has ${payments.length} payments; send one a message` }]);
  const [{ body, warnings }] = payments;
  const taken = takeSubmission(body, receipt, rules);
  taken.transaction.warnings.unshift(...warnings);
  return taken;
}

function parse(text: string): unknown {
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
