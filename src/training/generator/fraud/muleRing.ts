import { CATEGORIES } from '../categories.ts';
import { FIELD } from '../integrations.ts';
import { habitual } from '../payment.ts';
import { createPerson, DAY, drawPlace, HOUR, moveTo } from '../people.ts';
import type { Scheme } from './scheme.ts';
import { commit, drawHideout, from, online } from './scheme.ts';

/** Accounts that share devices and addresses pass round amounts through one or two shops over days. */
export const muleRing: Scheme = {
  kind: 'mule_ring',
  share: 0.07,
  size: [10, 30],
  run(world, time, size) {
    const { random } = world;
    const place = drawPlace(random);
    const hideouts = Array.from({ length: random.int(1, 3) }, () => drawHideout(world, place));
    const shops = Array.from({ length: random.int(1, 2) }, () => world.merchants.drawResale(random));
    const mules = Array.from({ length: Math.max(3, Math.round(size / 3)) }, () => {
      const mule = createPerson(world, time, random.exponential(25) * DAY, -1);
      moveTo(world, mule, place);
      return mule;
    });
    const typical = random.between(100, 700);
    const span = world.fit(random.between(8 * HOUR, 3 * DAY));
    let planned = 0;
    let at = time;
    for (let i = 0; i < size; i++) {
      const mule = random.pick(mules);
      const merchant = random.pick(shops);
      const payment = habitual(world, mule, merchant, at);
      from(payment, random.pick(hideouts));
      online(random, payment);
      payment.card = mule.cards[0];
      const amount = Math.max(CATEGORIES[merchant.category].median / 2, typical * random.logNormal(1, 0.3));
      payment.dollars = random.chance(0.4) ? Math.round(amount / 50) * 50 || 50 : amount;
      // Two in three shops see the device; at the others only address or account tie them together.
      if (random.chance(0.66)) payment.fields |= FIELD.device | FIELD.merchant;
      planned += commit(world, payment, 'mule_ring');
      at += random.exponential(span / size);
    }
    return planned;
  },
};
