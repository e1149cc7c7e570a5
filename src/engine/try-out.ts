import { AssayError } from '../domain/errors.ts';
import { blankEvent } from '../domain/event.ts';
import type { Profiles } from '../profiles/profiles.ts';
import { judge, type Serving } from './judge.ts';

const ROUNDS = 240;
/** Between two looks at what else waits. */
const ROUNDS_A_TURN = 8;

/**
 * Scores made-up transactions until the code is compiled, so that the first decisions are as quick as the later ones, and
 * proves that features and scores come out. Decisions go on in between. Throws `conflict` where a score is not a number.
 */
export async function tryOut(serving: Serving, profiles: Profiles, breathe: () => Promise<unknown>): Promise<void> {
  const { model, features } = serving;
  const vector = new Float64Array(features.names.length);
  const scratch = new Float64Array(vector.length);
  const event = { ...blankEvent(profiles.layouts.length), id: 1, time: 1_700_000_000_000, amount: 10 };
  const quantiles = ['p01', 'p50', 'p99', 'mean'] as const;
  for (let round = 0; round < ROUNDS; round++) {
    features.extract(profiles, event, vector);
    // Half of them with what is usual in training, in turn.
    if (round % 2 === 0)
      for (let i = 0; i < vector.length; i++) vector[i] = model.statistics[i][quantiles[(round / 2 + i) % 4]];
    const { probability } = judge(serving, vector, scratch);
    if (!(probability >= 0 && probability <= 1))
      throw new AssayError('conflict', `Model ${model.version} gives scores that are no numbers.`);
    if (round % ROUNDS_A_TURN === ROUNDS_A_TURN - 1) await breathe();
  }
}
