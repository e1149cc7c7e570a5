import type { Happening, Outcome, Transaction } from '../api/types.ts';
import { capital, money } from './format.ts';
import { disputeReason, disputeWords, eventWords, reviewWords } from './life-words.ts';

export type MomentKind = 'decision' | 'event' | 'dispute' | 'label' | 'review' | 'other';

/** A moment in the life of a transaction. */
export interface Moment {
  key: string;
  kind: MomentKind;
  /** When it happened, RFC 3339. */
  at: string;
  /** When it was told, where that was later. */
  toldAt?: string;
  words: string;
  /** Further particulars, and what people wrote. */
  note?: string;
  by?: string;
  outcome?: Outcome;
  caseId?: string;
}

/** These are told by the transaction itself, with more about them. */
const TOLD_BY_ITSELF = new Set(['labelled', 'label.withdraw', 'dispute', 'event', 'review']);
const PLAIN: Record<string, string> = {
  received: 'Taken in',
  finalized: 'Finalized',
  overridden: 'Finalized by an override',
  amended: 'Amended',
};
const DECIDED: Record<Outcome, string> = { approve: 'Approved', review: 'Sent to review', decline: 'Declined' };
/** Less apart, it was told as it happened. */
const AT_ONCE_MS = 60_000;

/** All that happened to it, the oldest first. `history` names who did what. */
export function timeline(t: Transaction, history: readonly Happening[]): Moment[] {
  const names = new Map(history.map(({ at, byName }) => [at, byName]));
  const told = (at: string, recordedAt: string) => ({
    at,
    ...(Date.parse(recordedAt) - Date.parse(at) > AT_ONCE_MS ? { toldAt: recordedAt } : {}),
    by: names.get(recordedAt) ?? undefined,
  });
  const moments: Moment[] = history
    .filter(({ type }) => !TOLD_BY_ITSELF.has(type))
    .map((happening) => ({ ...ofHistory(happening), key: `${happening.at} ${happening.type}` }));
  for (const event of t.events ?? []) {
    const [words, note] = eventWords(event, t);
    moments.push({ key: event.id, kind: 'event', ...told(event.at, event.recordedAt ?? event.at), words, note });
  }
  for (const dispute of t.disputes ?? [])
    for (const news of dispute.history) {
      const sum = news.amount === undefined ? undefined : money(news.amount, news.currency ?? t.currency);
      const note = [disputeReason({ ...dispute, ...news, reason: dispute.reason }), sum].filter(Boolean).join(' · ');
      const words = disputeWords(dispute.id, news);
      const when = told(news.reportedAt, news.recordedAt);
      moments.push({ key: `${dispute.id} ${news.sequence}`, kind: 'dispute', ...when, words, note });
    }
  for (const label of t.labels ?? []) {
    const { id, source, pinned, occurredAt, recordedAt, note, caseId } = label;
    const what = label.label === 'none' ? `What the ${source} ${pinned ? 'pinned' : 'said'} is taken back` : undefined;
    const words = what ?? `Labelled ${label.label} by ${source}${pinned ? ', pinned' : ''}`;
    moments.push({ key: id, kind: 'label', ...told(occurredAt ?? recordedAt, recordedAt), words, note, caseId });
  }
  if (t.review)
    moments.push({
      ...{ key: 'review', kind: 'review', ...told(t.review.at, t.review.at) },
      ...{ words: reviewWords(t.review), note: t.review.reason },
    });
  // Stable: what has the same time stays in the order in which it was told.
  return moments.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function ofHistory({ at, type, byName, detail }: Happening): Omit<Moment, 'key'> {
  const outcome = detail?.decision as Outcome | undefined;
  const written = detail?.reason ?? detail?.note;
  const common = {
    at,
    by: byName ?? undefined,
    note: typeof written === 'string' && written !== '' ? written : undefined,
  };
  if (type === 'decided' && outcome && DECIDED[outcome])
    return { ...common, kind: 'decision', outcome, words: `${DECIDED[outcome]} with score ${String(detail?.score)}` };
  if (type === 'alerted' && typeof detail?.caseId === 'string')
    return { ...common, kind: 'other', words: 'Alert in a case', caseId: detail.caseId };
  return { ...common, kind: 'other', words: PLAIN[type] ?? capital(type.replaceAll('.', ' ')) };
}
