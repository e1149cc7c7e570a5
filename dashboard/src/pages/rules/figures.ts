import { type Basis, type Effect, MONEY } from '../../api/backtests.ts';
import { percent } from '../../lib/format.ts';

export const MONEY_WORDS: Record<(typeof MONEY)[number], { label: string; means: string; good?: boolean }> = {
  fraudStopped: { label: 'Fraud stopped', means: 'Fraud that went through and would not', good: true },
  fraudReleased: { label: 'Fraud released', means: 'Fraud that was held and would go through' },
  goodStopped: { label: 'Good payments stopped', means: 'Honest customers who would be held or declined' },
  marginLost: { label: 'Margin lost', means: 'What those payments would have earned' },
  reviewCost: { label: 'Cost of reviews', means: 'People’s time, at what a review costs' },
  unknown: { label: 'Not yet known', means: 'Nobody has said what these payments were' },
};

export const BASIS_WORDS: Record<Basis, string> = {
  labelled: 'by labels',
  presumed: 'presumed of what was not disputed',
  control: 'by the control share',
  estimated: 'estimated',
};

/** What there is to be drawn, in the order of the words. */
export const sumsOf = ({ money }: Effect) => MONEY.map((name) => ({ name, ...money[name] }));

/** `87% (71–95%)`; a dash where nothing is labelled. */
export function precisionWords(
  precision: number | null | undefined,
  interval: [number, number] | null | undefined,
): string {
  if (precision === null || precision === undefined) return '–';
  if (!interval) return percent(precision);
  return `${percent(precision)} (${Math.round(interval[0] * 100)}–${Math.round(interval[1] * 100)}%)`;
}
