import { createSchedule } from './fraud/schedule.ts';
import { drop, guest, newcomer, ordinary, sharedComputer } from './legitimate.ts';
import { awake, DAY } from './people.ts';
import type { GeneratedTransaction, GenerateOptions } from './transaction.ts';
import type { Settings } from './world.ts';
import { createWorld, settle } from './world.ts';
import type { World } from './world-state.ts';

/** Of the arrivals: people who pay once, newcomers who stay, sales at which many pay a little, shared computers. */
const GUESTS = 0.11;
const NEWCOMERS = 0.02;
const DROPS = 0.0032;
const SHARED = 0.0015;
/** Rows that one arrival brings on average, bursts included (measured). */
const ROWS_AN_ARRIVAL = 1.25;

/**
 * A stream of payments in time order, the same for the same options, bit by bit. Endless without `transactions`.
 * Memory is that of the regular users and of the payments planned ahead, never of the rows yielded.
 * Throws RangeError for options that make no sense.
 */
export function* generate(options: GenerateOptions): Generator<GeneratedTransaction> {
  const settings = settle(options);
  const { transactions, fraudRate } = settings;
  const world = createWorld(settings);
  const { queue } = world;
  const owe = createSchedule(world, fraudRate, transactions);
  const nextArrival = createClock(world, settings);
  let rows = 0;
  let next = nextArrival(rows);
  while (rows < transactions) {
    const planned = queue.peek();
    if (planned && planned.time <= next) {
      queue.pop();
      planned.id = `t_${settings.seed.toString(36)}_${(rows++).toString(36).padStart(6, '0')}`;
      yield planned;
      continue;
    }
    arrive(world, next);
    owe(rows + 1, next);
    next = nextArrival(rows);
  }
}

/** One arrival at `time`, if somebody is awake to make it. */
function arrive(world: World, time: number): void {
  const { random } = world;
  const roll = random.float();
  const person = world.drawPerson();
  if (!random.chance(awake(person, time))) return;
  if (roll < DROPS) drop(world, time);
  else if (roll < DROPS + GUESTS) guest(world, time);
  else if (roll < DROPS + GUESTS + NEWCOMERS) newcomer(world, person.index, time);
  else if (roll < DROPS + GUESTS + NEWCOMERS + SHARED) sharedComputer(world, time);
  else ordinary(world, person, time);
}

/** Sunday first. */
const WEEKDAYS = [0.95, 0.93, 0.94, 0.97, 1.02, 1.13, 1.06];
/** January first: sales, a dull February, holidays, the weeks before Christmas. */
const MONTHS = [0.92, 0.88, 0.94, 0.96, 0.99, 1.02, 1.0, 0.97, 0.98, 1.02, 1.16, 1.22];

function season(time: number): number {
  const date = new Date(time);
  return WEEKDAYS[date.getUTCDay()] * MONTHS[date.getUTCMonth()];
}

/**
 * Times of arrivals: a Poisson process whose rate follows weekday and month and is corrected on the way, so that the
 * wanted number of rows fills the wanted number of days. Most of night's arrivals are slept through (`awake`).
 */
function createClock(world: World, settings: Settings): (rows: number) => number {
  const { random, start } = world;
  const { transactions, users, days } = settings;
  const finite = Number.isFinite(transactions);
  const span = days * DAY;
  let time = start;
  let proposals = 0;
  let factor = 1;
  let factorUntil = start;
  return (rows) => {
    if (time >= factorUntil) {
      factor = season(time);
      factorUntil = time + 3_600_000;
    }
    const wanted = finite ? (transactions - rows) / Math.max(world.end - time, span / 400) : users / (3 * DAY);
    // How many rows came of each proposal so far; before there is evidence, what is usual.
    const yielded = (rows + 200 * 0.55 * ROWS_AN_ARRIVAL) / (proposals + 200);
    proposals++;
    time += random.exponential(yielded / (Math.max(wanted, 1e-9) * factor));
    // Whole milliseconds, so that what is planned from here on cannot be rounded into the past.
    return Math.ceil(time);
  };
}
