/** One worker of several: reads and inserts its share of a log, while it repeats a partition. Says what it did. */
import { openRedisProfiles } from '../../src/adapters/redis/profiles.ts';
import { hotMerchant } from './hot-merchant.ts';
import { consume } from './profile-consumer.ts';
import { isEvent, type LogEntry } from './profile-events.ts';

const { index, workers, count, ...options } = JSON.parse(process.env.OPTIONS!);
const IN_FLIGHT = 16;

const log = hotMerchant(count);
const profiles = await openRedisProfiles({ ...options, deadlineMs: 30_000 });
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));

// As far as this worker is itself: what others do meanwhile has been repeated before, after, or at the same time.
const durable: LogEntry[] = [];
const extend = (end: number) => durable.push(...log.slice(durable.length, end));
// Two workers on each partition, as in the moment of a rebalance.
const consumer = consume({ after() {} }, profiles, durable, { partitions: [index % 4], batch: 25 });
const mine = log.map((entry, i) => ({ ...entry, i })).filter((entry) => isEvent(entry) && entry.i % workers === index);
const one = async () => {
  for (let entry = mine.shift(); entry; entry = mine.shift()) {
    const { degraded } = await profiles.fetch(entry.event.entities);
    if (degraded) throw new Error('a read failed');
    await profiles.insert(entry.event, entry.position);
    extend(entry.i + 1);
  }
};
await Promise.all(Array.from({ length: IN_FLIGHT }, one));
extend(log.length);
await consumer.caughtUp();
await consumer.stop();
process.stdout.write(`${JSON.stringify({ ...profiles.stats(), ...consumer.stats })}\n`);
await profiles.close();
process.stdin.destroy();
