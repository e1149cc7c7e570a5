import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { DriftData } from '../../../src/domain/records.ts';
import type { SeriesReport } from '../../../src/engine/drift/compare.ts';
import type { DriftReport, ScoreReport } from '../../../src/engine/drift/report.ts';
import { call, query } from './client.ts';

/** As the server computes it, with times as text. */
export type DriftSeries = Omit<SeriesReport, 'since'> & { since?: string };
export type DriftAlarm = Omit<DriftData, 'at' | 'since'> & { at: string; since: string };
export interface Drift {
  baseline: Omit<DriftReport['baseline'], 'from' | 'to'> & { from: string | null; to: string };
  window: { from: string; to: string };
  score: ScoreReport;
  features: DriftSeries[];
  others: DriftSeries[];
  alarms: DriftAlarm[];
}

export const driftQuery = (window: string) =>
  queryOptions({
    queryKey: ['drift', window],
    queryFn: ({ signal }) => call<Drift>(`/api/drift${query({ window })}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
