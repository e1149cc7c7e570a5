import type { HistoryFlags } from './history.ts';

export interface ReplayFlags extends HistoryFlags {
  dataDir?: string;
  model?: string;
  delayDays?: number;
  live?: boolean;
}
