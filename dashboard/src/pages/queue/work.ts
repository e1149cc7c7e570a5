import type { Transaction } from '../../api/types.ts';

export type Order = 'stake' | 'newest' | 'score' | 'amount';

export const ORDERS: { value: Order; label: string }[] = [
  { value: 'stake', label: 'Risk × amount' },
  { value: 'score', label: 'Highest score' },
  { value: 'amount', label: 'Largest amount' },
  { value: 'newest', label: 'Newest' },
];

/** Amounts compare in the base currency. */
const base = ({ amountBase, amount }: Transaction) => amountBase ?? amount;
/** What is expected to be lost if it goes through. */
export const stake = (t: Transaction) => (t.probability ?? 0) * base(t);

const COMPARE: Record<Order, (a: Transaction, b: Transaction) => number> = {
  stake: (a, b) => stake(b) - stake(a),
  score: (a, b) => (b.probability ?? 0) - (a.probability ?? 0),
  amount: (a, b) => base(b) - base(a),
  newest: (a, b) => b.createdAt.localeCompare(a.createdAt),
};

/** What fits the search, in order. `text` in lower case. */
export function usable(items: Transaction[], order: Order, text: string): Transaction[] {
  const fitting =
    text === ''
      ? items
      : items.filter((t) =>
          [
            t.id,
            t.userId,
            t.cardId,
            t.deviceId,
            t.ip,
            t.merchantId,
            t.email,
            t.country,
            t.productCategory,
            t.fraudExplanation,
          ].some((value) => value?.toLowerCase().includes(text)),
        );
  return [...fitting].sort(COMPARE[order]);
}
