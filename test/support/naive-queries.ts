import { entityOfView } from '../../src/adapters/postgres/rows.ts';
import { bucketWidth } from '../../src/adapters/postgres/window.ts';
import { canonicalEntity } from '../../src/domain/entity.ts';
import { LABEL_STATES, type LabelState } from '../../src/domain/label-state.ts';
import type {
  QueryStore,
  ScoreHistory,
  TransactionFilter,
  TransactionStats,
  TransactionView,
} from '../../src/projections/store.ts';

export function naiveFilter(filter: TransactionFilter): (view: TransactionView) => boolean {
  const { userId, decision, status, from, to, minScore, alerts, label, minAmount, maxAmount, reason, event } = filter;
  const plain = ['labelState', 'currency', 'country', 'channel', 'type'] as const;
  return (view) => {
    const at = Date.parse(view.createdAt);
    // Without a rate there is none.
    const base = view.amountBase === null ? Number.NaN : Number(view.amountBase);
    const told = (view.events ?? []) as { type: string }[];
    const reasons = (view.reasons ?? []) as { code: string; contribution: number }[];
    return (
      plain.every((name) => filter[name] === undefined || view[name] === filter[name]) &&
      (label === undefined || (view.label ?? 'none') === label) &&
      (event === undefined || told.some((one) => one.type === event)) &&
      (reason === undefined ||
        (view.decision !== undefined &&
          view.decision !== 'approve' &&
          reasons.some(({ code, contribution }) => code === reason && contribution > 0))) &&
      (filter.entities ?? []).every(
        ({ type, id }) => entityOfView(view, type, { types: [], fields: {} }) === canonicalEntity(type, id),
      ) &&
      (minAmount === undefined || base >= minAmount) &&
      (maxAmount === undefined || base <= maxAmount) &&
      (userId === undefined || view.userId === userId) &&
      (decision === undefined || view.decision === decision) &&
      (status === undefined || view.status === status) &&
      (from === undefined || at >= from) &&
      (to === undefined || at < to) &&
      (minScore === undefined || (view.score as number) >= minScore) &&
      (!alerts ||
        (view.status === 'pending' &&
          view.decision !== 'approve' &&
          view.label === undefined &&
          view.review === undefined))
    );
  };
}

/** All but what cases tell, and when it was. */
export type CountedStats = Omit<TransactionStats, 'topEntities' | 'labelStates'> & {
  labelStates: Record<LabelState, number>;
};

export async function countedStats(store: QueryStore, from: number, to: number): Promise<CountedStats> {
  const { topEntities: _, labelStates, ...stats } = await store.transactions.stats(from, to);
  const { at: __, ...states } = labelStates;
  return { ...stats, labelStates: states };
}

/** The stats of views, counted one by one. */
export function naiveStats(views: TransactionView[], from: number, to: number): CountedStats {
  const within = views.filter((view) => Date.parse(view.createdAt) >= from && Date.parse(view.createdAt) < to);
  const count = (test: (view: TransactionView) => boolean, among = within) => among.filter(test).length;
  const share = (part: number) => (within.length === 0 ? 0 : part / within.length);
  const decisions = {
    approve: count((view) => view.decision === 'approve'),
    review: count((view) => view.decision === 'review'),
    decline: count((view) => view.decision === 'decline'),
  };
  const labels = {
    fraud: count((view) => view.label === 'fraud'),
    legitimate: count((view) => view.label === 'legitimate'),
  };
  const reasons = new Map<string, number>();
  for (const view of within)
    if (view.decision === 'review' || view.decision === 'decline')
      for (const { code, contribution } of view.reasons as { code: string; contribution: number }[])
        if (contribution > 0) reasons.set(code, (reasons.get(code) ?? 0) + 1);
  const statuses: Record<string, number> = {};
  for (const view of within) statuses[view.status as string] = (statuses[view.status as string] ?? 0) + 1;
  return {
    labelStates: Object.fromEntries(
      LABEL_STATES.map((state) => [state, count((view) => view.labelState === state)]),
    ) as Record<LabelState, number>,
    ...{ count: within.length, decisions, statuses, labels, amounts: naiveAmounts(within) },
    amountBase: naiveBase(within),
    rates: {
      approve: share(decisions.approve),
      review: share(decisions.review),
      decline: share(decisions.decline),
      fraud: share(labels.fraud),
    },
    scoreHistogram: Array.from({ length: 10 }, (_, bin) =>
      count((view) => view.score !== undefined && Math.min(9, Math.floor((view.score as number) / 10)) === bin),
    ),
    series: naiveSeries(within, from, to),
    latencyMs: { p50: percentile(within, 50), p95: percentile(within, 95), p99: percentile(within, 99) },
    topReasons: [...reasons]
      .map(([code, count]) => ({ code, count }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1)),
    places: [...new Set(within.map((view) => view.country as string | undefined))]
      .filter((country) => country !== undefined)
      .map((country) => ({
        country,
        count: count((view) => view.country === country),
        alerts: count((view) => view.country === country && view.decision !== undefined && view.decision !== 'approve'),
      }))
      .sort((a, b) => b.count - a.count || (a.country < b.country ? -1 : 1)),
  };
}

function naiveBase(views: TransactionView[]): TransactionStats['amountBase'] {
  const own = ({ currency }: TransactionView) => currency === 'USD';
  const hundredths = (view: TransactionView) =>
    Math.round(((own(view) ? view.amount : (view.amountBase ?? 0)) as number) * 100);
  const sum = (of: TransactionView[]) => of.reduce((total, view) => total + hundredths(view), 0) / 100;
  return {
    total: sum(views),
    blocked: sum(views.filter((view) => view.decision === 'decline' && view.status !== 'finalized')),
    unconverted: views.filter((view) => !own(view) && view.amountBase === null).length,
  };
}

function naiveAmounts(views: TransactionView[]): TransactionStats['amounts'] {
  const amounts: TransactionStats['amounts'] = {};
  for (const currency of new Set(views.map((view) => view.currency as string))) {
    const total = (test: (view: TransactionView) => boolean) =>
      views
        .filter((view) => view.currency === currency && test(view))
        .reduce((sum, view) => sum + Math.round((view.amount as number) * 100), 0) / 100;
    const blocked = total((view) => view.decision === 'decline' && view.status !== 'finalized');
    amounts[currency] = { total: total(() => true), blocked };
  }
  return amounts;
}

/** The series of a model's scores, counted one by one. */
export function naiveScores(views: TransactionView[], model: string, from: number, to: number): ScoreHistory['series'] {
  const width = bucketWidth(to - from);
  const points = new Map<number, number[]>();
  for (const view of views) {
    const at = Date.parse(view.createdAt);
    if (at < from || at >= to || typeof view.score !== 'number') continue;
    if ((view.model as { version: string } | null)?.version !== model) continue;
    const start = Math.floor(at / width) * width;
    if (!points.has(start)) points.set(start, new Array<number>(20).fill(0));
    points.get(start)![Math.min(19, Math.floor(view.score / 5))]++;
  }
  return [...points]
    .sort(([a], [b]) => a - b)
    .map(([at, bins]) => ({ at: new Date(at).toISOString(), count: bins.reduce((sum, n) => sum + n, 0), bins }));
}

function naiveSeries(within: TransactionView[], from: number, to: number): TransactionStats['series'] {
  if (within.length === 0) return [];
  const times = within.map((view) => Date.parse(view.createdAt));
  const start = Math.max(from, Math.min(...times) - 86_400_000);
  const end = Math.min(to, Math.max(...times) + 1);
  const width = bucketWidth(end - start);
  const series: TransactionStats['series'] = [];
  for (let at = Math.floor(start / width) * width; at < end; at += width) {
    const here = within.filter((view) => Math.floor(Date.parse(view.createdAt) / width) * width === at);
    const of = (decision: string) => here.filter((view) => view.decision === decision).length;
    series.push({
      ...{ at: new Date(at).toISOString(), count: here.length },
      ...{ approve: of('approve'), review: of('review'), decline: of('decline') },
      ...{ p50: percentile(here, 50), p95: percentile(here, 95), p99: percentile(here, 99) },
      amountBase: naiveBase(here),
      amounts: naiveAmounts(here),
    });
  }
  return series;
}

/** The smallest latency that at least so many percent do not exceed; three significant digits. */
function percentile(views: TransactionView[], percent: number): number {
  const latencies = views
    .filter((view) => view.latencyMs !== undefined)
    .map((view) => Number(((view.latencyMs as number) * 1000).toPrecision(3)) / 1000)
    .sort((a, b) => a - b);
  return latencies[Math.ceil((latencies.length * percent) / 100) - 1] ?? 0;
}
