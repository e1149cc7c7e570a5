import { categoryNamed } from '../categories.ts';
import { FIELD } from '../integrations.ts';
import { habitual } from '../payment.ts';
import { DAY, drawPlace } from '../people.ts';
import type { Scheme } from './scheme.ts';
import { commit, drawHideout, drawVictim, from, online } from './scheme.ts';

const SHOPS = ['Digital', 'Gaming', 'Gift cards', 'Digital'].map(categoryNamed);

/** A card on file is used for small amounts over weeks, a little off the owner's habit, from a strange device. */
export const slowLow: Scheme = {
  kind: 'slow_low',
  share: 0.06,
  size: [6, 16],
  run(world, time, size) {
    const { random } = world;
    const victim = drawVictim(world);
    const card = victim.cards[0];
    const hideout = drawHideout(world, random.chance(0.6) ? victim.place : drawPlace(random));
    const shops = Array.from({ length: 3 }, () => world.merchants.drawCategory(random, random.pick(SHOPS)));
    const span = world.fit(random.between(10, 28) * DAY);
    let planned = 0;
    let at = time;
    for (let i = 0; i < size; i++) {
      const payment = habitual(world, victim, random.pick(shops), at);
      from(payment, hideout);
      online(random, payment);
      payment.card = card;
      payment.dollars = random.logNormal(13, 0.5);
      payment.fields |= FIELD.card;
      planned += commit(world, payment, 'slow_low');
      at += random.exponential(span / size);
    }
    return planned;
  },
};
