/**
 * What one decision costs the fleet's log, besides deciding: bytes of its record in Kafka, microseconds to make them, and nanoseconds
 * for tracing that is off. Prints JSON; docs/sizing.md takes its figures from here.
 *
 *   node bench/record.ts [--decisions 2000]
 */
import { parseArgs } from 'node:util';
import { encodeRecord } from '../src/adapters/kafka/encoding.ts';
import { traceAppend, traceHeaders } from '../src/adapters/kafka/trace.ts';
import type { JournalRecord } from '../src/journal/journal.ts';
import { startApp } from '../test/support/app.ts';
import { inParallel, payments, poster } from '../test/support/load.ts';

const { values } = parseArgs({ options: { decisions: { type: 'string', default: '2000' } } });
const count = Number(values.decisions);
const app = await startApp();
const records: JournalRecord[] = [];
app.services.journal.subscribe((record) => record.type === 'decision' && records.push(record));
const client = poster(app.url, 16);
const bodies: number[] = [];
await inParallel(payments(count, 1), 16, async ({ body }) => {
  bodies.push(Buffer.byteLength(body));
  await client.post('/api/transactions', body);
});
client.close();
await app.stop();

const mean = (numbers: number[]) => Math.round(numbers.reduce((sum, one) => sum + one, 0) / numbers.length);
const sizes = records.map((record, i) => encodeRecord(record, `instance.${i}`).bytes);
const latencies = records.map(({ data }) => (data as { latencyMs: number }).latencyMs).sort((a, b) => a - b);
const durable = Promise.resolve();

/** Of one call, the median of 20 rounds after two for the compiler. */
function nanoseconds(task: (i: number) => unknown, calls: number): number {
  const rounds = Array.from({ length: 22 }, () => {
    const began = performance.now();
    for (let i = 0; i < calls; i++) task(i);
    return ((performance.now() - began) * 1e6) / calls;
  });
  return Math.round(rounds.slice(2).sort((a, b) => a - b)[10]);
}

console.log(
  JSON.stringify({
    ...{ decisions: records.length, bodyBytes: mean(bodies), recordBytes: mean(sizes) },
    decideMs: { p50: latencies[Math.floor(count / 2)], p99: latencies[Math.floor(count * 0.99)] },
    encodeNs: nanoseconds((i) => encodeRecord(records[i % records.length], 'instance.1'), 2_000),
    tracingOffNs: nanoseconds(() => [traceAppend('decision', durable), traceHeaders()], 100_000),
  }),
);
