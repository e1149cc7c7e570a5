import { newCard } from '../cards.ts';
import { CATEGORIES } from '../categories.ts';
import { drawSparse, FIELD } from '../integrations.ts';
import { stranger } from '../legitimate.ts';
import { habitual } from '../payment.ts';
import { DAY, drawPlace, HOUR, moveTo } from '../people.ts';
import type { Scheme } from './scheme.ts';
import { commit, drawHideout, drawVictim, from, online, withCard } from './scheme.ts';

/** One device spends with several stolen cards over hours, on what is easily sold, from accounts made for it. */
export const stolenCards: Scheme = {
  kind: 'stolen_cards',
  share: 0.13,
  size: [4, 14],
  run(world, time, size) {
    const { random } = world;
    const place = drawPlace(random);
    const hideout = drawHideout(world, place);
    // Half of the cards belong to people that the system knows.
    const cards = Array.from({ length: Math.max(2, Math.round(size / 2)) }, () =>
      random.chance(0.5) ? random.pick(drawVictim(world).cards) : newCard(world, drawPlace(random)),
    );
    const oneAccount = random.chance(0.4);
    const sparse = random.chance(0.25);
    const span = world.fit(random.between(1, 10) * HOUR);
    const shops = Array.from({ length: random.int(1, 3) }, () => world.merchants.drawResale(random));
    let person = stranger(world, time);
    let planned = 0;
    let at = time;
    for (let i = 0; i < size; i++) {
      if (i === 0 || !oneAccount) {
        person = stranger(world, at);
        moveTo(world, person, place);
        person.created = at - random.exponential(0.8) * DAY;
      }
      const merchant = random.pick(shops);
      const category = CATEGORIES[merchant.category];
      const payment = habitual(world, person, merchant, at);
      from(payment, hideout);
      online(random, payment);
      payment.card = cards[i % cards.length];
      payment.dollars = Math.max(40, category.median * merchant.level * random.logNormal(2.6, 0.7));
      payment.fields = sparse ? drawSparse(random) : merchant.integration;
      // Four in five are tied together by card and device; the rest come as the shop sends them.
      if (random.chance(0.8)) payment.fields = withCard(payment.fields) | FIELD.device;
      planned += commit(world, payment, 'stolen_cards');
      at += random.exponential(span / size);
    }
    return planned;
  },
};
