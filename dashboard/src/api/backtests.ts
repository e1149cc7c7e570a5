import { queryOptions } from '@tanstack/react-query';
import { ApiError, call, randomKey } from './client.ts';
import type { RuleContent } from './policy.ts';
import type { Outcome, Thresholds } from './types.ts';

type ByOutcome = Record<Outcome, number>;
/** `legitimate` holds those that are only presumed to be: `presumed` says how many. */
interface ByLabel {
  fraud: number;
  legitimate: number;
  presumed: number;
  unknown: number;
}

export interface Moved extends ByLabel {
  from: Outcome;
  to: Outcome;
  count: number;
  /** Base currency, as all amounts here. */
  amount: number;
}

export interface RuleEffect extends ByLabel {
  id: string;
  hits: number;
  /** Decisions that are what they are by it alone. */
  alone: number;
  precision: number | null;
  interval: [number, number] | null;
  amount: number;
}

/** What a figure rests on. */
export type Basis = 'labelled' | 'presumed' | 'control' | 'estimated';
/** Base currency. */
export interface Sum {
  amount: number;
  basis: Basis;
}

export const MONEY = ['fraudStopped', 'fraudReleased', 'goodStopped', 'marginLost', 'reviewCost', 'unknown'] as const;

/** What a policy would have done with what was decided. */
export interface Effect {
  decisions: number;
  from: string | null;
  to: string | null;
  was: ByOutcome;
  would: ByOutcome;
  moved: Moved[];
  money: Record<(typeof MONEY)[number] | 'low' | 'high', Sum> & { costs: Record<string, unknown> };
  rules: RuleEffect[];
  series: Record<string, unknown>[];
  segments: Record<string, unknown>[];
  samples: Record<string, unknown>[];
  /** What was assumed. */
  notes: string[];
  /** Windows that are not exactly those of then. */
  approximate: string[];
}

export interface Backtest {
  /** None of a preview. */
  id?: string;
  status: 'running' | 'done' | 'failed' | 'cancelled';
  /** 0 to 1. */
  progress: number;
  mode: 'stored' | 'recomputed';
  result?: Effect;
  error?: string;
}

export interface BacktestBody {
  add?: (Partial<RuleContent> & { id?: string })[];
  remove?: string[];
  thresholds?: Partial<Thresholds>;
  model?: string;
  from?: string;
  to?: string;
  mode?: 'stored' | 'recomputed';
  samples?: number;
}

/** The server has no such route. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof ApiError && [404, 405, 501].includes(error.status);

/** What a rule hit within a time. */
export interface RuleWindow extends ByLabel {
  hits: number;
  /** Hits that counted: of a live rule, within its rollout. */
  applied: number;
  precision: number | null;
  interval: [number, number] | null;
  amount: number;
  /** The rules that hit the same payments most, and how many of them. */
  overlap: { id: string; hits: number }[];
}

export interface RuleStats {
  id: string;
  lastHit: string | null;
  days7: RuleWindow;
  days30: RuleWindow;
  /** Evaluations that failed since the server began: no hits. */
  failures: number;
  /** Why the last one did. */
  lastFailure: string | null;
  /** It checks no more, and hits nothing. */
  broken: boolean;
}

/** What each rule hit of late; `since`: from when on hits are known. */
export const ruleStatsQuery = () =>
  queryOptions({
    queryKey: ['rules', 'stats'],
    queryFn: ({ signal }) => call<{ since: string | null; data: RuleStats[] }>('/api/rules/stats', { signal }),
    retry: false,
  });

/** What a threshold on the probability would have flagged of the newest decisions. Amounts in the base currency. */
export interface CurvePoint {
  threshold: number;
  flagged: number;
  perDay: number;
  fraud: number;
  legitimate: number;
  unknown: number;
  /** Of what is flagged and known; null where nothing is. */
  precision: number | null;
  interval: [number, number] | null;
  /** Of the fraud that is known; null where none is. */
  recall: number | null;
  /** Fraud missed and margin lost, as a threshold of declines; fraud missed and people’s time, as one of reviews. */
  declineCost: number;
  reviewCost: number;
}

export interface Curve {
  decisions: number;
  from: string | null;
  to: string | null;
  /** Thresholds ascend. */
  points: CurvePoint[];
  /** What was assumed. */
  notes: string[];
}

export const curveQuery = () =>
  queryOptions({
    queryKey: ['thresholds', 'curve'],
    queryFn: ({ signal }) => call<Curve>('/api/policy/thresholds/curve', { signal }),
    retry: false,
  });

export type PreviewBody = { rule: Partial<RuleContent> & { id?: string }; last?: number };

export const previewQuery = (body: PreviewBody) =>
  queryOptions({
    queryKey: ['rule-preview', body],
    queryFn: async ({ signal }) => {
      const { result, error } = await call<Backtest>('/api/rules/preview', { method: 'POST', body, signal });
      if (!result) throw new Error(error ?? 'It has no answer.');
      return result;
    },
    gcTime: 60_000,
    retry: false,
  });

export const startBacktest = (body: BacktestBody) =>
  call<{ id: string }>('/api/backtests', { method: 'POST', body, idempotencyKey: randomKey() });
export const cancelBacktest = (id: string) =>
  call<void>(`/api/backtests/${encodeURIComponent(id)}`, { method: 'DELETE' });
export const backtestQuery = (id: string) =>
  queryOptions({
    queryKey: ['backtest', id],
    queryFn: ({ signal }) => call<Backtest>(`/api/backtests/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 500 : false),
    retry: false,
  });
