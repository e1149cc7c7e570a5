import type { HistoryFlags } from './history.ts';

export interface EvaluateFlags extends HistoryFlags {
  from?: number;
  to?: number;
  delayDays?: number;
  out?: string;
}
