import { featureWords } from '../../lib/feature-words.ts';
import { count, fullTime } from '../../lib/format.ts';
import { type FilterName, PAYMENT_FILTERS } from '../../payment-filters.ts';

/** A filter in force, such as "Decision: Declined". */
export function filterWords(name: FilterName | 'q', value: string | number): string {
  if (name === 'q') return `User or id: ${value}`;
  const { label, words, kind } = PAYMENT_FILTERS[name];
  const said =
    words?.[value] ??
    (kind === 'time'
      ? fullTime(new Date(value))
      : kind === 'number'
        ? count(Number(value))
        : name === 'reason'
          ? featureWords(String(value))
          : value);
  return `${label}: ${said}`;
}
