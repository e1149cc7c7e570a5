import { toMinor } from '../domain/currency.ts';
import type { Outcome } from '../domain/decision.ts';
import { type DisputeStatus, stands } from '../domain/dispute.ts';
import { effective, RANK_PINNED, type Statement, voicesFrom } from '../domain/label.ts';
import {
  currentDisputes,
  type DisputeTold,
  type Life,
  labelStateOf,
  type Truth,
  truthOf,
} from '../domain/label-state.ts';
import { eventName, type PaymentEvent, remainingMinor } from '../domain/payment-event.ts';
import { reasonOf } from '../domain/reason-codes.ts';
import type { DisputeData, EventData, LabelData, ReviewData } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { TransactionView } from './store.ts';

/**
 * What was told of a transaction after its decision, as its view holds it: everything that its state follows from stands
 * there, so that it is kept by whatever release rewrites the view.
 */

export interface LabelShown {
  id: string;
  label: LabelData['label'];
  source: LabelData['source'];
  rank?: number;
  occurredAt?: string;
  recordedAt: string;
  /** Of its record; absent where a release before ranks wrote it. */
  sequence?: number;
  caseId?: string;
  undoes?: string;
}

interface DisputeNews {
  status: DisputeStatus;
  reportedAt: string;
  recordedAt: string;
  sequence: number;
  /** What it says of the payment's truth. */
  label: DisputeData['label'];
}

export interface DisputeShown extends DisputeNews {
  id: string;
  history: DisputeNews[];
}

interface EventShown extends Omit<PaymentEvent, 'at' | 'amountMinor'> {
  id: string;
  at: string;
  amount?: number;
  recordedAt: string;
  sequence: number;
}

interface ReviewShown {
  action: 'release' | 'cancel';
  at: string;
}

const iso = (ms: number) => new Date(ms).toISOString();
const list = <T>(view: TransactionView, name: string) => (view[name] as T[] | undefined) ?? [];
/** Fields that have a value. */
const defined = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;

/** The view with one more label, and what was recorded. */
export function withLabel(view: TransactionView, record: JournalRecord) {
  const { labelId, transactionId, label, source, rank, note, reasonCode, occurredAt, caseId, undoes, by } =
    record.data as unknown as LabelData;
  const shown = defined({
    ...{ id: labelId, transactionId, label, source, note, reasonCode },
    occurredAt: occurredAt === undefined ? undefined : iso(occurredAt),
    ...(rank === RANK_PINNED ? { pinned: true } : {}),
    ...{ caseId, undoes, by, recordedAt: iso(record.at), rank, sequence: record.sequence },
  });
  return { view: settled({ ...view, labels: [...list(view, 'labels'), shown] }), shown };
}

/**
 * The view with what is new of a dispute. What says the same as how it stands is no news, but said again: profiles, which are told of
 * in any order, go by its newest place in the log where another voice is of the same time, and so does this.
 */
export function withDispute(view: TransactionView, record: JournalRecord) {
  const data = record.data as unknown as DisputeData;
  const { disputeId: id, kind, scheme, reasonCode, amount, currency, status, label, by } = data;
  const reportedAt = iso(data.reportedAt);
  const told = defined({ kind, scheme, reasonCode, amount, currency, reportedAt, status, label });
  const news = { ...told, recordedAt: iso(record.at), sequence: record.sequence, ...defined({ by }) };
  const disputes = list<DisputeShown>(view, 'disputes');
  const known = disputes.find((dispute) => dispute.id === id);
  const history = known?.history ?? [];
  const stands = known && currentOf(history);
  const again = stands && sameNews(stands, news) ? { ...stands, sequence: record.sequence } : undefined;
  const kept = again ? history.map((one) => (one === stands ? again : one)) : [...history, news];
  const reason = reasonOf(scheme, kind, reasonCode)?.[1];
  const shown = { id, ...currentOf(kept), ...defined({ reason }), history: kept };
  const others = disputes.filter((dispute) => dispute.id !== id);
  return { view: settled({ ...view, disputes: [...others, shown] }), shown };
}

function sameNews(one: DisputeNews, other: DisputeNews): boolean {
  const told = ({ recordedAt: _, sequence: __, by: ___, ...rest }: DisputeNews & { by?: string }) => rest;
  const [a, b] = [told(one), told(other)];
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}

function currentOf(history: DisputeNews[]): DisputeNews {
  const told = history.map((news) => ({ ...disputeTold('', news), news }));
  return currentDisputes(told)[0].news;
}

/** The view with an event; one that says the same as an earlier one is that one. */
export function withEvent(view: TransactionView, record: JournalRecord) {
  const { eventId, type, at, amount, code, avs, cvc, threeDS, by } = record.data as unknown as EventData;
  const shown: EventShown = defined({
    ...{ id: eventId, type, at: iso(at), amount, code, avs, cvc, threeDS, by },
    ...{ recordedAt: iso(record.at), sequence: record.sequence },
  });
  const events = list<EventShown>(view, 'events');
  const name = eventName(eventOf(shown, view));
  const known = events.find((event) => eventName(eventOf(event, view)) === name);
  if (known) return { view, shown: known };
  const timeline = [...events, shown].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.sequence - b.sequence);
  return { view: settled({ ...view, events: timeline }), shown };
}

export function withReview(view: TransactionView, record: JournalRecord): TransactionView {
  const { action, expired, by } = record.data as unknown as ReviewData;
  const reason = record.personal?.reason as string | undefined;
  return settled({ ...view, review: defined({ action, reason, at: iso(record.at), expired, by }) });
}

/** What was told before the decision stays with it. */
export function withLifeOf(decided: TransactionView, undecided: TransactionView): TransactionView {
  const { labels, disputes, events } = undecided;
  if (!labels && !disputes && !events) return decided;
  return settled({ ...decided, ...defined({ labels, disputes, events }) });
}

/** With the label that is in force now. */
function settled(view: TransactionView): TransactionView {
  const { label: _, effective: __, ...rest } = view;
  const found = effective(voicesFrom(statementsIn(view)));
  if (!found) return rest as TransactionView;
  const { label, source, pinned, disputeId, time } = found;
  return { ...rest, label, effective: effectiveView({ label, source, pinned, disputeId, time }) } as TransactionView;
}

function effectiveView({ label, source, pinned, disputeId, time }: Omit<Statement, 'sequence' | 'ranked'>) {
  return defined({ label, source, ...(pinned ? { pinned } : {}), disputeId, at: iso(time) });
}

export function statementsIn(view: TransactionView): Statement[] {
  let last = 0;
  const labels = list<LabelShown>(view, 'labels').map((shown): Statement => {
    const { label, source, rank, occurredAt, recordedAt, undoes } = shown;
    // Labels lie in log order; those from before tell no sequence.
    last = shown.sequence ?? last + 1e-6;
    const time = Date.parse(occurredAt ?? recordedAt);
    const statement = { label, source, pinned: rank === RANK_PINNED, time, sequence: last, ranked: rank !== undefined };
    return undoes === undefined ? statement : { ...statement, undoes: true };
  });
  const disputes = list<DisputeShown>(view, 'disputes').flatMap(({ id, history }) =>
    history.map(({ label, reportedAt, sequence }): Statement => {
      const time = Date.parse(reportedAt);
      return { label, source: 'dispute', pinned: false, disputeId: id, time, sequence, ranked: true };
    }),
  );
  return [...labels, ...disputes];
}

function disputeTold(id: string, { status, reportedAt, sequence }: DisputeNews): DisputeTold {
  return { id, status, at: Date.parse(reportedAt), sequence };
}

function eventOf({ at, amount, ...event }: EventShown, view: TransactionView): PaymentEvent {
  const { type, code, avs, cvc, threeDS } = event;
  const amountMinor = amount === undefined ? undefined : toMinor(amount, String(view.currency));
  return { ...defined({ type, code, avs, cvc, threeDS, amountMinor }), at: Date.parse(at) };
}

function eventsIn(view: TransactionView): PaymentEvent[] {
  return list<EventShown>(view, 'events').map((event) => eventOf(event, view));
}

function amountMinorOf({ amount, currency }: TransactionView): number {
  return typeof amount === 'number' ? toMinor(amount, String(currency)) : 0;
}

/** All that is known of a transaction. */
export function lifeOf(view: TransactionView): Life {
  const review = view.review as ReviewShown | undefined;
  const isDecided = view.status !== 'processing' && view.status !== 'failed';
  return {
    decision: isDecided ? (view.decision as Outcome | undefined) : undefined,
    time: Date.parse(String(view.transactionDate)),
    amountMinor: amountMinorOf(view),
    statements: statementsIn(view),
    events: eventsIn(view),
    disputes: list<DisputeShown>(view, 'disputes').flatMap(({ id, history }) =>
      history.map((news) => disputeTold(id, news)),
    ),
    ...(typeof view.finalizedAt === 'string' ? { finalizedAt: Date.parse(view.finalizedAt) } : {}),
    ...(review ? { review: { action: review.action, at: Date.parse(review.at) } } : {}),
  };
}

export function truthIn(view: TransactionView): Truth {
  return truthOf(lifeOf(view));
}

/** As reads show it at a moment, milliseconds: with the state of its truth. */
export function withLabelState(view: TransactionView, at: number, maturityDays: number): TransactionView {
  return { ...view, labelState: labelStateOf(truthIn(view), at, maturityDays) };
}

/** What is still at stake, base currency: net of voids and refunds, nothing of what was refused or cancelled. */
export function stakeOf(view: TransactionView): number {
  const [amountMinor, amountBase] = [amountMinorOf(view), Number(view.amountBase ?? 0)];
  if (amountMinor === 0 || (view.review as ReviewShown | undefined)?.action === 'cancel') return 0;
  const rest = remainingMinor(amountMinor, eventsIn(view));
  return rest === amountMinor ? amountBase : amountBase * (rest / amountMinor);
}

/** Disputes that stand, early warnings among them. */
export function disputesOf(view: TransactionView): number {
  return list<DisputeShown>(view, 'disputes').filter(({ status }) => stands(status)).length;
}
