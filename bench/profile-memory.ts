import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openColdProfiles } from '../src/adapters/embedded/cold-profiles.ts';
import { CORE_ENTITIES } from '../src/domain/entity.ts';
import { blankEvent, type Event } from '../src/domain/event.ts';
import { catalogueFor } from '../src/features/catalogue.ts';
import { compile } from '../src/features/compile.ts';
import { seeded } from '../src/journal/local/test-support.ts';
import { profileKeys } from '../src/profiles/keys.ts';
import { createProfiles } from '../src/profiles/memory.ts';

/**
 * Memory and speed of bounded profiles beside all of them in memory, each in a process of its own, A B A B.
 *
 *   npm run bench:profile-memory -- --once 10000000 --often 1000000 --memory 512 --decisions 1000000
 *
 * `once` users come once, `often` thirty times; then payments, of which 95% are by one in fifty of those who come often. A decision is
 * read-set, vector and learning; nothing is written to a journal. The vectors of both are compared by their hash. On a machine that does
 * other work too, processor time says more than how many were decided in a second.
 */
const { values } = parseArgs({
  options: {
    once: { type: 'string', default: '400000' },
    often: { type: 'string', default: '40000' },
    memory: { type: 'string', default: '40' },
    decisions: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '2' },
    child: { type: 'string' },
  },
});
const [once, often, memory, decisions] = [values.once, values.often, values.memory, values.decisions].map(Number);
const T0 = Date.UTC(2026, 0, 5);

if (values.child !== undefined) await measure(values.child === 'bounded');
else await compare();

async function compare(): Promise<void> {
  const results: Record<string, { rate: number; processorUs: number; rssMiB: number; hash: string }[]> = {
    bounded: [],
    whole: [],
  };
  for (let round = 0; round < Number(values.rounds); round++)
    for (const name of ['whole', 'bounded']) {
      const child = fork(import.meta.filename, [...process.argv.slice(2), '--child', name], {
        execArgv: ['--expose-gc', '--max-old-space-size=8192'],
      });
      const result = await new Promise<(typeof results)[string][number]>((resolve, reject) => {
        child.once('message', (message) => resolve(message as never));
        child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
      });
      results[name].push(result);
      console.log(name, result);
    }
  const hashes = new Set([...results.whole, ...results.bounded].map(({ hash }) => hash));
  const ratio = (of: (one: (typeof results)[string][number]) => number) =>
    (median(results.bounded.map(of)) / median(results.whole.map(of))).toFixed(2);
  console.log(
    `bounded / whole: ${ratio(({ rate }) => rate)} of the decisions in a second, ${ratio(({ processorUs }) => 1 / processorUs)} in a second ` +
      `of processor time; load ${loadavg()[0].toFixed(1)}; vectors are ${hashes.size === 1 ? 'the same bits' : 'NOT THE SAME'}`,
  );
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

async function measure(isBounded: boolean): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'assay-cold-'));
  const cold = isBounded ? openColdProfiles(directory) : undefined;
  const profiles = createProfiles({
    entityTypes: CORE_ENTITIES,
    bound: cold && { bytes: memory * 1024 * 1024, cold },
  });
  const features = compile(catalogueFor(CORE_ENTITIES), { entityTypes: CORE_ENTITIES, encodings: {} });
  const event: Event = { ...blankEvent(CORE_ENTITIES.length), entities: new Float64Array(CORE_ENTITIES.length) };
  let sequence = 0;
  const set = (user: number) => {
    event.id = ++sequence;
    event.time = T0 + sequence * 20;
    event.amount = sequence % 97;
    event.entities[0] = user;
    event.entities[4] = 1 + (user % 50);
  };
  for (let i = 1; i <= once; i++) {
    set(10_000_000_000 + i * 64 + (i % 64));
    profiles.learn(event, sequence);
  }
  for (let i = 1; i <= often; i++)
    for (let again = 0; again < 30; again++) {
      set(i);
      profiles.learn(event, sequence);
    }
  const random = seeded(1);
  const vector = new Float64Array(features.names.length);
  const hash = createHash('sha256');
  const spent = process.cpuUsage();
  const began = performance.now();
  for (let i = 0; i < decisions; i++) {
    const user = random() < 0.95 ? 1 + Math.floor((random() * often) / 50) : 1 + Math.floor(random() * often);
    set(user);
    profiles.readSet(profileKeys(event));
    features.extract(profiles, event, vector);
    hash.update(vector);
    profiles.learn(event, sequence);
  }
  const rate = Math.round(decisions / ((performance.now() - began) / 1000));
  const { user, system } = process.cpuUsage(spent);
  globalThis.gc?.();
  const anonymousKiB = Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  process.send!({
    ...{ rate, processorUs: Math.round((10 * (user + system)) / decisions) / 10 },
    ...{ rssMiB: Math.round(anonymousKiB / 1024), hash: hash.digest('hex').slice(0, 16) },
  });
  await cold?.close();
  rmSync(directory, { recursive: true, force: true });
  process.disconnect();
}
