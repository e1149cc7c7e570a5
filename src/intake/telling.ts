import { AssayError, type FieldError } from '../domain/errors.ts';
import type { DisputeData, EventData, LabelData } from '../domain/records.ts';
import { type CardRule, screen } from './card-numbers.ts';
import { refusal } from './faults.ts';
import { type Subject, type Told, takeDispute, takeEvent, takeLabel } from './life.ts';
import { unfitId } from './text.ts';
import { isObject } from './values.ts';

/** What can be told of a payment after its decision; each as `POST /api/transactions/:id/{kind}s` takes it. */
export const TELLINGS = ['event', 'dispute', 'label'] as const;
export type TellingKind = (typeof TELLINGS)[number];

export interface Telling {
  transactionId: string;
  kind: TellingKind;
  body: Record<string, unknown>;
  /** Of what was left out or replaced on the way here. */
  warnings: string[];
  /** Throws `invalid_request` where it is not told of a payment in this currency. */
  assertFits?: (currency: string) => void;
}

/** What becomes a record of the log, but for what profiles know the payment by. */
export type ToldData =
  | { type: 'event'; data: Told<EventData> }
  | { type: 'dispute'; data: Told<DisputeData> }
  | { type: 'label' | 'label.withdraw'; data: Told<LabelData> };

/**
 * What is told where no address names the payment, in a message or a line of a file: `{transactionId, event | dispute | label: {…}}`.
 * Undefined where it is none of these. Throws `invalid_request` and `card_number`, with the faults of all its fields.
 */
export function tellingOf(message: unknown, cards?: CardRule): Telling | undefined {
  if (!isObject(message) || 'userId' in message) return undefined;
  const kinds = TELLINGS.filter((kind) => kind in message);
  if (kinds.length === 0) return undefined;
  const { transactionId } = message;
  const errors: FieldError[] = [];
  const fault = typeof transactionId === 'string' ? unfitId(transactionId) : 'must be a string';
  if (fault) errors.push({ path: '/transactionId', message: fault });
  for (const name of Object.keys(message))
    if (name !== 'transactionId' && !(kinds as string[]).includes(name))
      errors.push({ path: `/${name.slice(0, 64)}`, message: `is nothing that stands beside ${kinds[0]}` });
  const [kind, ...more] = kinds;
  for (const other of more) errors.push({ path: `/${other}`, message: `is told by itself, not beside ${kind}` });
  const body = message[kind];
  if (!isObject(body)) errors.push({ path: `/${kind}`, message: 'must be an object' });
  if (errors.length > 0) throw refusal(errors);
  const { body: kept, warnings } = cards
    ? screen(body as Record<string, unknown>, cards, `/${kind}`)
    : { body: body as Record<string, unknown>, warnings: [] };
  return { transactionId: transactionId as string, kind, body: kept, warnings };
}

/** The one reading of what is told of a payment, whatever the door. `id`: of the record. Throws `invalid_request`. */
export function takeTelling(
  { kind, body }: Pick<Telling, 'kind' | 'body'>,
  subject: Subject,
  id: string,
): ToldData & { warnings: string[] } {
  if (kind === 'event') return { type: kind, ...takeEvent(body, subject, id) };
  if (kind === 'dispute') return { type: kind, ...takeDispute(body, subject) };
  const { data, warnings } = takeLabel(body, subject, id);
  return { type: data.label === 'none' ? 'label.withdraw' : 'label', data, warnings };
}

/** The same faults under the kind that they are told of, for whoever reads a message as a whole. */
export function faultsIn(kind: TellingKind, error: unknown): unknown {
  if (!(error instanceof AssayError) || error.code !== 'invalid_request' || !error.errors) return error;
  return refusal(error.errors.map(({ path, message }) => ({ path: `/${kind}${path}`, message })));
}
