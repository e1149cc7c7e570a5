import { type AssaySettings, ask } from '../assay.ts';

/** A cart as the shop's own page sends it. What says who pays comes from the session, not from here. */
export interface Order {
  orderId: string;
  userId: string;
  amount: number;
  currency: string;
  cardId?: string;
  ip?: string;
}

export type Outcome =
  | { state: 'paid'; orderId: string }
  | { state: 'held'; orderId: string; why: string }
  | { state: 'refused'; orderId: string };

/** The shop's processor: authorizes and captures, the same once for the same order. */
export type Charge = (order: Order) => Promise<void>;

/**
 * Asks before the money moves: approve is charged and finalized, review is held for a person, decline is refused. The order's number is
 * the payment's id, so that whatever is repeated is decided once. Where Assay does not answer in time, the order is held: neither lost nor
 * let through.
 */
export async function checkout(assay: AssaySettings, charge: Charge, order: Order): Promise<Outcome> {
  const { orderId, ...payment } = order;
  const decided = await ask(assay, 'POST', '/api/transactions', { id: orderId, ...payment }).catch(() => undefined);
  if (decided === undefined || decided.status >= 500 || decided.status === 429)
    return { state: 'held', orderId, why: 'The payment is being looked at.' };
  if (decided.status !== 201) throw new Error(`Assay refuses the payment: ${decided.body?.detail ?? decided.status}`);
  switch (decided.body.decision) {
    case 'decline':
      return { state: 'refused', orderId };
    case 'review':
      return { state: 'held', orderId, why: decided.body.fraudExplanation };
  }
  await charge(order);
  // The money has moved: finalizing says so, and may be repeated later where it does not get through.
  await ask(assay, 'POST', '/api/transactions/finalize', { tempId: orderId }, `finalize ${orderId}`).catch(() => {});
  return { state: 'paid', orderId };
}

/** What the page is told: why it is held is the shop's affair. */
export function shown({ state, orderId }: Outcome): { status: number; body: { state: string; orderId: string } } {
  return { status: { paid: 201, held: 202, refused: 402 }[state], body: { state, orderId } };
}
