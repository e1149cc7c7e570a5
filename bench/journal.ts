/**
 * The local journal against the plain way, a write and an fdatasync for every record, in one run on one disk.
 *
 *   node bench/journal.ts [--seconds 4] [--clients 64] [--directory /tmp]
 *
 * Prints JSON. A client appends a record of about 1 KB, waits until it is durable, and appends the next.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { JournalEntry } from '../src/journal/journal.ts';
import { encodeFrame, entryContents, frameBound } from '../src/journal/local/frame.ts';
import { openJournal } from '../src/journal/local/journal.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    clients: { type: 'string', default: '64' },
    directory: { type: 'string', default: tmpdir() },
  },
});
const seconds = Math.min(60, Number(values.seconds));
const directory = mkdtempSync(join(values.directory, 'assay-bench-journal-'));

const vector = Float64Array.from({ length: 40 }, (_, i) => i / 7);
const reasons = Array.from({ length: 3 }, (_, i) => ({
  code: `user_count_${i}h`,
  value: i,
  contribution: 0.42 - i / 10,
}));

function entry(i: number): JournalEntry {
  return {
    type: 'decision',
    at: 1_700_000_000_000 + i,
    key: `t:ord_${i}`,
    aliases: [`k:idempotency-${i}`],
    data: {
      transaction: { id: `ord_${i}`, userId: `auth0|${i % 997}`, amountMinor: 10_050, currency: 'USD', channel: 'web' },
      decision: { outcome: 'approve', score: 3, probability: 0.0031, model: 'transactions', version: '1', reasons },
    },
    personal: { email: `person${i % 997}@example.com`, ip: '203.0.113.9', latitude: 40.71, longitude: -74 },
    vector,
  };
}

const quantile = (sorted: Float64Array, q: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
const round = (value: number) => Math.round(value * 1000) / 1000;

/** Processor time of all threads: unlike the rate, it says something on a busy machine too. */
function summary(latenciesMs: number[], elapsedMs: number, cpu: NodeJS.CpuUsage) {
  const sorted = Float64Array.from(latenciesMs).sort();
  return {
    appends: sorted.length,
    appendsPerSecond: Math.round((sorted.length / elapsedMs) * 1000),
    p50Ms: round(quantile(sorted, 0.5)),
    p99Ms: round(quantile(sorted, 0.99)),
    maxMs: round(sorted[sorted.length - 1]),
    cpuMicrosecondsPerAppend: round((cpu.user + cpu.system) / sorted.length),
  };
}

async function plain() {
  const file = await open(join(directory, 'plain'), 'w');
  const scratch = Buffer.alloc(64 * 1024);
  const latenciesMs: number[] = [];
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let i = 1; performance.now() - began < (seconds * 1000) / 2; i++) {
    const start = performance.now();
    const one = entry(i);
    const length = encodeFrame(scratch, 0, i, i, one, entryContents(one, 2));
    await file.write(scratch, 0, length);
    await file.datasync();
    latenciesMs.push(performance.now() - start);
  }
  const result = summary(latenciesMs, performance.now() - began, process.cpuUsage(cpu));
  await file.close();
  return result;
}

async function journal(clients: number) {
  const place = join(directory, `journal-${clients}`);
  const log = await openJournal({ directory: place });
  const latenciesMs: number[] = [];
  let next = 0;
  const cpu = process.cpuUsage();
  const began = performance.now();
  const client = async () => {
    while (performance.now() - began < seconds * 1000) {
      const start = performance.now();
      await log.enqueue(entry(next++)).durable;
      latenciesMs.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const result = summary(latenciesMs, performance.now() - began, process.cpuUsage(cpu));
  const { bytes, segments } = log.status();
  await log.close();
  const reopened = performance.now();
  await (await openJournal({ directory: place })).close();
  const reopenMs = round(performance.now() - reopened);
  rmSync(place, { recursive: true });
  return { clients, ...result, bytesPerRecord: Math.round(bytes / result.appends), segments, reopenMs };
}

function encoding() {
  const scratch = Buffer.alloc(64 * 1024);
  const entries = Array.from({ length: 1000 }, (_, i) => entry(i));
  const rounds = 100;
  let cpu = process.cpuUsage();
  for (let r = -20; r < rounds; r++) {
    if (r === 0) cpu = process.cpuUsage();
    for (const one of entries) {
      const contents = entryContents(one, 2);
      if (frameBound(contents) > scratch.length) throw new Error('too long');
      encodeFrame(scratch, 0, 1, 1, one, contents);
    }
  }
  const { user, system } = process.cpuUsage(cpu);
  return round((user + system) / (rounds * entries.length));
}

try {
  const encodeCpuMicrosecondsPerRecord = encoding();
  const baseline = await plain();
  const group = await journal(Math.min(4096, Number(values.clients)));
  const many = await journal(1024);
  const alone = await journal(1);
  const ratio = round(group.appendsPerSecond / baseline.appendsPerSecond);
  console.log(
    JSON.stringify(
      { encodeCpuMicrosecondsPerRecord, plainWriteAndFdatasync: baseline, group, many, alone, ratio },
      null,
      2,
    ),
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
