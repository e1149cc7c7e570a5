import { newCard } from './cards.ts';
import type { Person } from './person.ts';
import { PLACES } from './places.ts';
import type { Random } from './random.ts';
import { createSampler } from './random.ts';
import type { World } from './world-state.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const samplePlace = createSampler(PLACES.map((place) => place.weight));

const DOMAINS: [string, number][] = [
  ['gmail.com', 40],
  ['outlook.com', 12],
  ['yahoo.com', 10],
  ['icloud.com', 10],
  ['hotmail.com', 6],
  ['proton.me', 3],
  ['gmx.de', 3],
  ['orange.fr', 2],
  ['btinternet.com', 2],
  ['comcast.net', 3],
  ['docomo.ne.jp', 2],
  ['mailinator.com', 0.3],
];
const sampleDomain = createSampler(DOMAINS.map(([, weight]) => weight));
const FIRST = ['anna', 'ben', 'chloe', 'daniel', 'emma', 'felix', 'grace', 'hugo', 'ines', 'jonas', 'kenji', 'lucia'];
const LAST = ['smith', 'meyer', 'rossi', 'dubois', 'tanaka', 'silva', 'patel', 'kowalski', 'jones', 'garcia', 'lee'];

export function newEmail(world: World, domain = DOMAINS[sampleDomain(world.random)][0]): string {
  const { random } = world;
  // Companies and schools have domains of their own.
  const host = domain === 'gmail.com' && random.chance(0.12) ? `firm${random.int(1, 400)}.com` : domain;
  return `${random.pick(FIRST)}.${random.pick(LAST)}${random.int(1, 9999)}@${host}`;
}

/** Ages of accounts that existed before anyone looked: from days to years. */
export function drawAccountAge(random: Random): number {
  return Math.min(12 * 365, random.logNormal(400, 1.2)) * DAY;
}

const HOME_KEPT = 64;

/** Makes a payer. `age` in milliseconds is how old the account is at `time`. */
export function createPerson(world: World, time: number, age: number | undefined, index: number): Person {
  const { random } = world;
  const place = samplePlace(random);
  const home = PLACES[place];
  const person: Person = {
    id: newUserId(world),
    index,
    place,
    latitude: home.latitude + 0.08 * random.normal(),
    longitude: home.longitude + 0.08 * random.normal(),
    created: age === undefined ? undefined : Math.floor(time - age),
    level: random.logNormal(1, 0.4),
    spread: random.between(0.6, 1.15),
    email: newEmail(world),
    devices: [world.newId('d_')],
    cards: [newCard(world, place)],
    homeIp: newHomeIp(random),
    officeIp: random.chance(0.35) ? random.pick(world.offices[place]) : undefined,
    favourites: [],
    shiftHours: Math.round(1.6 * random.normal()),
    appShare: random.float(),
    travelPlace: place,
    travelUntil: 0,
    sells: index >= 0 && random.chance(0.06),
    payments: 0,
    seen: 0,
  };
  if (index >= 0) settle(world, person);
  return person;
}

/** Gives a regular user further devices and cards, favourite shops, and sometimes a household. */
function settle(world: World, person: Person): void {
  const { random } = world;
  for (let more = random.int(0, 2); more > 0; more--) person.devices.push(world.newId('d_'));
  for (let more = random.chance(0.35) ? random.int(1, 2) : 0; more > 0; more--)
    person.cards.push(newCard(world, person.place));
  // A firm's buyer holds a bundle of cards.
  if (random.chance(0.004))
    for (let more = random.int(3, 7); more > 0; more--) person.cards.push(newCard(world, person.place));
  for (let i = 0; i < 8; i++) person.favourites.push(world.merchants.draw(random));

  const other = random.chance(0.12) ? world.homes[random.int(0, HOME_KEPT - 1)] : undefined;
  if (other) {
    person.place = other.place;
    person.travelPlace = other.place;
    person.latitude = other.latitude;
    person.longitude = other.longitude;
    person.homeIp = other.homeIp;
    if (random.chance(0.6)) person.devices[person.devices.length > 1 ? 1 : 0] = other.devices[0];
    if (random.chance(0.15)) person.cards.push(other.cards[0]);
  } else if (random.chance(0.3)) {
    world.homes[random.int(0, HOME_KEPT - 1)] = person;
  }
}

/** Moves a payer's home to a place, near its centre. */
export function moveTo(world: World, person: Person, place: number): void {
  const { random } = world;
  person.place = place;
  person.travelPlace = place;
  person.latitude = PLACES[place].latitude + 0.08 * random.normal();
  person.longitude = PLACES[place].longitude + 0.08 * random.normal();
}

/** A place drawn by population. */
export function drawPlace(random: Random): number {
  return samplePlace(random);
}

function newUserId(world: World): string {
  const style = world.random.float();
  if (style < 0.7) return world.newId('u_');
  if (style < 0.85) return world.newId('auth0|');
  return world.newId('cus_');
}

const FIRST_OCTETS = [23, 31, 45, 51, 62, 71, 78, 81, 84, 86, 88, 91, 93, 98, 109, 126, 151, 176, 188, 201, 212, 217];

export function newIp(random: Random): string {
  return `${random.pick(FIRST_OCTETS)}.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(1, 254)}`;
}

function newHomeIp(random: Random): string {
  if (!random.chance(0.12)) return newIp(random);
  const group = () => random.int(1, 0xffff).toString(16);
  return `2a02:${group()}:${group()}::${group()}`;
}

/** Travel, new phones, new cards, new addresses: what makes honest people look odd. Call before a payment. */
export function live(world: World, person: Person, time: number): void {
  const { random } = world;
  if (person.travelUntil < time) {
    person.travelPlace = person.place;
    if (random.chance(0.006)) {
      person.travelPlace = samplePlace(random);
      person.travelUntil = time + random.between(1, 14) * DAY;
    }
  }
  const event = random.float();
  if (event < 0.004) person.devices[random.int(0, person.devices.length - 1)] = world.newId('d_');
  else if (event < 0.007) person.cards[0] = newCard(world, person.place);
  else if (event < 0.009) person.homeIp = newHomeIp(random);
  else if (event < 0.0095 && person.cards.length < 10) person.cards.push(newCard(world, person.place));
}

/** Relative activity by local hour, Monday to Friday and at the weekend. */
const WEEKDAY = [5, 2, 1, 1, 1, 2, 6, 14, 20, 24, 27, 30, 36, 32, 28, 28, 30, 36, 42, 46, 45, 38, 26, 13];
const WEEKEND = [9, 5, 3, 1, 1, 1, 3, 6, 14, 24, 34, 40, 42, 42, 40, 38, 37, 37, 38, 40, 40, 34, 26, 16];
const MOST = 46;

/** Chance in (0, 1] that this person is about at this time. */
export function awake(person: Person, time: number): number {
  const local = time + PLACES[person.place].offsetMinutes * MINUTE;
  const day = Math.floor(local / DAY);
  const hour = Math.floor((local - day * DAY) / HOUR);
  // Day 0 was a Thursday.
  const weekday = (day + 4) % 7;
  const hours = weekday === 0 || weekday === 6 ? WEEKEND : WEEKDAY;
  return hours[(hour - person.shiftHours + 48) % 24] / MOST;
}
