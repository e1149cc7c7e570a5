import { newCard } from './cards.ts';
import { CATEGORIES, categoryNamed } from './categories.ts';
import { drawSparse, FIELD } from './integrations.ts';
import type { Merchant } from './merchants.ts';
import { createMerchant } from './merchants.ts';
import type { Payment } from './payment.ts';
import { drawPace, habitual, plan, planOther } from './payment.ts';
import { createPerson, DAY, drawAccountAge, drawPlace, live, MINUTE, moveTo, newIp } from './people.ts';
import type { Person } from './person.ts';
import type { World } from './world-state.ts';

const GIFTS = ['Jewelry', 'Electronics', 'Gift cards', 'Fashion'].map(categoryNamed);
const DROPS = ['Tickets', 'Food', 'Digital', 'Gaming', 'Transport'].map(categoryNamed);

/** One arrival of a regular user: a payment, and what sometimes follows within minutes. */
export function ordinary(world: World, person: Person, time: number): void {
  const { random } = world;
  live(world, person, time);
  const gift = random.chance(0.012);
  const merchant = gift ? world.merchants.drawCategory(random, random.pick(GIFTS)) : chooseShop(world, person);
  const payment = habitual(world, person, merchant, time);
  if (gift) payment.dollars *= random.between(1.5, 5);
  // The largest honest payments of a year: a laptop, a sofa, flights for four.
  else if (random.chance(0.004)) payment.dollars *= random.between(4, 12);
  around(world, payment);
  pay(world, payment);
}

/** What an account does beside paying: signs in before it, and is paid out what it sold. */
function around(world: World, payment: Payment): void {
  const { random } = world;
  const { person } = payment;
  const online = payment.channel < 2 && person.created !== undefined && (payment.fields & FIELD.device) !== 0;
  if (online && random.chance(0.12)) {
    planOther(world, payment, 'login');
    payment.time += random.between(20_000, 15 * MINUTE);
  }
  if (person.sells && random.chance(0.3)) {
    const dollars = 140 * person.level * random.logNormal(1, 0.6);
    const time = payment.time + random.between(0.1, 2) * DAY;
    // Now and then to another bank, or all that has gathered.
    const payee = `acct_${person.id.slice(-7)}${random.chance(0.04) ? random.int(2, 9) : ''}`;
    const gathered = random.chance(0.05) ? random.between(2, 6) : 1;
    planOther(world, { ...payment, time, dollars: dollars * gathered, payee }, 'payout');
  }
}

/** Pays, and does what people do then: tries again where the issuer refused, or buys a few more things. */
function pay(world: World, payment: Payment): void {
  const row = plan(world, payment);
  if (row.life.outcome?.type === 'refused') tryAgain(world, payment, row.life.outcome.code as string);
  else follow(world, payment);
}

/** A mistyped code is typed again, up to four times; who has no money takes another card, or leaves it. */
function tryAgain(world: World, first: Payment, code: string): void {
  const { random } = world;
  if (random.chance(0.25)) return;
  const again: Payment = { ...first };
  for (let tries = 0; tries < 4; tries++) {
    again.time += random.between(8_000, 3 * MINUTE);
    const mistyped = code === 'incorrect_cvc';
    if (!mistyped && random.chance(0.5)) again.card = random.pick(first.person.cards);
    again.refused = random.chance(mistyped ? 0.35 : 0.4) ? code : false;
    plan(world, again);
    if (again.refused === false) return;
  }
}

function chooseShop(world: World, person: Person): Merchant {
  const { random, merchants } = world;
  const { favourites } = person;
  if (favourites.length > 0 && random.chance(0.8)) {
    // The first favourites are visited most.
    return favourites[Math.floor(favourites.length * random.float() ** 1.8)];
  }
  const merchant = merchants.draw(random);
  if (favourites.length > 0 && random.chance(0.2)) favourites[random.int(0, favourites.length - 1)] = merchant;
  return merchant;
}

/** Honest bursts: small payments in a row, a basket that is split, a card that fails and another that works. */
function follow(world: World, first: Payment): void {
  const { random } = world;
  if (first.channel === 3) return;
  const roll = random.float();
  const micro = CATEGORIES[first.merchant.category].micro;
  if (roll < micro) {
    repeat(world, first, random.int(2, 11), () => random.between(0.6, 1.4) * first.dollars);
  } else if (roll < micro + 0.012) {
    repeat(world, first, random.int(1, 4), () => random.between(0.2, 1.2) * first.dollars);
  } else if (roll < micro + 0.017) {
    const again: Payment = { ...first };
    const cards = [...first.person.cards, newCard(world, first.person.place)];
    // The first was refused by the shop, not by the issuer: nobody tells.
    for (let tries = random.int(1, 2); tries > 0; tries--) {
      again.time += random.between(8_000, 2 * MINUTE);
      again.card = random.pick(cards);
      plan(world, again);
    }
  }
}

function repeat(world: World, first: Payment, times: number, dollars: () => number): void {
  const pace = drawPace(world.random);
  const next: Payment = { ...first };
  for (let i = 0; i < times; i++) {
    next.time += pace();
    next.dollars = dollars();
    plan(world, next);
  }
}

/** Someone new: an account made just now, or one that is old but new to the system. Takes the place of a regular. */
export function newcomer(world: World, index: number, time: number): void {
  const { random } = world;
  const age = random.chance(0.55) ? random.exponential(0.3) * DAY : drawAccountAge(random);
  const person = createPerson(world, time, age, index);
  world.people[index] = person;
  if (age < DAY && random.chance(0.6)) {
    const first = habitual(world, person, person.favourites[0], time);
    // Families and classes sign up together, on one device or behind one address.
    const others = random.chance(0.06) ? random.int(1, 5) : 0;
    const pace = drawPace(random);
    if (first.channel >= 2) first.channel = 0;
    planOther(world, first, 'registration');
    for (let i = 0, at = time; i < others; i++) {
      at += Math.max(20_000, pace());
      const other = createPerson(world, at, 0, -1);
      moveTo(world, other, person.place);
      const shared = random.chance(0.6) ? first.device : other.devices[0];
      planOther(
        world,
        { ...habitual(world, other, first.merchant, at), channel: first.channel, device: shared, ip: first.ip },
        'registration',
      );
    }
  }
  ordinary(world, person, time + random.between(0.5, 20) * MINUTE);
}

/** Someone who pays once and is not seen again: own card, own device, often few fields. */
export function stranger(world: World, time: number): Person {
  const { random } = world;
  const roll = random.float();
  const age = roll < 0.35 ? undefined : roll < 0.55 ? random.exponential(0.05) * DAY : drawAccountAge(random);
  const person = createPerson(world, time, age, -1);
  // A few shops call every guest the same.
  if (random.chance(0.01)) person.id = 'anonymous';
  return person;
}

export function guest(world: World, time: number): void {
  const { random } = world;
  const person = stranger(world, time);
  const payment = habitual(world, person, world.merchants.draw(random), time);
  if (random.chance(0.45)) payment.fields = drawSparse(random);
  // Many first payments are small: a trial, a coffee, a donation.
  if (random.chance(0.35)) payment.dollars = random.between(0.5, 8);
  pay(world, payment);
}

/** Many people pay a little at one shop within minutes: tickets on sale, vending machines, a school fair. */
export function drop(world: World, time: number, at?: Merchant): void {
  const { random } = world;
  const merchant = at ?? drawVenue(world);
  const sparse = random.chance(0.7);
  const fields = sparse ? drawSparse(random) : merchant.integration;
  const wifi = random.chance(0.4) ? newIp(random) : undefined;
  const fixed = random.chance(0.5) ? random.between(0.5, 6) : 0;
  const newShare = random.between(0.3, 1);
  const place = drawPlace(random);
  const pace = drawPace(random);
  let now = time;
  let device = '';
  for (let left = random.int(6, 40); left > 0; left--) {
    now += pace() * random.between(0.2, 1.2);
    const person = visitor(world, place, newShare, now);
    const payment = habitual(world, person, merchant, now);
    payment.fields = fields;
    if (payment.channel >= 2) payment.channel = 1;
    if (wifi) payment.ip = wifi;
    // A friend's phone.
    if (device !== '' && random.chance(0.03)) payment.device = device;
    device = payment.device;
    payment.dollars = fixed || random.between(0.5, 9);
    plan(world, payment);
  }
}

/** A shop that opened for the occasion, as unknown as its guests, or one that is known. */
function drawVenue(world: World): Merchant {
  const { random } = world;
  const category = random.pick(DROPS);
  if (random.chance(0.5)) return createMerchant(random, world.newId('m_'), category);
  return world.merchants.drawCategory(random, category);
}

/** A computer that strangers share for an hour or two: a library, a hotel's lobby, a clerk who orders for customers. */
export function sharedComputer(world: World, time: number): void {
  const { random } = world;
  const place = drawPlace(random);
  const device = world.newId('d_');
  const ip = newIp(random);
  const gap = random.between(6, 40) * MINUTE;
  let now = time;
  for (let left = random.int(2, 5); left > 0; left--) {
    const person = visitor(world, place, 0.5, now);
    const payment = habitual(world, person, world.merchants.draw(random), now);
    if (payment.channel >= 2) payment.channel = 0;
    payment.device = device;
    payment.ip = ip;
    plan(world, payment);
    now += random.exponential(gap);
  }
}

/** Someone at this place: unknown, or a regular user who lives there. */
function visitor(world: World, place: number, newShare: number, time: number): Person {
  if (!world.random.chance(newShare)) {
    for (let tries = 0; tries < 8; tries++) {
      const person = world.drawPerson();
      if (person.place === place) return person;
    }
  }
  const person = stranger(world, time);
  moveTo(world, person, place);
  return person;
}
