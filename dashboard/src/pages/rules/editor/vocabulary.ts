import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { FIELDS } from '../../../../../src/policy/expression/fields.ts';
import { TEXT_METHODS, TIME_METHODS } from '../../../../../src/policy/expression/functions.ts';
import { featuresQuery } from '../../../api/features.ts';
import { listsQuery } from '../../../api/lists.ts';

/** A name that may be written, with what it is. */
export interface Word {
  name: string;
  detail?: string;
  info?: string;
}

/** Everything that an expression may name: the language's own tables, and what this server has. */
export interface Vocabulary {
  fields: Word[];
  features: Word[];
  lists: Word[];
}

export const ENTITIES: readonly string[] = [
  ...['user', 'card', 'device', 'ip', 'merchant', 'email'],
  ...['network', 'mailbox', 'bin', 'payee'],
];
export const WINDOWS: readonly string[] = ['10m', '1h', '2h', '6h', '24h', '7d', '30d', '60d'];
export const HAPPENINGS: readonly string[] = [
  ...['authorized', 'refused', 'settled', 'voided', 'refunded', 'fraud', 'legitimate'],
];

/** How each function is written, and what it tells. */
export const FUNCTION_WORDS: Readonly<Record<string, { form: string; info: string }>> = {
  count: {
    form: '("#{card}", "#{1h}")',
    info: 'Payments of the entity in the window, this one too; a third argument counts only those that were refused, …',
  },
  sum: { form: '("#{card}", "#{24h}")', info: 'Their amounts, in the base currency' },
  mean: { form: '("#{user}", "#{30d}")', info: 'The mean of their amounts' },
  max: { form: '("#{user}", "#{30d}")', info: 'The largest of their amounts' },
  distinct: { form: '("#{device}", "#{card}", "#{1h}")', info: 'How many different ones the entity met in the window' },
  sinceLast: { form: '("#{card}")', info: 'Seconds since the entity’s last payment' },
  isFirst: { form: '("#{user}", "#{device}")', info: 'Whether the two meet for the first time' },
  frauds: { form: '("#{device}", "#{30d}")', info: 'Frauds known of the entity' },
  km: { form: '("#{user}")', info: 'Kilometres from the entity’s last place' },
  inList: { form: '("#{list}", #{tx.cardId})', info: 'Whether the value is on the list' },
  inMccGroup: {
    form: '("#{gambling}", tx.mcc)',
    info: 'Whether the merchant’s category code is of a group: gambling, quasi_cash, travel, …',
  },
  has: { form: '(#{tx.cardId})', info: 'Whether it was sent' },
  size: { form: '(#{tx.email})', info: 'How long a text or a list is' },
  double: { form: '(#{tx.metadata.value})', info: 'As a number' },
  int: { form: '(#{tx.amount})', info: 'As a whole number' },
  string: { form: '(#{tx.amount})', info: 'As a text' },
  timestamp: { form: '("#{2026-01-01T00:00:00Z}")', info: 'A moment' },
  duration: { form: '("#{1h}")', info: 'A length of time' },
};
export const INPUTS: readonly Word[] = [
  { name: 'tx', detail: 'payment', info: 'The payment’s own fields' },
  { name: 'features', detail: 'catalogue', info: 'What profiles tell' },
  { name: 'score', detail: 'number', info: 'The model’s score, 0 to 100' },
  { name: 'probability', detail: 'number', info: 'The model’s probability of fraud' },
  { name: 'hour', detail: 'number', info: 'Local hour of the payment' },
  { name: 'weekday', detail: 'number', info: 'Local day of the week' },
  { name: 'model', detail: 'text', info: 'Version of the model; also model.name' },
];
export const METHODS: readonly string[] = [...TEXT_METHODS, ...TIME_METHODS];

const fields: Word[] = Object.entries(FIELDS).map(([name, type]) => ({ name, detail: type }));

export function useVocabulary(): Vocabulary {
  const features = useQuery(featuresQuery()).data;
  const lists = useQuery(listsQuery()).data;
  return useMemo(
    () => ({
      fields,
      features: (features?.data ?? []).map(({ name, description }) => ({ name, info: description })),
      lists: (lists?.data ?? []).map(({ name, type, description }) => ({ name, detail: type, info: description })),
    }),
    [features, lists],
  );
}
