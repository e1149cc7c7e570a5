import type { LabelValue, Outcome, Status, Transaction, TransactionType } from '../api/types.ts';

/** A line of the feed: what it shows of a decision and no more, so that thousands of them stay small. */
export interface FeedRow {
  kind: 'decision';
  id: string;
  at: number;
  userId: string;
  type: TransactionType;
  amount: number | null;
  currency: string;
  decision: Outcome | undefined;
  score: number | undefined;
  latencyMs: number | undefined;
  status: Status;
  label: LabelValue | undefined;
  country: string | undefined;
  merchantId: string | undefined;
  cardId: string | undefined;
  deviceId: string | undefined;
  ip: string | undefined;
  category: string | undefined;
  reason: string | undefined;
}

/** Where the server skipped ahead because this reader was too slow. */
export interface GapRow {
  kind: 'gap';
  id: string;
  at: number;
  missed: number;
}

export type RingRow = FeedRow | GapRow;

/** The newest rows, oldest first. Bounded: a slice is cut off the old end once it has grown by a tenth. */
export function createRing(capacity: number) {
  let rows: RingRow[] = [];
  const known = new Map<string, FeedRow>();

  function trim(): void {
    if (rows.length <= capacity * 1.1) return;
    const cut = rows.length - capacity;
    for (let i = 0; i < cut; i++) known.delete(rows[i].id);
    rows = rows.slice(cut);
  }

  return {
    rows: (): readonly RingRow[] => rows,
    get: (id: string): FeedRow | undefined => known.get(id),
    /** False where it is there already. */
    push(row: RingRow): boolean {
      if (row.kind === 'decision') {
        if (known.has(row.id)) return false;
        known.set(row.id, row);
      }
      rows.push(row);
      trim();
      return true;
    },
    /** Puts what was before the first row in front of it. `older` is newest first, as lists are. */
    seed(older: FeedRow[]): void {
      const missing = older.filter((row) => !known.has(row.id)).reverse();
      for (const row of missing) known.set(row.id, row);
      rows = [...missing, ...rows].sort((a, b) => a.at - b.at);
      trim();
    },
  };
}

export type Ring = ReturnType<typeof createRing>;

export function toFeedRow(transaction: Transaction): FeedRow {
  const { id, userId, type = 'payment', amount, currency, decision, score, latencyMs, status, label } = transaction;
  const { country, merchantId, cardId, deviceId, ip, productCategory, reasons } = transaction;
  return {
    kind: 'decision',
    id,
    at: Date.parse(transaction.createdAt),
    userId,
    type,
    amount,
    currency,
    decision,
    score,
    latencyMs,
    status,
    label,
    country,
    merchantId,
    cardId,
    deviceId,
    ip,
    category: productCategory,
    reason: decision === 'approve' ? undefined : reasons?.find(({ contribution }) => contribution > 0)?.message,
  };
}
