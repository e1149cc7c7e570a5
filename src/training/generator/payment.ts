import { faceOf } from './cards.ts';
import { CATEGORIES, CHANNELS } from './categories.ts';
import { FIELD, sentFields } from './integrations.ts';
import { labelTime } from './labels.ts';
import { lifeOf } from './life.ts';
import type { Merchant } from './merchants.ts';
import { recordCustomer } from './merchants.ts';
import { DAY, MINUTE, newIp } from './people.ts';
import type { Person } from './person.ts';
import { CURRENCIES, PLACES } from './places.ts';
import type { Random } from './random.ts';
import { createSampler } from './random.ts';
import type { FraudKind, GeneratedTransaction, GeneratedType } from './transaction.ts';
import type { World } from './world-state.ts';

/** One payment before it is cut down to what the shop's integration sends. */
export interface Payment {
  time: number;
  person: Person;
  merchant: Merchant;
  /** US dollars; the row is in the payer's currency. */
  dollars: number;
  card: string;
  device: string;
  ip: string;
  place: number;
  latitude: number;
  longitude: number;
  /** Index into CHANNELS. */
  channel: number;
  /** Bits of FIELD. */
  fields: number;
  email: string;
  kind?: FraudKind;
  /** A payment where absent. */
  type?: GeneratedType;
  /** That of a payout. */
  payee?: string;
  /** The issuer refuses it (with this code) or does not, as the story goes; left to chance where absent. */
  refused?: boolean | string;
}

/** Index into CHANNELS. */
const POS = 2;
const sampleChannel = CATEGORIES.map((category) => createSampler(category.channels));

/** A payment as this person makes them: own card and device, from where they are now. */
export function habitual(world: World, person: Person, merchant: Merchant, time: number): Payment {
  const { random } = world;
  const category = CATEGORIES[merchant.category];
  let channel = sampleChannel[merchant.category](random);
  if (channel < 2) channel = random.chance(person.appShare) ? 1 : 0;
  const away = person.travelPlace !== person.place;
  const here = PLACES[person.travelPlace];
  const jitter = away ? 0.03 : 0.004;
  const spread = category.sigma * person.spread;
  // Most payments are made with the first card and device.
  const card = person.cards[random.chance(0.8) ? 0 : random.int(0, person.cards.length - 1)];
  const device = person.devices[random.chance(0.7) ? 0 : random.int(0, person.devices.length - 1)];
  return {
    time,
    person,
    merchant,
    dollars: category.median * merchant.level * person.level * Math.exp(spread * random.normal()),
    card,
    device,
    ip: drawAddress(world, person, channel),
    place: person.travelPlace,
    latitude: (away ? here.latitude : person.latitude) + jitter * random.normal(),
    longitude: (away ? here.longitude : person.longitude) + jitter * random.normal(),
    channel,
    fields: merchant.integration,
    email: person.email,
  };
}

function drawAddress(world: World, person: Person, channel: number): string {
  const { random } = world;
  if (person.travelPlace !== person.place) {
    return random.chance(0.5) ? random.pick(world.carriers[person.travelPlace]) : newIp(random);
  }
  const share = random.float();
  if (person.officeIp && share < 0.2) return person.officeIp;
  if (share < (channel === 1 ? 0.5 : 0.25)) return random.pick(world.carriers[person.place]);
  return person.homeIp;
}

/**
 * Prices end as prices do: a round sum, .99, whole, .50, or anything. Rounded to the currency's minor unit, at least one
 * of it.
 */
export function price(random: Random, amount: number, digits: number): number {
  const ending = random.float();
  let value = amount;
  // Vouchers, deposits, fares, and whatever is sold for a hundred.
  if (amount >= 20 && random.chance(amount < 100 ? 0.12 : 0.2)) {
    const step = amount < 50 ? 5 : amount < 200 ? 10 : 50;
    value = Math.round(amount / step) * step;
  } else if (digits === 0) value = ending < 0.5 ? Math.round(amount / 10) * 10 : amount;
  else if (ending < 0.25) value = Math.floor(amount) + 0.99;
  else if (ending < 0.4) value = Math.round(amount);
  else if (ending < 0.5) value = Math.floor(amount) + 0.5;
  const scale = 10 ** digits;
  return Math.max(1, Math.round(value * scale)) / scale;
}

/** The row that the server would get, with its truth. The payer's history counts it as made. */
export function toRow(world: World, payment: Payment): GeneratedTransaction {
  const { random } = world;
  const { person, merchant, kind, time, type = 'payment' } = payment;
  const home = PLACES[person.place];
  const currency = CURRENCIES[home.currency];
  let fields = sentFields(random, payment.fields, payment.channel);
  // Without a currency the server takes US dollars.
  if (home.currency !== 'USD') fields |= FIELD.currency;
  if (type !== 'payment') fields &= ~(FIELD.card | FIELD.merchant | FIELD.category | FIELD.outcome);
  if (type === 'login' || type === 'registration') fields &= ~FIELD.currency;
  const ageDays = person.created === undefined ? undefined : Math.floor((time - person.created) / DAY);
  const has = (field: number) => (fields & field) !== 0;
  const paid = price(random, payment.dollars * currency.perDollar, currency.digits);
  const amount = type === 'payment' || type === 'payout' ? paid : undefined;
  const labelledAt = labelTime(random, time, kind !== undefined, type);
  const face = has(FIELD.face) && has(FIELD.card) ? faceOf(payment.card) : undefined;
  const told = has(FIELD.face);
  const remote = payment.channel !== POS;
  return {
    id: '',
    type,
    userId: person.id,
    amount,
    currency: has(FIELD.currency) ? home.currency : undefined,
    productCategory: has(FIELD.category) ? CATEGORIES[merchant.category].name : undefined,
    customerLocation: has(FIELD.location) ? PLACES[payment.place].city : undefined,
    accountAgeDays: has(FIELD.age) ? ageDays : undefined,
    time: Math.round(time),
    offsetMinutes: has(FIELD.offset) ? PLACES[payment.place].offsetMinutes : 0,
    merchantId: has(FIELD.merchant) ? merchant.id : undefined,
    cardId: has(FIELD.card) ? payment.card : undefined,
    deviceId: has(FIELD.device) ? payment.device : undefined,
    ip: has(FIELD.ip) ? payment.ip : undefined,
    email: has(FIELD.email) ? payment.email : undefined,
    country: has(FIELD.country) ? PLACES[payment.place].country : undefined,
    latitude: has(FIELD.coordinates) ? round4(payment.latitude) : undefined,
    longitude: has(FIELD.coordinates) ? round4(payment.longitude) : undefined,
    channel: has(FIELD.channel) ? CHANNELS[payment.channel] : undefined,
    cardBin: face?.bin,
    cardLast4: face?.last4,
    cardBrand: face?.brand,
    cardCountry: face?.country,
    cardFunding: face?.funding,
    instrument: !told || amount === undefined ? undefined : type === 'payout' ? 'credit_transfer' : 'card',
    remote: told ? remote : undefined,
    initiator: told && amount !== undefined ? 'customer' : undefined,
    payeeId: payment.payee,
    mcc: told && has(FIELD.category) ? CATEGORIES[merchant.category].mcc : undefined,
    life:
      type === 'payment'
        ? lifeOf(random, {
            ...{ time, amount: paid, digits: currency.digits, kind, remote, labelledAt },
            brand: face?.brand,
            told: has(FIELD.outcome) && has(FIELD.card),
            refused: payment.refused,
          })
        : {},
    isFraud: kind !== undefined,
    fraudKind: kind,
    labelledAt,
  };
}

/** Plans a payment of an honest person. */
export function plan(world: World, payment: Payment): GeneratedTransaction {
  const { person } = payment;
  person.payments++;
  person.seen = payment.time;
  if (person.index >= 0) recordCustomer(payment.merchant, person.index);
  const row = toRow(world, payment);
  world.queue.push(row);
  return row;
}

/** Plans what an honest person does that is no payment: their habits of paying do not learn of it. */
export function planOther(world: World, payment: Payment, type: GeneratedType): void {
  world.queue.push(toRow(world, { ...payment, type }));
}

/** Milliseconds between the payments of one burst: one way of spacing for the whole burst. */
export function drawPace(random: Random): () => number {
  const way = random.float();
  if (way < 0.3) return () => random.between(5, 250);
  if (way < 0.65) return () => random.between(1_000, 20_000);
  if (way < 0.92) return () => random.between(15_000, 4 * MINUTE);
  return () => random.between(2 * MINUTE, 9 * MINUTE);
}

function round4(degrees: number): number {
  return Math.round(degrees * 10_000) / 10_000;
}
