import type { Outcome } from '../../domain/decision.ts';
import type { LabelState } from '../../domain/label-state.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { RecentHit } from './recent.ts';
import { count, type Known, withPrecision } from './result.ts';
import { createTruths } from './truths.ts';
import type { Pause } from './turns.ts';

export interface FiguresPorts {
  clock: () => number;
  maturityDays: number;
  deleted: ReadonlySet<string>;
  pause: Pause;
}

/** What a rule did within a time. */
export interface RuleWindow extends Known {
  hits: number;
  /** Of these the ones that counted: of a live rule, within its rollout. */
  applied: number;
  /** See `RuleResult`. */
  precision: number | null;
  interval: [low: number, high: number] | null;
  /** Base currency, of all hits. */
  amount: number;
  /** Which rules hit the same payments, and how many of them: the three that do so most, those asked for or not. */
  overlap: { id: string; hits: number }[];
}

const MOST_OVERLAPS = 3;

export interface RuleStatistics {
  id: string;
  /** RFC 3339; null where it hit nothing within 30 days. */
  lastHit: string | null;
  days7: RuleWindow;
  days30: RuleWindow;
}

const DAY = 86_400_000;

/** Of decisions that some rule hit; `ids` are those asked for, each answered whether it hit or not. In turns. */
export async function ruleStatistics(
  { clock, maturityDays, deleted, pause }: FiguresPorts,
  decisions: readonly RecentHit[],
  ids: readonly string[],
  outcomeOf: (id: string) => Outcome | undefined,
): Promise<RuleStatistics[]> {
  const now = clock();
  const truths = createTruths(maturityDays);
  const stateNow = ({ record, told }: RecentHit): LabelState | undefined => {
    const row = truths.add(record);
    if (row === undefined) return undefined;
    for (const one of told ?? []) truths.tell(one);
    return truths.stateOf(row, now);
  };
  const found = new Map(ids.map((id) => [id, { last: 0, days7: nothing(), days30: nothing() }]));
  for (const one of decisions) {
    const pausing = pause();
    if (pausing) await pausing;
    const { transaction, decision } = one.record.data as unknown as DecisionData;
    if (deleted.has(transaction.id)) continue;
    let state: LabelState | undefined;
    for (const { id, mode } of decision.rules) {
      const rule = found.get(id);
      if (!rule) continue;
      state ??= stateNow(one);
      if (state === undefined) break;
      const { at } = one.record;
      rule.last = Math.max(rule.last, at);
      for (const [days, window] of [[7, rule.days7] as const, [30, rule.days30] as const]) {
        if (at < now - days * DAY) continue;
        window.hits++;
        if (mode === 'live') window.applied++;
        window.amount += transaction.amountBase ?? 0;
        for (const other of decision.rules)
          if (other.id !== id) window.beside.set(other.id, (window.beside.get(other.id) ?? 0) + 1);
        count(window, state);
      }
    }
  }
  return [...found].map(([id, { last, days7, days30 }]) => {
    const shown = ({ beside, ...window }: ReturnType<typeof nothing>) => ({
      ...withPrecision({ ...window, amount: Math.round(window.amount * 100) / 100 }, outcomeOf(id)),
      overlap: mostOf(beside),
    });
    return {
      id,
      lastHit: last === 0 ? null : new Date(last).toISOString(),
      days7: shown(days7),
      days30: shown(days30),
    };
  });
}

const nothing = () => ({
  ...{ hits: 0, applied: 0, fraud: 0, legitimate: 0, presumed: 0, unknown: 0, amount: 0 },
  /** Hits of other rules on the same payments, by their id. */
  beside: new Map<string, number>(),
});

const mostOf = (beside: ReadonlyMap<string, number>) =>
  [...beside]
    .map(([id, hits]) => ({ id, hits }))
    .sort((a, b) => b.hits - a.hits || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_OVERLAPS);
