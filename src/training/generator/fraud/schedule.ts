import { HOUR } from '../people.ts';
import type { World } from '../world-state.ts';
import { accountTakeover } from './accountTakeover.ts';
import { bustOut } from './bustOut.ts';
import { cardTesting } from './cardTesting.ts';
import { compromisedMerchant } from './compromisedMerchant.ts';
import { fakeRegistration } from './fakeRegistration.ts';
import { muleRing } from './muleRing.ts';
import { payoutTakeover } from './payoutTakeover.ts';
import type { Scheme } from './scheme.ts';
import { slowLow } from './slowLow.ts';
import { stolenCards } from './stolenCards.ts';

export const SCHEMES: readonly Scheme[] = [
  cardTesting,
  accountTakeover,
  stolenCards,
  compromisedMerchant,
  muleRing,
  slowLow,
  bustOut,
  fakeRegistration,
  payoutTakeover,
];

/** Below this many frauds in the whole stream, episodes are smaller so that every kind finds room. */
const ROOMY = 600;

/** Plans the frauds that are owed when so many rows are out, from `now` on. */
export type Owe = (rows: number, now: number) => void;

/**
 * Starts episodes so that each kind keeps its share of the rows: one begins when the rows owed to its kind exceed
 * about half of the next episode, so that episodes of any size are right on average.
 */
export function createSchedule(world: World, fraudRate: number, transactions: number): Owe {
  const { random } = world;
  const scale = Math.min(1, Math.max(0.3, (fraudRate * transactions) / ROOMY));
  const draw = (scheme: Scheme) => {
    const [low, high] = scheme.size;
    const size = Math.max(Math.min(low, 8), Math.round(random.int(low, high) * scale));
    return { size, due: size * random.between(0.3, 0.7) };
  };
  const states = SCHEMES.map((scheme) => ({ scheme, planned: 0, next: draw(scheme) }));
  return (rows, now) => {
    for (const state of states) {
      const owed = fraudRate * state.scheme.share * rows - state.planned;
      if (owed <= state.next.due) continue;
      const time = now + random.exponential(world.fit(4 * HOUR) / 2);
      // Near the end most of an episode lies beyond it; counting a part keeps such episodes from piling up.
      state.planned += Math.max(state.scheme.run(world, time, state.next.size), state.next.size / 3);
      state.next = draw(state.scheme);
    }
  };
}
