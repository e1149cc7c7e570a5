import { type Dataset, slice, take } from './dataset.ts';
import type { Ranking } from './imbalance.ts';
import { hasBothClasses } from './parts.ts';
import { rowAt } from './split.ts';

/**
 * What is fitted again once validation has settled the options: `true`, all training rows, calibrated by the fit before; `always`, the
 * same calibrated by cross-fitting; `choose`, that, or nothing where the whole procedure did worse on rows that were in none of it, and by
 * more than chance: a quarter more rows, and the latest, are worth something, and a few frauds of validation tell little.
 */
export type Refit = boolean | 'always' | 'choose';

/** Both ways, measured on the same rows. */
export interface RefitEffect {
  /** Whether the model that is served was fitted again on all training rows. */
  refitted: boolean;
  /** Each procedure run on the rows before validation, measured on validation; absent where nothing was chosen. */
  validation?: { once: Ranking; again: Ranking };
  /** Told, and of no part in the choice. */
  test?: { once: Ranking; again: Ranking };
}

/** Parts of the training rows, the last of which is validation. */
const PARTS = 4;

/**
 * Scores of all training rows, each by a fit on the rows outside its own part: stretches of time, the last of them the validation rows, whose
 * scores there are already. Undefined where the rows outside a part have one class alone.
 */
export function crossScores(
  train: Dataset,
  validation: Dataset,
  scoresOfValidation: Float64Array,
  scoresOf: (fit: Dataset, rows: Dataset) => Float64Array,
): Float64Array | undefined {
  const earlier = train.rows - validation.rows;
  const cuts = Array.from({ length: PARTS }, (_, part) =>
    part === PARTS - 1 ? earlier : rowAt(train, train.times[Math.floor((part * earlier) / (PARTS - 1))]),
  );
  const raw = new Float64Array(train.rows);
  raw.set(scoresOfValidation, earlier);
  for (let part = 0; part < PARTS - 1; part++) {
    const [from, to] = [cuts[part], cuts[part + 1]];
    if (from === to) continue;
    const others = take(train, [...range(0, from), ...range(to, train.rows)]);
    if (!hasBothClasses(others)) return undefined;
    raw.set(scoresOf(others, slice(train, from, to)), from);
  }
  return raw;
}

function* range(from: number, to: number): Generator<number> {
  for (let row = from; row < to; row++) yield row;
}
