import type { TransactionView, UserView } from '../store.ts';
import type { Change } from './target.ts';

/** Of a document of 1 MiB. */
const MOST_DETAILS = 512 * 1024;
const COLUMNS = ['label', 'productCategory', 'merchantId', 'country', 'channel'] as const;

export function paymentChange(id: string, view: TransactionView | undefined): Change {
  if (!view) return { table: 'payment', id: storable(id), row: null };
  const row = {
    id: storable(id),
    userId: storable(view.userId),
    type: storable(view.type),
    amount: (view.amount as number | null) ?? null,
    currency: storable(view.currency),
    status: storable(view.status),
    createdAt: Date.parse(view.createdAt),
    details: detailsOf(view),
  };
  if (view.decision === undefined) {
    const error = view.error === undefined ? {} : { error: storable(view.error) };
    return { table: 'tempTransactions', id: row.id, row: { ...row, ...error } };
  }
  const columns: Record<string, string> = {};
  for (const name of COLUMNS) if (view[name] !== undefined) columns[name] = storable(view[name]);
  return {
    table: 'transactions',
    id: row.id,
    row: {
      ...row,
      ...columns,
      decision: storable(view.decision),
      score: (view.score as number | null) ?? null,
      isFraudulent: view.isFraudulent === true,
      fraudExplanation: storable(view.fraudExplanation ?? ''),
      alert: isAlert(view),
      transactionDate: Date.parse(view.transactionDate as string),
    },
  };
}

export function userChange(id: string, view: UserView | undefined): Change {
  if (!view) return { table: 'user', id: storable(id), row: null };
  const { name, email, createdAt, updatedAt } = view;
  return {
    table: 'users',
    id: storable(id),
    row: {
      ...{ id: storable(id), name: storable(name), email: storable(email) },
      ...{ createdAt: Date.parse(createdAt), updatedAt: Date.parse(updatedAt) },
    },
  };
}

/** As `GET /api/transactions/alerts` has it. */
function isAlert({ decision, status, label, review }: TransactionView): boolean {
  return (
    (decision === 'review' || decision === 'decline') &&
    status === 'pending' &&
    label === undefined &&
    review === undefined
  );
}

/** All of it as text: names within metadata are the client's own, and need not be names of fields there. */
function detailsOf({ labelState: _, ...view }: TransactionView): string {
  const text = JSON.stringify(view);
  return text.length <= MOST_DETAILS ? text : JSON.stringify({ id: view.id, tooLong: true });
}

/** Half a surrogate pair is no text elsewhere. */
function storable(value: unknown): string {
  return String(value).toWellFormed();
}
