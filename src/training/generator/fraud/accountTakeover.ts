import { CATEGORIES } from '../categories.ts';
import { habitual } from '../payment.ts';
import { HOUR, MINUTE } from '../people.ts';
import type { Scheme } from './scheme.ts';
import { commit, drawFarPlace, drawHideout, drawVictim, from, online } from './scheme.ts';

/** Someone else signs in: a new device, often far away, and payments at the top of the habit or above it. */
export const accountTakeover: Scheme = {
  kind: 'account_takeover',
  share: 0.18,
  size: [2, 6],
  run(world, time, size) {
    const { random } = world;
    const victim = drawVictim(world);
    // Some thieves hide behind an address near the victim.
    const near = random.chance(0.25);
    const hideout = drawHideout(world, near ? victim.place : drawFarPlace(random, victim.place));
    const card = random.pick(victim.cards);
    const email = random.chance(0.15) ? `${victim.id.slice(-6)}@mailinator.com` : victim.email;
    const gap = random.between(1 * MINUTE, 14 * MINUTE);
    let planned = 0;
    let at = time;
    for (let i = 0; i < size; i++) {
      const known = victim.favourites.length > 0 && random.chance(0.15);
      const merchant = known ? random.pick(victim.favourites) : world.merchants.drawResale(random);
      const payment = habitual(world, victim, merchant, at);
      from(payment, hideout);
      online(random, payment);
      payment.card = card;
      payment.email = email;
      // About the victim's 90th percentile in this category and up to several times that.
      const category = CATEGORIES[merchant.category];
      const top = category.median * victim.level * Math.exp(1.28 * category.sigma * victim.spread);
      payment.dollars = Math.max(25, top * random.logNormal(1.3, 0.6));
      planned += commit(world, payment, 'account_takeover');
      at += Math.min(world.fit(HOUR), random.exponential(gap));
    }
    return planned;
  },
};
