import { type FieldName, fieldOf, isPersonal, TRANSACTION_FIELDS } from '../../domain/fields.ts';
import type { Transaction } from '../../domain/transaction.ts';

/** Of a transaction, what columns hold: nothing personal, for that must be possible to erase. */
const kept = (Object.keys(TRANSACTION_FIELDS) as FieldName[]).filter(
  (name) => !isPersonal(name) && name !== 'transactionDate',
);
const kindOf = (name: FieldName) => fieldOf(name).kind;
const isNumber = (name: FieldName) => kindOf(name) === 'number' || kindOf(name) === 'amount';

export type Name = keyof Transaction & string;

/** By number; NaN where absent. Coordinates stay after an erasure, since profiles measure by them. */
export const NUMBERS = [
  ...(kept.filter(isNumber) as Name[]),
  ...(['amountMinor', 'amountBase', 'baseRate', 'latitude', 'longitude'] as const),
];
export const FLAGS = kept.filter((name) => kindOf(name) === 'flag') as Name[];
export const TEXTS = kept.filter((name) => !isNumber(name) && kindOf(name) !== 'flag') as Name[];

/** Fields that rules may name and columns do not hold. */
export const notHeld = (name: string): boolean => isPersonal(name) && name !== 'latitude' && name !== 'longitude';

/** Of an event: what profiles and features see, beside its entities. */
export const EVENT = [
  ...(['id', 'type', 'time', 'offsetMinutes', 'country', 'category', 'channel', 'location'] as const),
] as const;
