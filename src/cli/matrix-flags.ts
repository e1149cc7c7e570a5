import type { HistoryFlags } from './history.ts';

export interface MatrixFlags extends HistoryFlags {
  out: string;
  features?: string;
  trainFrom?: number;
  trainTo?: number;
  testFrom?: number;
  testTo?: number;
  delayDays?: number;
}
