import { setImmediate as nextTurn } from 'node:timers/promises';
import { CORE_ENTITIES } from '../../src/domain/entity.ts';
import type { JournalRecord } from '../../src/journal/journal.ts';
import { type SimulatedDisk, simulatedDisk } from '../../src/journal/local/simulated-disk.ts';
import { seeded } from '../../src/journal/local/test-support.ts';
import type { FeedEvent } from '../../src/projections/feed-events.ts';
import { createClients } from './clients.ts';
import { createDatabase, type Database, emptyTables } from './database.ts';
import { checkAfterLies, checkAll } from './invariants.ts';
import { serving } from './model.ts';
import type { Process } from './process.ts';
import { type Asked, type Seams, type Server, SOUND, startServer } from './server.ts';
import { type SimulatedTime, simulatedTime } from './time.ts';
import { Violation } from './violation.ts';

/** What clients were promised, and what anyone was shown: all that the end is held against. */
export interface Promised {
  /** By id: the body of each payment that was answered with 201, and that answer. */
  paid: Map<string, { body: string; record: JournalRecord }>;
  /** By id: sequences of labels that were acknowledged. */
  labelled: Map<string, number>;
  deleted: Set<string>;
  erased: Set<string>;
  askedToErase: Set<string>;
  askedToDelete: Set<string>;
  /** By sequence: what the feed told. */
  told: Map<number, string>;
}

export interface World {
  random: () => number;
  time: SimulatedTime;
  disk: SimulatedDisk;
  database: Database;
  servers: Server[];
  /** The one that opens the directory right now. */
  starting: Process | undefined;
  promised: Promised;
  /** By sequence: what was there before the log was cut. */
  archive: Map<number, JournalRecord>;
  /** Whether the journal is kept for a time only. */
  isCut: boolean;
  serving: typeof serving;
  naming: { entityTypes: readonly string[]; entityFields: Record<string, string> };
  /** The disk lies about what it synced: what it then loses is not held against us, but nothing may be made up. */
  mayLoseData: boolean;
  /** How often the disk has lost what it said to have synced: what was answered before is no promise any more. */
  losses: number;
  isEnding: boolean;
  told(event: FeedEvent): void;
  rebuildDatabase(): void;
  fail(error: unknown): void;
}

export interface Outcome {
  paid: number;
  records: number;
  crashes: number;
  takeovers: number;
  /** Records that were cut out of the log. */
  cut: number;
  /** The disk had lied, and the journal said what is damaged. */
  refused: boolean;
}

const T0 = Date.UTC(2026, 0, 5, 12);
/** Turns of the event loop that clients get to finish what they began, once nothing goes wrong any more. */
const PATIENCE = 20_000;
/** The same for the feed to tell what came last. */
const FEED_TURNS = 200;

/** Lives through everything that a seed brings, then checks. Throws a `Violation` that names the invariant. */
export async function runSeed(seed: number, fault: Partial<Seams> = {}): Promise<Outcome> {
  const random = seeded(seed);
  const time = simulatedTime(T0);
  const database = createDatabase(random);
  const failures: unknown[] = [];
  const outcome: Outcome = { paid: 0, records: 0, crashes: 0, takeovers: 0, cut: 0, refused: false };
  const world: World = {
    ...{ random, time, database, servers: [], starting: undefined, serving, isEnding: false },
    disk: simulatedDisk(random),
    naming: { entityTypes: CORE_ENTITIES, entityFields: {} },
    promised: {
      ...{ paid: new Map(), labelled: new Map(), told: new Map() },
      ...{ deleted: new Set(), erased: new Set(), askedToErase: new Set(), askedToDelete: new Set() },
    },
    mayLoseData: seed % 8 === 0,
    losses: 0,
    archive: new Map(),
    isCut: seed % 8 === 3 || seed % 8 === 6,
    told({ seq, type, data }) {
      if (type !== 'transaction.decided') return;
      const before = world.promised.told.get(seq);
      if (before !== undefined && before !== data.id) world.fail(new Violation(`visibility: ${seq} was told twice`));
      world.promised.told.set(seq, data.id as string);
    },
    rebuildDatabase() {
      database.tables = emptyTables();
    },
    fail: (error) => void failures.push(error),
  };
  const seams = { ...SOUND, ...fault };
  world.disk.state.lies = world.mayLoseData;
  const clients = createClients(world);
  const swallow = (error: unknown) => world.fail(error);
  process.on('unhandledRejection', swallow);
  try {
    for (let round = 0; round < 2 + Math.floor(random() * 3) && failures.length === 0; round++) {
      await live(world, seams, outcome, failures);
      outcome.crashes++;
      if (world.mayLoseData && !(await during(world, checkAfterLies(world, seams)))) {
        outcome.refused = true;
        return outcome;
      }
    }
    if (failures.length > 0) throw failures[0];
    await end(world, seams, clients.finish, failures);
    const { records, cut } = await during(world, checkAll(world, seams));
    return { ...outcome, paid: world.promised.paid.size, records, cut };
  } finally {
    for (const server of world.servers) server.process.kill();
    world.isEnding = true;
    for (let turns = 0; turns < 20; turns++) {
      time.pass(5_000);
      await nextTurn();
    }
    process.off('unhandledRejection', swallow);
    time.uninstall();
  }
}

/** From a start to a crash. */
async function live(world: World, seams: Seams, outcome: Outcome, failures: unknown[]): Promise<void> {
  const { random, disk, database } = world;
  let started = start(world, seams);
  let settled = false;
  void started.finally(() => {
    settled = true;
  });
  // Power may go while the journal recovers.
  const until = random() < 0.2 ? Math.floor(random() * 40) : Number.POSITIVE_INFINITY;
  for (let turns = 0; !settled && turns < until; turns++) await turn(world);
  for (let turns = Math.floor(random() * 800); settled && turns > 0 && failures.length === 0; turns--) {
    await turn(world);
    const luck = random();
    if (luck < 0.01) world.time.step((random() - 0.5) * 2 * 3_600_000);
    else if (luck < 0.015) disk.state.isFull = !disk.state.isFull;
    else if (luck < 0.02) disk.state.slowness = random() < 0.5 ? 1 : 8;
    else if (luck < 0.03) database.isAway = !database.isAway;
    else if (luck < 0.035) database.doubt = random() < 0.5 ? 0 : 0.3;
    else if (luck < 0.045 && !world.mayLoseData && world.servers.length < 4) {
      // A second owner: the first one sleeps, and may wake whenever it likes.
      const older = world.servers.at(-1);
      if (older && random() < 0.7) older.process.freeze();
      outcome.takeovers++;
      started = start(world, seams);
      await during(world, started);
    } else if (luck < 0.06) for (const server of world.servers) if (random() < 0.5) server.process.thaw();
    if (world.isCut && luck > 0.97) void cut(world);
  }
  await crash(world);
  await during(world, started);
}

async function cut(world: World): Promise<void> {
  const { disk } = world;
  const server = world.servers.at(-1);
  if (!server) return;
  try {
    await server.process.gate(() => server.cut());
  } catch (error) {
    if (server.process.isAlive && disk === world.disk && !isOfTheWorld(error)) world.fail(error);
  }
}

async function crash(world: World): Promise<void> {
  const { random } = world;
  const way = random();
  const newest = world.servers.at(-1);
  if (way < 0.15 && newest && !newest.process.isFrozen) {
    mend(world);
    await during(
      world,
      newest.close().catch(() => {}),
    );
  }
  // Power goes with the processes; a kill leaves what they wrote in the cache.
  if (way < 0.7) world.disk = world.disk.cut();
  for (const server of world.servers) server.process.kill();
  world.starting?.kill();
  world.servers = [];
  mend(world);
  await nextTurn();
}

/** A start that fails for a reason of this world, as by a cut meanwhile, is none of ours; any other is told. */
async function start(world: World, seams: Seams): Promise<void> {
  const { disk } = world;
  try {
    const starting = startServer(world, seams);
    const server = await starting;
    if (server.process.isAlive && disk === world.disk) world.servers.push(server);
    else await server.close().catch(() => {});
  } catch (error) {
    if (world.starting?.isAlive && disk === world.disk && !isOfTheWorld(error)) world.fail(error);
  }
}

const isOfTheWorld = (error: unknown) => /power is gone|killed|taken over|no space|EEXIST|is there/.test(String(error));

async function turn(world: World): Promise<void> {
  world.time.pass(world.random() * 30);
  await nextTurn();
}

/** Everything is well from here on: clients get their answers, the database what it missed. */
async function end(world: World, seams: Seams, finish: () => Promise<void>, failures: unknown[]): Promise<void> {
  mend(world);
  await during(world, start(world, seams));
  if (failures.length > 0) throw failures[0];
  if (world.servers.length === 0) throw new Violation('durability: it does not start');
  await during(world, finish());
  if (failures.length > 0) throw failures[0];
  await during(world, world.servers[0].settled());
  // The feed reads at its own pace, and is asked by nobody.
  for (let turns = 0; turns < FEED_TURNS; turns++) await turn(world);
}

function mend({ disk, database }: World): void {
  Object.assign(disk.state, { isFull: false, slowness: 1 });
  Object.assign(database, { isAway: false, doubt: 0 });
}

/** Lets time pass until something is done. */
async function during<T>(world: World, work: Promise<T>): Promise<T> {
  let ended = false;
  const done = work.finally(() => {
    ended = true;
  });
  done.catch(() => {});
  for (let turns = 0; !ended; turns++) {
    // Who starts on a full disk waits for someone to make space.
    if (turns === PATIENCE / 4) mend(world);
    if (turns > PATIENCE) throw new Violation('convergence: it does not come to rest');
    await turn(world);
  }
  return done;
}

export type { Asked };
