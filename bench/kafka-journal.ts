/**
 * The journal on Kafka, one process and one broker on this machine: how long an append takes at low load, and how many are
 * durable a second at 256 in flight, each record as large as a decision's. `node bench/kafka-journal.ts [--records 30000]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startKafka } from '../scripts/services/kafka.ts';
import { openKafkaJournal } from '../src/adapters/kafka/journal.ts';
import type { JournalEntry } from '../src/journal/journal.ts';

const { values } = parseArgs({ options: { records: { type: 'string', default: '30000' } } });
const records = Number(values.records);
const IN_FLIGHT = 256;
/** Features of a decision, and JSON beside them: about 2 KB. */
const vector = Float64Array.from({ length: 120 }, (_, i) => i / 7);
const filler = 'x'.repeat(700);

const entry = (i: number, type: 'decision' | 'label'): JournalEntry => ({
  ...{ type, at: i, key: `${type}:${i}`, data: { transaction: { id: `t${i}` }, filler } },
  ...(type === 'decision' ? { vector, personal: { email: 'someone@example.com' } } : {}),
});

function quantiles(latencies: number[]): string {
  latencies.sort((a, b) => a - b);
  const at = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))].toFixed(2);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

const directory = mkdtempSync(join(tmpdir(), 'assay-bench-'));
const kafka = await startKafka({ directory });
const journal = await openKafkaJournal({ brokers: kafka.brokers, partitions: 12, replication: 1, minInsync: 1 });
let next = 0;

async function timed(type: 'decision' | 'label'): Promise<number> {
  const began = performance.now();
  await journal.enqueue(entry(next++, type)).durable;
  return performance.now() - began;
}

for (let i = 0; i < 300; i++) await timed(i % 10 ? 'decision' : 'label');
for (const type of ['decision', 'label'] as const) {
  const latencies: number[] = [];
  for (let i = 0; i < 500; i++) {
    latencies.push(await timed(type));
    await sleep(5);
  }
  console.log(`${type}, one at a time: ${quantiles(latencies)}`);
}

async function burst(count: number): Promise<{ latencies: number[]; seconds: number }> {
  const latencies: number[] = [];
  const began = performance.now();
  const end = next + count;
  const one = async () => {
    while (next < end) latencies.push(await timed('decision'));
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  return { latencies, seconds: (performance.now() - began) / 1000 };
}

await burst(records / 3);
const { latencies, seconds } = await burst(records);
console.log(`decision, ${IN_FLIGHT} in flight: ${Math.round(records / seconds)} a second, ${quantiles(latencies)}`);
const before = performance.now();
await journal.horizon();
console.log(`the order is ${(performance.now() - before).toFixed(1)} ms behind`);

const reading = performance.now();
let count = 0;
const late = await openKafkaJournal({ brokers: kafka.brokers });
const opened = performance.now();
for await (const _ of late.read(1)) count++;
console.log(
  `opened in ${Math.round(opened - reading)} ms; read from the first record on: ${Math.round((count / (performance.now() - opened)) * 1000)} a second`,
);
await late.close();
await journal.close();
await kafka.stop();
rmSync(directory, { recursive: true, force: true });
