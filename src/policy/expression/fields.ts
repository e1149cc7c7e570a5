import { type Field, TRANSACTION_FIELDS } from '../../domain/fields.ts';

export type FieldType = 'number' | 'text' | 'bool' | 'time' | 'any';

const TYPES: Readonly<Record<Field['kind'], FieldType>> = {
  id: 'text',
  words: 'text',
  number: 'number',
  flag: 'bool',
  choice: 'text',
  digits: 'text',
  amount: 'number',
  currency: 'text',
  time: 'time',
  ip: 'text',
  email: 'text',
  country: 'text',
  metadata: 'any',
};

/** The transaction's fields as the API calls them, and the type of each; `any` is what clients send as they like. */
export const FIELDS: Readonly<Record<string, FieldType>> = {
  ...Object.fromEntries(Object.entries(TRANSACTION_FIELDS).map(([name, field]) => [name, TYPES[field.kind]])),
  amountBase: 'number',
  baseRate: 'number',
};
