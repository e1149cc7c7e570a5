import { rfc3339 } from './format.ts';
import { labelSource } from './labels.ts';
import type { GeneratedTransaction } from './transaction.ts';

/** One thing that somebody tells of a transaction after it was decided. */
export interface Telling {
  /** When, in the stream's time; milliseconds. */
  time: number;
  /** Below `/api/transactions/:id/`. */
  path: 'events' | 'disputes' | 'labels';
  /** What the API takes, without the times that it needs: `told` adds them. */
  body: Record<string, unknown>;
  /** The field that says when. */
  at: 'at' | 'reportedAt' | 'occurredAt';
}

/** All that becomes of a transaction, in the order in which it becomes known. */
export function tellingsOf(row: GeneratedTransaction): Telling[] {
  const { outcome, settledAt, refund, warning, dispute } = row.life;
  const told: Telling[] = [];
  const event = (time: number, body: Record<string, unknown>) => told.push({ time, path: 'events', at: 'at', body });
  if (outcome) {
    const { at, ...answer } = outcome;
    event(at, answer);
  }
  if (settledAt !== undefined) event(settledAt, { type: 'settled' });
  if (refund) event(refund.at, { type: 'refunded', amount: refund.amount });
  if (warning) {
    const { at, scheme, reasonCode } = warning;
    const body = { id: `ew_${row.id}`, kind: 'early_warning', scheme, reasonCode, status: 'open' };
    told.push({ time: at, path: 'disputes', at: 'reportedAt', body });
  }
  if (dispute) {
    const body = { id: `dp_${row.id}`, kind: 'dispute', scheme: dispute.scheme, reasonCode: dispute.reasonCode };
    told.push({ time: dispute.at, path: 'disputes', at: 'reportedAt', body: { ...body, status: 'open' } });
    told.push({
      time: dispute.closedAt,
      path: 'disputes',
      at: 'reportedAt',
      body: { ...body, status: dispute.status },
    });
  }
  const label = labelOf(row);
  if (label) told.push(label);
  return told.sort((a, b) => a.time - b.time);
}

/** What the cardholder found is told by a dispute. */
function labelOf(row: GeneratedTransaction): Telling | undefined {
  const { labelledAt: time, isFraud } = row;
  if (time === undefined || (isFraud && row.life.dispute)) return undefined;
  const source = row.type === 'payment' ? labelSource(time - row.time) : 'analyst';
  return { time, path: 'labels', at: 'occurredAt', body: { label: isFraud ? 'fraud' : 'legitimate', source } };
}

/** The body with its time: the stream's own, or where things happen now, the present. */
export function told(telling: Telling, now: number | undefined): Record<string, unknown> {
  // When a label came to light need not be said of one that comes to light now.
  if (now !== undefined && telling.path === 'labels') return telling.body;
  return { ...telling.body, [telling.at]: rfc3339(now ?? telling.time, 0) };
}
