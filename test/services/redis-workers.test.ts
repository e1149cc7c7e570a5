import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { catalogueFor } from '../../src/features/catalogue.ts';
import { compile } from '../../src/features/compile.ts';
import { handbookAfter, handbookBetter } from '../../src/features/handbook.ts';
import { otherParty } from '../../src/features/party.ts';
import { createProfiles } from '../../src/profiles/memory.ts';
import { hotMerchant } from '../support/hot-merchant.ts';
import { assertBits, contentOf, ENTITY_TYPES, entitiesOf, only } from '../support/profile-events.ts';
import { reached } from '../support/reached.ts';
import { openedProfiles, ownNamespace, redisServer } from '../support/redis.ts';

const redis = await redisServer();
const WORKERS = 8;
const COUNT = 1_500;
/** What leads from a merchant to its users. */
const partyFeatures = handbookAfter(0, handbookBetter).filter(({ operation }) => Object.hasOwn(otherParty, operation));

test('eight processes at one merchant end in what one has, bit for bit', {
  skip: redis.skip,
  timeout: 300_000,
}, async (t) => {
  const shared = { url: redis.server.url, namespace: ownNamespace(), entityTypes: ENTITY_TYPES };
  const workers = Array.from({ length: WORKERS }, (_, index) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'support', 'redis-worker.ts')], {
      env: { ...process.env, OPTIONS: JSON.stringify({ ...shared, index, workers: WORKERS, count: COUNT }) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of workers) assert.equal((await lines.next()).value, 'ready');
  for (const { child } of workers) child.stdin.write('go\n');
  const stats = await Promise.all(workers.map(async ({ lines }) => JSON.parse((await lines.next()).value ?? '{}')));
  const sum = (name: string) => stats.reduce((total, one) => total + one[name], 0);
  assert.equal(sum('inserts'), COUNT, 'each event is inserted once: nothing is tried again');
  assert.equal(sum('insertErrors') + sum('degraded'), 0);
  t.diagnostic(`${sum('batches')} batches repeated, ${sum('refused')} refused to the slower of two consumers`);

  const log = hotMerchant(COUNT);
  const single = createProfiles({ entityTypes: ENTITY_TYPES });
  for (const [i, { event, words, told }] of log.entries()) {
    if (words) single.label(event, words, i + 1);
    else if (told !== undefined) single.tell(event, told, i + 1);
    else single.learn(event, i + 1);
  }
  const profiles = await openedProfiles(t, redis, shared);
  for (const { type, key } of entitiesOf(log.map(({ event }) => event))) {
    const { profiles: view } = await profiles.fetch(only(type, key));
    assert.deepEqual(contentOf(view, type, key), contentOf(single, type, key), `${ENTITY_TYPES[type]} ${key}`);
  }
  const extractor = compile([...catalogueFor(ENTITY_TYPES), ...partyFeatures], { entityTypes: ENTITY_TYPES });
  const [actual, expected] = [0, 1].map(() => new Float64Array(extractor.names.length));
  let told = 0;
  for (const { event } of log.slice(-200)) {
    const probe = { ...event, id: event.id + 500_000, time: event.time + 60_000 };
    const view = await reached(async (keys) => (await profiles.fetch(keys)).profiles, probe, extractor);
    extractor.extract(view, probe, actual);
    extractor.extract(single, probe, expected);
    assertBits(actual, expected, extractor.names, `at ${probe.time}`);
    if (expected.at(-1)! > 0) told++;
  }
  assert.ok(told > 100, `only ${told} of the probes have a known fraud at their merchant`);
});
