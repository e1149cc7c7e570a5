import { CATEGORIES } from '../categories.ts';
import { habitual, plan } from '../payment.ts';
import { createPerson, DAY, drawAccountAge, HOUR } from '../people.ts';
import type { Scheme } from './scheme.ts';
import { commit, online } from './scheme.ts';

const LUXURY = 2;

/** A new account behaves for a while, then spends as much as it can. Only the spending is fraud. */
export const bustOut: Scheme = {
  kind: 'bust_out',
  share: 0.04,
  size: [3, 9],
  run(world, time, size) {
    const { random } = world;
    // Some spend within hours of signing up; a few bought an aged account.
    const quick = random.chance(0.4);
    const age = random.chance(0.1) ? drawAccountAge(random) : random.exponential(0.2) * DAY;
    const person = createPerson(world, time, age, -1);
    let at = time;
    if (!quick) {
      const wait = world.fit(random.between(3, 20) * DAY);
      const calm = random.int(3, 8);
      for (let i = 0; i < calm; i++) {
        at += random.exponential(wait / calm);
        plan(world, habitual(world, person, world.merchants.draw(random), at));
      }
    }
    let planned = 0;
    for (let i = 0; i < size; i++) {
      const merchant = world.merchants.drawResale(random);
      const category = CATEGORIES[merchant.category];
      const payment = habitual(world, person, merchant, at);
      online(random, payment);
      // High enough to hurt, in thousands for what is dear.
      const dear = category.resale > LUXURY ? 1500 : 400;
      payment.dollars = Math.max(120, dear * merchant.level * random.logNormal(1, 0.8));
      planned += commit(world, payment, 'bust_out');
      at += world.fit(random.exponential(3 * HOUR));
    }
    return planned;
  },
};
