import { executedAt, truthOf } from '../domain/label-state.ts';
import {
  brandOf,
  CARD_DETAILS,
  instrumentOf,
  isPayersOwn,
  type LedgerPayment,
  remoteOf,
} from '../domain/ledgers/payment.ts';
import type { DisputeKind } from '../domain/reason-codes.ts';
import { lifeOf } from './life.ts';
import type { TransactionView } from './store.ts';

interface Dispute {
  id: string;
  kind: DisputeKind;
  scheme: string;
  reasonCode: string;
  history: { reportedAt: string }[];
}

/** What ledgers ask of a transaction; undefined where it is no payment. */
export function ledgerPayment(view: TransactionView): LedgerPayment | undefined {
  if ((view.type ?? 'payment') !== 'payment') return undefined;
  const text = (name: string) => (typeof view[name] === 'string' ? (view[name] as string) : undefined);
  const life = lifeOf(view);
  const truth = truthOf(life);
  const brand = brandOf(text('cardBrand'), text('cardBin'));
  const disputes = ((view.disputes as Dispute[] | undefined) ?? []).map(({ kind, scheme, reasonCode, history }) => ({
    ...{ kind, scheme, reasonCode },
    reportedAt: Math.min(...history.map(({ reportedAt }) => Date.parse(reportedAt))),
  }));
  const hasCard = CARD_DETAILS.some((name) => text(name) !== undefined);
  return {
    id: String(view.id),
    merchantId: text('merchantId') ?? null,
    instrument: instrumentOf(text('instrument'), hasCard),
    remote: remoteOf(typeof view.remote === 'boolean' ? view.remote : undefined, text('channel')),
    brand,
    currency: String(view.currency),
    amountMinor: life.amountMinor,
    baseRate: typeof view.baseRate === 'number' ? view.baseRate : null,
    time: life.time,
    executedAt: executedAt(life),
    truth,
    isPayersOwn: truth.kind === 'fraud' && saysPayersOwn(view, brand),
    cardId: text('cardId') ?? null,
    deviceId: text('deviceId') ?? null,
    address: text('ip') ?? null,
    events: life.events,
    disputes,
  };
}

/** Whether the word in force names a reason by which the payer is the fraudster. */
function saysPayersOwn(view: TransactionView, brand: string | null): boolean {
  const effective = view.effective as { source: string; disputeId?: string } | undefined;
  if (effective?.source === 'dispute') {
    const dispute = ((view.disputes as Dispute[] | undefined) ?? []).find(({ id }) => id === effective.disputeId);
    return dispute !== undefined && isPayersOwn(dispute.scheme, dispute.reasonCode);
  }
  const labels = (view.labels as { label: string; source: string; reasonCode?: string }[] | undefined) ?? [];
  const said = labels.findLast(({ label, source }) => label === 'fraud' && source === effective?.source);
  return said?.reasonCode !== undefined && isPayersOwn(brand ?? '', said.reasonCode);
}
