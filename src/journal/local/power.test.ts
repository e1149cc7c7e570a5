import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Journal, JournalEntry } from '../journal.ts';
import { openJournal } from './journal.ts';
import { type SimulatedDisk, simulatedDisk } from './simulated-disk.ts';
import { noise, seeded } from './test-support.ts';
import { verifyJournal } from './verify.ts';

const DIRECTORY = '/disk/journal';
const SEGMENT_BYTES = 16 * 1024;

interface World {
  random: () => number;
  disk: SimulatedDisk;
  /** Sequence → key of what was acknowledged. */
  acknowledged: Map<number, string>;
  /** Erasures that were asked for, and those that were acknowledged. */
  askedToErase: Set<number>;
  erased: Set<number>;
  nextId: number;
}

function entry(world: World): JournalEntry {
  const id = world.nextId++;
  return {
    type: 'decision',
    at: id,
    key: `t:${id}`,
    aliases: id % 3 === 0 ? [`k:${id}`] : undefined,
    data: { id, filler: noise(id, Math.floor(world.random() ** 3 * 2500)) },
    personal: { email: `person${id}@example.com` },
    vector: Float64Array.of(id, Number.NaN),
  };
}

const open = (world: World) =>
  openJournal({
    directory: DIRECTORY,
    segmentBytes: SEGMENT_BYTES,
    files: world.disk.files,
    // A timer would make a run differ from the next; a close writes the mark too.
    markAfterMs: 2 ** 31 - 1,
    onFatal: () => {},
    onWarning: () => {},
  });

/** Appends and erases from several sides until the power goes. */
async function work(world: World, journal: Journal): Promise<void> {
  const { random } = world;
  let running = true;
  const client = async () => {
    while (running) {
      const { record, durable } = journal.enqueue(entry(world));
      await durable;
      world.acknowledged.set(record.sequence, record.key);
      if (random() < 0.25) {
        const sequence = 1 + Math.floor(random() * record.sequence);
        world.askedToErase.add(sequence);
        await journal.overwrite!(sequence, ({ data, personal }) => (personal ? { data } : undefined));
        world.erased.add(sequence);
      }
    }
  };
  const clients = Array.from({ length: 1 + Math.floor(random() * 8) }, () => client().catch(() => {}));
  for (let turns = Math.floor(random() * 300); turns > 0; turns--) await nextTurn();
  world.disk = world.disk.cut();
  running = false;
  await Promise.all(clients);
  await journal.close().catch(() => {});
}

/** All that was acknowledged is there, in place and whole; what was erased is gone. */
async function check(world: World, journal: Journal): Promise<void> {
  let next = 1;
  for await (const record of journal.read(1)) {
    assert.equal(record.sequence, next++);
    const key = world.acknowledged.get(record.sequence);
    if (key !== undefined) assert.equal(record.key, key);
    assert.equal(record.key, `t:${record.data.id}`);
    assert.deepEqual(record.vector, Float64Array.of(record.data.id as number, Number.NaN));
    const personal = { email: `person${record.data.id}@example.com` };
    if (world.erased.has(record.sequence)) assert.equal(record.personal, undefined);
    else if (!world.askedToErase.has(record.sequence)) assert.deepEqual(record.personal, personal);
  }
  assert.equal(journal.durable, next - 1);
  for (const [sequence, key] of world.acknowledged) {
    assert.ok(sequence < next, `record ${sequence} is lost`);
    if (sequence % 5 === 0) assert.equal((await journal.find(key))?.sequence, sequence);
  }
}

test('nothing acknowledged is lost, and no crash looks like damage, whatever the disk kept at a power cut', async () => {
  let acknowledged = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const random = seeded(seed);
    const world: World = {
      random,
      disk: simulatedDisk(random),
      acknowledged: new Map(),
      askedToErase: new Set(),
      erased: new Set(),
      nextId: 1,
    };
    try {
      for (let round = 0; round < 4; round++) {
        // Power may also go while the journal recovers.
        const opening = open(world);
        if (round > 0 && random() < 0.3) {
          for (let turns = Math.floor(random() * 20); turns > 0; turns--) await nextTurn();
          world.disk = world.disk.cut();
          await opening.then((journal) => journal.close()).catch(() => {});
        } else {
          await work(world, await opening);
        }
        const journal = await open(world);
        await check(world, journal);
        await journal.close();
        assert.deepEqual((await verifyJournal(DIRECTORY, world.disk.files)).problems, []);
      }
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
    acknowledged += world.acknowledged.size;
  }
  assert.ok(acknowledged > 2000, `only ${acknowledged} acknowledged`);
});
