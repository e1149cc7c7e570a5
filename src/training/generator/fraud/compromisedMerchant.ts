import { CATEGORIES } from '../categories.ts';
import { FIELD } from '../integrations.ts';
import { habitual } from '../payment.ts';
import { DAY, drawPlace } from '../people.ts';
import type { World } from '../world-state.ts';
import type { Scheme } from './scheme.ts';
import { commit, drawHideout, drawVictim, from, online } from './scheme.ts';

/** Cards skimmed at a shop and used elsewhere days later, or frauds that gather at one shop. */
export const compromisedMerchant: Scheme = {
  kind: 'compromised_merchant',
  share: 0.11,
  size: [8, 22],
  run: (world, time, size) => (world.random.chance(0.5) ? skimmed(world, time, size) : gathered(world, time, size)),
};

/** The newest customers of a shop are defrauded elsewhere, one to twelve days later. */
function skimmed(world: World, time: number, size: number): number {
  const { random, merchants } = world;
  let source = merchants.draw(random);
  for (let tries = 0; tries < 20 && source.served < size; tries++) source = merchants.draw(random);
  let planned = 0;
  for (const index of source.customers.subarray(0, size)) {
    const victim = index < 0 ? drawVictim(world) : world.people[index];
    const at = time + world.fit(random.between(1, 12) * DAY);
    const merchant = merchants.drawResale(random);
    const category = CATEGORIES[merchant.category];
    const payment = habitual(world, victim, merchant, at);
    // The card's data were stolen, not the account: a strange device uses the victim's name.
    from(payment, drawHideout(world, random.chance(0.5) ? victim.place : drawPlace(random)));
    online(random, payment);
    payment.card = victim.cards[0];
    payment.dollars = Math.max(20, category.median * merchant.level * random.logNormal(1.8, 0.7));
    payment.fields |= FIELD.card;
    planned += commit(world, payment, 'compromised_merchant');
  }
  return planned;
}

/** A shop whose terminal or checkout is in wrong hands: dear payments of many cards there for one to five days. */
function gathered(world: World, time: number, size: number): number {
  const { random } = world;
  const merchant = world.merchants.draw(random);
  const category = CATEGORIES[merchant.category];
  const span = world.fit(random.between(1, 5) * DAY);
  let planned = 0;
  let at = time;
  for (let i = 0; i < size; i++) {
    const victim = drawVictim(world);
    const payment = habitual(world, victim, merchant, at);
    if (payment.channel !== 2) from(payment, drawHideout(world, random.chance(0.7) ? victim.place : drawPlace(random)));
    payment.dollars = category.median * merchant.level * random.logNormal(2.5, 0.6);
    payment.fields |= FIELD.card | FIELD.merchant;
    planned += commit(world, payment, 'compromised_merchant');
    at += random.exponential(span / size);
  }
  return planned;
}
