import { toMinor } from '../domain/currency.ts';
import type { CardOfRow, DisputeRow } from './label-file.ts';
import type { Ask } from './label-server.ts';

/** A payment, as far as matching goes by it. */
interface Payment {
  id: string;
  amount: number | null;
  currency: string;
  transactionDate: string;
  cardId?: string;
  cardBin?: string;
  cardLast4?: string;
}

const PAGE = 200;
/** A payment's own time is at most five minutes after its decision. */
const AHEAD_MS = 5 * 60_000;

/**
 * The payments that rows mean which name none: of this card, amount and day. All that was decided from the first such day on are
 * looked at once, for their own time may lie long before it.
 */
export async function matchByCard(
  ask: Ask,
  rows: readonly DisputeRow[],
  onPage: (looked: number) => void,
): Promise<Map<DisputeRow, string[]>> {
  const found = new Map<DisputeRow, string[]>();
  const byCard = new Map<string, { row: DisputeRow; card: CardOfRow }[]>();
  let first = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const { card } = row;
    if (!card) continue;
    found.set(row, []);
    first = Math.min(first, card.from);
    for (const key of [card.cardId && `id ${card.cardId}`, card.last4 && `last ${card.last4}`])
      if (key) byCard.set(key, [...(byCard.get(key) ?? []), { row, card }]);
  }
  if (found.size === 0) return found;
  const from = encodeURIComponent(new Date(Math.max(0, first - AHEAD_MS)).toISOString());
  let cursor: string | null = null;
  let looked = 0;
  do {
    const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await ask('GET', `/api/transactions?from=${from}&limit=${PAGE}${after}`);
    if (status !== 200) throw new Error(`The server answered ${status}: ${body.detail ?? ''}`);
    for (const payment of body.data as Payment[])
      for (const key of [`id ${payment.cardId}`, `last ${payment.cardLast4}`])
        for (const { row, card } of byCard.get(key) ?? []) {
          const ids = found.get(row)!;
          if (isOf(payment, card) && !ids.includes(payment.id)) ids.push(payment.id);
        }
    looked += body.data.length;
    onPage(looked);
    cursor = body.nextCursor;
  } while (cursor !== null);
  return found;
}

function isOf(payment: Payment, card: CardOfRow): boolean {
  const time = Date.parse(payment.transactionDate);
  if (payment.amount === null || time < card.from || time >= card.to) return false;
  if (card.currency !== undefined && card.currency !== payment.currency) return false;
  if (toMinor(card.amount, payment.currency) !== toMinor(payment.amount, payment.currency)) return false;
  if (card.cardId !== undefined && card.cardId === payment.cardId) return true;
  const [bin, other] = [card.bin ?? '', payment.cardBin ?? ''];
  // One may tell six digits of the issuer, the other eight.
  return (
    bin !== '' && other !== '' && card.last4 === payment.cardLast4 && (bin.startsWith(other) || other.startsWith(bin))
  );
}
