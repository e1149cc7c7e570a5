import { AssayError } from '../domain/errors.ts';
import { FIELD_NAMES } from '../domain/fields.ts';
import { GIVEN_TWICE, repeatedName } from '../domain/repeated-name.ts';
import type { Transaction } from '../domain/transaction.ts';
import type { Submission } from '../engine/engine.ts';
import { parseJson } from '../intake/digits.ts';
import { refusal } from '../intake/faults.ts';
import { DEFAULT_MAP, type Iso8583Map } from '../intake/iso8583/map.ts';
import { takeIso8583 } from '../intake/iso8583/message.ts';
import type { Message } from '../intake/iso20022/element.ts';
import { readJsonMessage, readXmlMessage } from '../intake/iso20022/message.ts';
import { paymentsOf } from '../intake/iso20022/payments.ts';
import { statusesOf } from '../intake/iso20022/statuses.ts';
import { takeSubmission } from '../intake/submission.ts';
import { type Telling, tellingOf } from '../intake/telling.ts';
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

/** What a message asks for: a decision; to be told of payments; or nothing. */
export type RawAsk =
  | { kind: 'decide'; taken: Submission }
  | { kind: 'tell'; tellings: Telling[]; receipt: Receipt }
  | { kind: 'nothing' };

/**
 * A message by the rules of `POST /api/transactions`, or of what is told of one later. Everything follows from the message, so
 * that it is the same however often it is delivered: without an id it gets one of its place in the log, without a date that
 * of its arrival there. Throws an AssayError that says why it cannot be read.
 */
export function readRaw(
  message: RawMessage,
  rules: IntakeRules,
  { format = 'auto', map = DEFAULT_MAP }: { format?: 'auto' | 'json' | 'iso8583'; map?: Iso8583Map } = {},
): RawAsk {
  const { headers, value } = message;
  if (headers[TAKEN_IN]) return { kind: 'decide', taken: JSON.parse(headers[TAKEN_IN]) as Submission };
  const receipt = receiptOf(message);
  const text = value.toString('utf8');
  if (format === 'auto' && /^\s*</.test(text)) return ofBank(readXmlMessage(text), receipt, rules);
  const body = parse(text);
  if (format === 'iso8583') {
    const asked = takeIso8583(body, receipt, rules, map);
    return asked.kind === 'tell' ? { kind: 'tell', tellings: [asked.telling], receipt } : asked;
  }
  if (format === 'auto' && isObject(body) && 'Document' in body && !('userId' in body))
    return ofBank(readJsonMessage(body), receipt, rules);
  const telling = tellingOf(body, rules.cards);
  if (telling) return { kind: 'tell', tellings: [telling], receipt };
  return { kind: 'decide', taken: takeSubmission(body, receipt, rules) };
}

/** Of its place in the log. */
function receiptOf({ partition, offset, timestamp, value }: RawMessage): Receipt {
  if (value.length > MAX_BYTES) throw new AssayError('too_large', 'A transaction takes at most 1 MiB.');
  return { id: `raw_${timestamp}_${partition}_${offset}`, receivedAt: timestamp };
}

/** Of a message of ISO 20022. One that asks for decisions holds one payment here: it is decided, or dead, as one. */
function ofBank(message: Message, receipt: Receipt, rules: IntakeRules): RawAsk {
  if (message.body.name === 'FIToFIPmtStsRpt') {
    const statuses = statusesOf(message, new Date(receipt.receivedAt).toISOString());
    const tellings = statuses.flatMap(({ telling }) => telling ?? []);
    return tellings.length > 0 ? { kind: 'tell', tellings, receipt } : { kind: 'nothing' };
  }
  const payments = paymentsOf(message);
  if (payments.length !== 1)
    throw refusal([{ path: message.path, message: `has ${payments.length} payments; send one a message` }]);
  const [{ body, warnings }] = payments;
  const taken = takeSubmission(body, receipt, rules);
  taken.transaction.warnings.unshift(...warnings);
  return { kind: 'decide', taken };
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
