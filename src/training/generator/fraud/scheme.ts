import { FIELD } from '../integrations.ts';
import type { Merchant } from '../merchants.ts';
import type { Payment } from '../payment.ts';
import { toRow } from '../payment.ts';
import { newIp } from '../people.ts';
import type { Person } from '../person.ts';
import { PLACES } from '../places.ts';
import type { Random } from '../random.ts';
import type { FraudKind } from '../transaction.ts';
import type { World } from '../world-state.ts';

/** One way to defraud. */
export interface Scheme {
  kind: FraudKind;
  /** Of all fraudulent rows. */
  share: number;
  /** How many fraudulent rows one episode has. */
  size: [low: number, high: number];
  /** Plans an episode of about `size` frauds from `time` on; returns how many fall before the stream's end. */
  run(world: World, time: number, size: number): number;
}

/** Plans a fraudulent payment; 1 if it falls before the stream's end. */
export function commit(world: World, payment: Payment, kind: FraudKind): number {
  world.queue.push(toRow(world, { ...payment, kind }));
  return payment.time < world.end ? 1 : 0;
}

/** A user with some history to be robbed of. */
export function drawVictim(world: World): Person {
  let best = world.drawPerson();
  for (let tries = 0; tries < 24 && best.payments < 5; tries++) {
    const other = world.drawPerson();
    if (other.payments > best.payments) best = other;
  }
  return best;
}

export interface Hideout {
  device: string;
  ip: string;
  place: number;
  latitude: number;
  longitude: number;
}

const BURNT_KEPT = 24;

/** Device, address and place that a thief works from: mostly new, some used before. */
export function drawHideout(world: World, place: number): Hideout {
  const { random, burnt } = world;
  let device = world.newId('d_');
  let ip = random.chance(0.12) ? random.pick(world.carriers[place]) : newIp(random);
  if (burnt.length > 0) {
    const old = random.pick(burnt);
    if (random.chance(0.12)) device = old.device;
    if (random.chance(0.15)) ip = old.ip;
  }
  const kept = { device, ip };
  if (burnt.length < BURNT_KEPT) burnt.push(kept);
  else burnt[random.int(0, BURNT_KEPT - 1)] = kept;
  return {
    device,
    ip,
    place,
    latitude: PLACES[place].latitude + 0.1 * random.normal(),
    longitude: PLACES[place].longitude + 0.1 * random.normal(),
  };
}

/** A shop that sees the device: those tell of logins and registrations, honest ones too. */
export function shopWithAccounts(world: World): Merchant {
  for (;;) {
    const shop = world.merchants.draw(world.random);
    if ((shop.integration & FIELD.device) !== 0) return shop;
  }
}

/** A place in another country, far away. */
export function drawFarPlace(random: Random, from: number): number {
  for (;;) {
    const place = random.int(0, PLACES.length - 1);
    if (PLACES[place].country !== PLACES[from].country) return place;
  }
}

/** Fraud is committed online. */
export function online(random: Random, payment: Payment): void {
  if (payment.channel >= 2) payment.channel = random.chance(0.7) ? 0 : 1;
}

/** Puts a payment on the thief's device and address. */
export function from(payment: Payment, hideout: Hideout): void {
  payment.device = hideout.device;
  payment.ip = hideout.ip;
  payment.place = hideout.place;
  payment.latitude = hideout.latitude;
  payment.longitude = hideout.longitude;
}

/** A payment that nothing links to any other cannot be a case of these frauds: at least the card is sent. */
export function withCard(fields: number): number {
  return fields | FIELD.card;
}
