import type { ColumnMap } from './column-map.ts';

const WORDS_TOLD = 20;

/** The words of a label that a map's `fraudValue` makes legitimate: a typo there would have made all of them so. */
export function createOtherWords({ fraudValue }: Pick<ColumnMap, 'fraudValue'>) {
  const counts = new Map<string, number>();
  let beyond = 0;
  return {
    add(word: string): void {
      const before = counts.get(word);
      if (before !== undefined || counts.size < WORDS_TOLD) counts.set(word, (before ?? 0) + 1);
      else beyond++;
    },
    told(): string[] {
      if (counts.size === 0) return [];
      const words = Array.from(counts, ([word, rows]) => `${JSON.stringify(word)} (${rows} rows)`).join(', ');
      const more = beyond > 0 ? ` and ${beyond} rows of other words` : '';
      return [`isFraud: ${[fraudValue].flat().join(', ')} is fraud; taken as legitimate: ${words}${more}.`];
    },
  };
}
