import type { HistoryFlags } from './history.ts';
import type { JournalFlags } from './journal-source.ts';
import type { TrainFlags } from './train-flags.ts';

type Periods = 'trainFrom' | 'trainTo' | 'testFrom' | 'testTo' | 'delayDays';

export interface MatrixFlags extends HistoryFlags, JournalFlags, Pick<TrainFlags, 'features' | Periods> {
  out: string;
}
