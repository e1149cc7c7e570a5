import { newCard, siblingCard } from '../cards.ts';
import { categoryNamed } from '../categories.ts';
import { drawSparse, FIELD } from '../integrations.ts';
import { drop, stranger } from '../legitimate.ts';
import { drawPace, habitual } from '../payment.ts';
import { drawPlace, HOUR, moveTo, newIp } from '../people.ts';
import type { Person } from '../person.ts';
import type { Random } from '../random.ts';
import type { World } from '../world-state.ts';
import type { Scheme } from './scheme.ts';
import { commit, drawHideout, drawVictim, from, online } from './scheme.ts';

const SHOPS = ['Digital', 'Gaming', 'Tickets', 'Food', 'Fashion'].map(categoryNamed);

/** Payments in quick succession to see which cards work: small ones by a list, or ordinary ones that guess a code or numbers. */
export const cardTesting: Scheme = {
  kind: 'card_testing',
  share: 0.31,
  size: [8, 40],
  run(world, time, size) {
    const way = world.random.float();
    if (way < 0.3) return guessed(world, time, size);
    return way < 0.42 ? enumerated(world, time, size) : listed(world, time, size);
  },
};

/** A list of card numbers, tried from one device. */
function listed(world: World, time: number, size: number): number {
  const { random } = world;
  const place = drawPlace(random);
  const hideout = drawHideout(world, place);
  // Malware on an honest device.
  if (random.chance(0.1)) hideout.device = drawVictim(world).devices[0];
  const payers = drawPayers(world, place, time, size);
  const pace = drawPace(random);
  const amount = drawAmounts(random);
  const oneShop = random.chance(0.85);
  let merchant = world.merchants.drawCategory(random, random.pick(SHOPS));
  // Some hide in a crowd that pays little itself.
  if (oneShop && random.chance(0.15)) drop(world, time, merchant);
  const sparse = random.chance(0.5);
  const link = drawLink(random, payers.length === 1);
  const changing = random.chance(0.2);
  // Fresh lists work better than old ones.
  const refusedShare = random.between(0.4, 1);
  let planned = 0;
  let at = time;
  for (let i = 0; i < size; i++) {
    const payer = payers[i % payers.length];
    if (!oneShop && random.chance(0.3)) merchant = world.merchants.drawCategory(random, random.pick(SHOPS));
    const payment = habitual(world, payer, merchant, at);
    from(payment, hideout);
    online(random, payment);
    if (changing) payment.ip = newIp(random);
    payment.card = newCard(world, drawPlace(random));
    payment.dollars = amount();
    payment.fields = link(sparse ? drawSparse(random) : merchant.integration) | FIELD.card;
    payment.refused = random.chance(refusedShare) ? undefined : false;
    planned += commit(world, payment, 'card_testing');
    at += pace();
  }
  return planned;
}

/** Cards whose numbers are known, the code of each guessed by ordinary payments: all but the last of a card are refused. */
function guessed(world: World, time: number, size: number): number {
  const { random } = world;
  let planned = 0;
  let at = time;
  for (let left = size; left > 0; ) {
    const tries = Math.min(left, random.int(6, 12));
    planned += guessOne(world, at, tries);
    left -= tries;
    at += random.between(1, 30) * HOUR;
  }
  return planned;
}

function guessOne(world: World, time: number, tries: number): number {
  const { random } = world;
  const place = drawPlace(random);
  const hideout = drawHideout(world, place);
  const card = random.chance(0.5) ? drawVictim(world).cards[0] : newCard(world, place);
  const all = drawPayers(world, place, time, tries);
  const payers = random.chance(0.4) ? all.slice(0, 1) : all;
  const merchant = world.merchants.drawResale(random);
  const fields = merchant.integration | FIELD.card | FIELD.outcome | FIELD.face;
  const pace = drawPace(random);
  const hops = random.chance(0.3);
  let planned = 0;
  let at = time;
  for (let i = 0; i < tries; i++) {
    const payment = habitual(world, payers[i % payers.length], merchant, at);
    from(payment, hops ? drawHideout(world, place) : hideout);
    online(random, payment);
    payment.card = card;
    payment.fields = fields;
    payment.refused = i < tries - 1 ? 'incorrect_cvc' : false;
    planned += commit(world, payment, 'card_testing');
    at += Math.max(4_000, pace());
  }
  return planned;
}

/** Numbers of one issuer tried one after the other by a botnet: each from another device and address, at one shop. */
function enumerated(world: World, time: number, size: number): number {
  const { random } = world;
  const place = drawPlace(random);
  const card = newCard(world, place);
  const merchant = world.merchants.drawCategory(random, random.pick(SHOPS));
  const small = random.chance(0.5);
  const pace = drawPace(random);
  let planned = 0;
  let at = time;
  for (let i = 0; i < size; i++) {
    const payer = stranger(world, at);
    moveTo(world, payer, random.chance(0.5) ? place : drawPlace(random));
    const payment = habitual(world, payer, merchant, at);
    from(payment, drawHideout(world, payer.place));
    online(random, payment);
    payment.card = siblingCard(world, card);
    if (small) payment.dollars = random.between(0.5, 5);
    payment.fields = merchant.integration | FIELD.card | FIELD.merchant | FIELD.face | FIELD.outcome;
    payment.refused = random.chance(0.85) ? (random.chance(0.6) ? 'invalid_number' : 'incorrect_cvc') : false;
    planned += commit(world, payment, 'card_testing');
    at += pace();
  }
  return planned;
}

/** Many guest accounts, or one account with many cards (made for it, or an honest one taken over), or a few. */
function drawPayers(world: World, place: number, time: number, size: number): Person[] {
  const { random } = world;
  const roll = random.float();
  const count = roll < 0.48 ? size : roll < 0.85 ? 1 : random.int(2, 5);
  if (count === 1 && random.chance(0.25)) return [drawVictim(world)];
  return Array.from({ length: count }, () => {
    const person = stranger(world, time);
    moveTo(world, person, place);
    return person;
  });
}

/** Always the same amount, or a small amount, or whole units. */
function drawAmounts(random: Random): () => number {
  const style = random.float();
  const fixed = random.between(0.5, 3);
  if (style < 0.3) return () => fixed;
  if (style < 0.75) return () => random.between(0.5, 5);
  return () => random.int(1, 3);
}

/** What ties the payments together: mostly the device; else the one user, or the address. */
function drawLink(random: Random, oneUser: boolean): (fields: number) => number {
  if (random.chance(oneUser ? 0.65 : 0.88)) return (fields) => fields | FIELD.device;
  if (oneUser) return (fields) => fields & ~FIELD.device;
  return (fields) => (fields & ~FIELD.device) | FIELD.ip;
}
