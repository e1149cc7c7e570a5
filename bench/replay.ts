/**
 * What profiles and features cost on this machine: `node bench/replay.ts [history.csv.gz]`.
 *
 * 1. With a handbook file: the whole history replayed into a matrix, and the peak memory of that; the baseline is
 *    reading the file without learning anything.
 * 2. extract + learn with the default catalogue, for profiles of typical size and for hot ones (512 kept events); the
 *    baseline is learning alone.
 */
import { existsSync } from 'node:fs';
import { CORE_ENTITIES } from '../src/domain/entity.ts';
import type { Event } from '../src/domain/event.ts';
import { catalogueFor } from '../src/features/catalogue.ts';
import { compile } from '../src/features/compile.ts';
import { handbookBetter } from '../src/features/handbook.ts';
import { createProfiles } from '../src/profiles/memory.ts';
import { HANDBOOK_MAP } from '../src/training/column-map.ts';
import { extractDataset } from '../src/training/extract.ts';
import { openHistory } from '../src/training/history-file.ts';

const DAY_MS = 86_400_000;

function stream(users: number, eventsEach: number) {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 0x100000000) * below);
  };
  const event: Event = {
    id: 0,
    type: 0,
    time: 0,
    offsetMinutes: 60,
    amount: 0,
    entities: new Float64Array(CORE_ENTITIES.length),
    country: 1,
    category: 1,
    channel: 1,
    location: 1,
    latitude: 0,
    longitude: 0,
    accountAgeDays: 100,
  };
  // The events of all users fill sixty days.
  const stepMs = Math.floor((60 * DAY_MS) / (users * eventsEach));
  return (i: number): Event => {
    const user = random(users);
    event.id = i + 1;
    event.time = 1.7e12 + i * stepMs;
    event.amount = random(20_000) / 100;
    event.entities.set([1 + user, 1 + user, 1 + user, 1 + user, 1 + random(users / 4), 1 + random(users / 4)]);
    event.country = 1 + random(3);
    event.category = 1 + random(9);
    event.location = 1 + random(3);
    event.latitude = 40 + random(100) / 100;
    event.longitude = random(100) / 100;
    return event;
  };
}

/** Seconds of processor time so far, which holds on a busy machine. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Microseconds an event, after as many to warm up; profiles hold about `eventsEach` events. */
function measure(users: number, eventsEach: number, extracting: boolean): number {
  const extractor = compile(catalogueFor(CORE_ENTITIES), { entityTypes: CORE_ENTITIES, encodings: {} });
  const profiles = createProfiles({ entityTypes: CORE_ENTITIES });
  const next = stream(users, eventsEach);
  const vector = new Float64Array(extractor.names.length);
  const filled = users * eventsEach;
  for (let i = 0; i < filled; i++) profiles.learn(next(i), i + 1);
  // Few enough that profiles do not grow much meanwhile.
  const rounds = Math.max(10_000, users * 4);
  let began = 0;
  for (let i = 0; i < 2 * rounds; i++) {
    if (i === rounds) began = processorSeconds();
    const event = next(filled + i);
    if (extracting) extractor.extract(profiles, event, vector);
    profiles.learn(event, filled + i + 1);
  }
  return ((processorSeconds() - began) / rounds) * 1e6;
}

function report(name: string, users: number, eventsEach: number): void {
  const both = measure(users, eventsEach, true);
  const learning = measure(users, eventsEach, false);
  console.log(`${name}: extract + learn ${both.toFixed(1)} µs, learn alone ${learning.toFixed(1)} µs`);
}

const path = process.argv[2] ?? '../shared/data/handbook-transactions.csv.gz';
if (existsSync(path)) {
  const entityTypes = ['user', 'merchant'];
  const history = openHistory(path, HANDBOOK_MAP, { entityTypes });
  const reading = await timed(() => history(() => {}));
  const replaying = await timed(() =>
    extractDataset(history, {
      definitions: handbookBetter,
      entityTypes,
      delayMs: 7 * DAY_MS,
      from: Date.UTC(2018, 6, 25),
      to: Date.UTC(2018, 7, 15),
    }),
  );
  const { rows, dataset } = replaying.result;
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`handbook: ${rows} rows, ${dataset.rows} of them extracted, ${dataset.features.length} features`);
  for (const [name, { seconds, processor }] of Object.entries({ replay: replaying, 'reading alone': reading })) {
    const rate = (duration: number) => `${Math.round(rows / duration).toLocaleString('en-GB')} rows/s`;
    console.log(`${name}: ${rate(seconds)}, ${rate(processor)} of processor time`);
  }
  console.log(`peak memory: ${peakMb} MB`);
} else console.log(`${path} is not there: no replay measured`);

console.log(`default catalogue: ${catalogueFor(CORE_ENTITIES).length} features`);
// Compiles the hot code before anything is measured.
measure(1_000, 32, true);
report('1,000 users of 32 to 52 events', 1_000, 32);
report('5,000 users of 32 to 40 events', 5_000, 32);
report('100 users of 512 events, the most that are kept', 100, 600);

async function timed<T>(run: () => Promise<T>): Promise<{ result: T; seconds: number; processor: number }> {
  const [began, used] = [performance.now(), processorSeconds()];
  const result = await run();
  return { result, seconds: (performance.now() - began) / 1000, processor: processorSeconds() - used };
}
