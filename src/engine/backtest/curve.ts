import type { LabelState } from '../../domain/label-state.ts';
import type { DecisionData } from '../../domain/records.ts';
import { COSTS } from './money.ts';
import type { RecentDecision } from './recent.ts';
import { wilson } from './result.ts';
import type { FiguresPorts } from './rule-statistics.ts';
import { createTruths } from './truths.ts';

/** What a threshold on the calibrated probability would flag, on decisions that a model made. */
export interface CurvePoint {
  threshold: number;
  /** Flagged in all, and a day. */
  flagged: number;
  perDay: number;
  fraud: number;
  legitimate: number;
  unknown: number;
  /** Of the flagged whose truth is known; null without any. With its 95% interval. */
  precision: number | null;
  interval: [low: number, high: number] | null;
  /** Of the fraud that is known. */
  recall: number | null;
  /** Base currency: fraud below it, and the margin of good payments from it on. */
  fraudMissed: number;
  marginLost: number;
  /** As a threshold of declines: both together. As one of reviews: fraud missed and people's time. */
  declineCost: number;
  reviewCost: number;
}

export interface Curve {
  decisions: number;
  /** RFC 3339; null without decisions. */
  from: string | null;
  to: string | null;
  costs: typeof COSTS;
  points: CurvePoint[];
  notes: string[];
}

interface Row {
  probability: number;
  amount: number;
  state: LabelState;
}

const DAY = 86_400_000;
const MOST_POINTS = 100;

/** In turns. */
export async function thresholdCurve(
  { clock, maturityDays, deleted, pause }: FiguresPorts,
  decisions: readonly RecentDecision[],
): Promise<Curve> {
  const now = clock();
  const truths = createTruths(maturityDays);
  const rows: Row[] = [];
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const { record, told } of decisions) {
    const pausing = pause();
    if (pausing) await pausing;
    const { decision, transaction } = record.data as unknown as DecisionData;
    if (!decision.model || deleted.has(transaction.id)) continue;
    const row = truths.add(record);
    if (row === undefined) continue;
    for (const one of told ?? []) truths.tell(one);
    rows.push({
      probability: decision.probability,
      amount: transaction.amountBase ?? 0,
      state: truths.stateOf(row, now),
    });
    from = Math.min(from, record.at);
    to = Math.max(to, record.at);
  }
  const notes = [
    'What was declined or held is mostly unknown, so precision and recall are those of what was let through, and of what was labelled.',
  ];
  if (rows.length === 0) return { decisions: 0, from: null, to: null, costs: COSTS, points: [], notes };
  const days = Math.max((to - from) / DAY, 1 / 24);
  const iso = (ms: number) => new Date(ms).toISOString();
  return { decisions: rows.length, from: iso(from), to: iso(to), costs: COSTS, points: pointsOf(rows, days), notes };
}

/** From the strictest down: one pass over the rows by their probability. */
function pointsOf(rows: Row[], days: number): CurvePoint[] {
  rows.sort((a, b) => b.probability - a.probability);
  const frauds = rows.filter(({ state }) => state === 'fraud');
  const atStake = frauds.reduce((sum, { amount }) => sum + amount, 0);
  const points: CurvePoint[] = [];
  let [fraud, legitimate, stopped, good] = [0, 0, 0, 0];
  // A quarter of the points are where few are flagged: thresholds are chosen there.
  const wanted = new Set(
    Array.from({ length: MOST_POINTS }, (_, i) => Math.round(rows.length ** ((i + 1) / MOST_POINTS))),
  );
  for (const [i, { probability, amount, state }] of rows.entries()) {
    if (state === 'fraud') {
      fraud++;
      stopped += amount;
    } else if (state === 'legitimate' || state === 'presumed') {
      legitimate++;
      good += amount;
    }
    // Of equal probabilities all are flagged or none.
    if (rows[i + 1]?.probability === probability) {
      if (wanted.has(i + 1)) wanted.add(i + 2);
      continue;
    }
    if (!wanted.has(i + 1) && i + 1 < rows.length) continue;
    const [flagged, known] = [i + 1, fraud + legitimate];
    const [fraudMissed, marginLost] = [atStake - stopped, good * COSTS.marginRate];
    points.push({
      ...{
        threshold: probability,
        flagged,
        perDay: cents(flagged / days),
        fraud,
        legitimate,
        unknown: flagged - known,
      },
      precision: known === 0 ? null : fraud / known,
      interval: known === 0 ? null : wilson(fraud, known),
      recall: frauds.length === 0 ? null : fraud / frauds.length,
      ...{ fraudMissed: cents(fraudMissed), marginLost: cents(marginLost) },
      declineCost: cents(fraudMissed + marginLost),
      reviewCost: cents(fraudMissed + flagged * COSTS.review),
    });
  }
  return points.reverse();
}

const cents = (value: number) => Math.round(value * 100) / 100;
