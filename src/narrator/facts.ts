import type { CaseEntity } from '../domain/case.ts';
import type { Decision, Reason } from '../domain/decision.ts';
import type { TransactionType } from '../domain/fields.ts';
import type { DecisionData } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { CaseFacts, TransactionFacts } from './narrator.ts';

/** Fields that help to understand a payment and do not name a person: the only ones a model may ever be sent. */
const PUBLIC_DETAILS = ['productCategory', 'channel', 'country', 'merchantId'] as const;
const PERSONAL_DETAILS = ['customerLocation', 'metadata'] as const;

/** What a decision's record says. */
export function factsOf(record: JournalRecord): TransactionFacts {
  const { transaction, decision } = record.data as unknown as DecisionData;
  const untrusted: Record<string, unknown> = {};
  for (const name of PUBLIC_DETAILS) if (transaction[name] !== undefined) untrusted[name] = transaction[name];
  for (const name of PERSONAL_DETAILS)
    if (record.personal?.[name] !== undefined) untrusted[name] = record.personal[name];
  return {
    kind: 'transaction',
    id: transaction.id,
    decision: decision.decision,
    score: decision.score,
    probability: decision.probability,
    type: transaction.type ?? 'payment',
    amount: transaction.amount,
    currency: transaction.currency,
    time: transaction.time,
    offsetMinutes: transaction.offsetMinutes ?? 0,
    reasons: decision.reasons,
    rules: decision.rules.filter(({ mode }) => mode === 'live'),
    degraded: decision.degraded === true,
    oodWarning: decision.oodWarning,
    untrusted,
  };
}

/** What is read of a case; the views of the API fit. */
export interface CaseSource {
  case: {
    id: string;
    entity: { type: CaseEntity };
    transactionCount: number;
    reviews: number;
    declines: number;
    score: number;
    amount: number;
    amountAtRisk: number;
    openedAt: string;
  };
  entities: { type: string; id: string | null }[];
  similar: { resolution: string | null }[];
}

const REASONS_A_CASE = 8;

/** `transactions` are its newest ones. `currency` is the base currency. */
export function caseFacts(source: CaseSource, transactions: Record<string, unknown>[], currency: string): CaseFacts {
  const { case: view, entities, similar } = source;
  const reasons = new Map<string, Reason & { transactions: number }>();
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const transaction of transactions) {
    const time = Date.parse(String(transaction.transactionDate));
    from = Math.min(from, time);
    to = Math.max(to, time);
    for (const reason of (transaction as unknown as Decision).reasons ?? []) {
      if (reason.contribution <= 0) continue;
      const known = reasons.get(reason.code);
      const strongest = known && known.contribution >= reason.contribution ? known : reason;
      reasons.set(reason.code, { ...strongest, transactions: (known?.transactions ?? 0) + 1 });
    }
  }
  const types = new Set(transactions.map(({ type = 'payment' }) => type as TransactionType));
  const counts: CaseFacts['entities'] = {};
  for (const { type } of entities) counts[type as CaseEntity] = (counts[type as CaseEntity] ?? 0) + 1;
  const opened = Date.parse(view.openedAt);
  return {
    kind: 'case',
    id: view.id,
    type: types.size === 1 ? [...types][0] : undefined,
    entity: view.entity.type,
    transactions: view.transactionCount,
    reviews: view.reviews,
    declines: view.declines,
    score: view.score,
    amount: view.amount,
    amountAtRisk: view.amountAtRisk,
    currency,
    entities: counts,
    from: Number.isFinite(from) ? from : opened,
    to: Number.isFinite(to) ? to : opened,
    reasons: [...reasons.values()]
      .sort((a, b) => b.transactions - a.transactions || b.contribution - a.contribution)
      .slice(0, REASONS_A_CASE),
    similar: similar.length,
    similarFrauds: similar.filter(({ resolution }) => resolution === 'fraud').length,
    untrusted: {},
  };
}
