/** A fleet under traffic while its parts fail one after another; then everything that was acknowledged is looked for. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { layoutSchema } from '../../src/adapters/postgres/migrate.ts';
import type { DecisionData } from '../../src/domain/records.ts';
import { call } from './app.ts';
import { type Fleet, followFeed } from './fleet.ts';
import { type Phase, sendAll } from './fleet-load.ts';
import { type FleetLog, openLog } from './fleet-log.ts';
import { differentProfiles, type FoldedLog, foldLog } from './fleet-verify.ts';
import { payments, until } from './load.ts';

/** Breaks something and mends it; resolves when that is done. */
export const FAULTS = {
  none: async () => {},
  'SIGTERM of a worker': async (fleet: Fleet) => {
    assert.equal(await fleet.workers[1].stop(), 0);
    await fleet.restartWorker(1);
  },
  'SIGTERM of a server': async (fleet: Fleet) => {
    assert.equal(await fleet.servers[0].stop(), 0);
    await fleet.restartServer(0);
  },
  'kill -9 of a worker': async (fleet: Fleet) => {
    await fleet.workers[0].kill();
    await fleet.restartWorker(0);
  },
  'kill -9 of a server': async (fleet: Fleet) => {
    await fleet.servers[1].kill();
    await fleet.restartServer(1);
  },
  'restart of Redis': (fleet: Fleet) => fleet.redis.restart(),
  'kill -9 of Redis': async (fleet: Fleet) => {
    await fleet.redis.kill();
    await fleet.redis.restart();
  },
  'restart of PostgreSQL': async (fleet: Fleet) => {
    await fleet.postgres.halt('fast');
    await fleet.postgres.resume();
  },
  'restart of the Kafka broker': (fleet: Fleet) => fleet.kafka.restart(),
  'network of a server and a worker cut for 10 s': async (fleet: Fleet) => {
    fleet.network.cut();
    await sleep(10_000);
    fleet.network.mend();
  },
} satisfies Record<string, (fleet: Fleet) => Promise<void>>;

export type Fault = keyof typeof FAULTS;
export const ALL_FAULTS = Object.keys(FAULTS) as Fault[];

export interface FaultReport {
  fault: Fault;
  transactions: number;
  seconds: number;
  /** HTTP attempts, and the share of them that failed. */
  attempts: number;
  errorRate: number;
  failures: string;
  /** From the fault to the last attempt that failed; 0 where none did. */
  errorSeconds: number;
  /** How long the fault itself took, with its mending. */
  faultSeconds: number;
  /** The longest from handing a transaction to Kafka to its decision. */
  slowestKafkaSeconds: number;
  p99HttpMs: number;
  /** Share of decisions that were made without all profiles. */
  degraded: number;
}

export interface FleetReport {
  count: number;
  faults: FaultReport[];
  /** From the last acknowledgement until all was counted in PostgreSQL. */
  settledSeconds: number;
  voids: number;
  profiles: number;
  perSecond: number;
}

export interface FleetRunOptions {
  count: number;
  faults: readonly Fault[];
  /** Of each fault's part of the traffic. */
  phaseSeconds: number;
  say: (line: string) => void;
}

/** Of a fleet of two servers and two workers that has decided nothing yet. */
export async function fleetRun(fleet: Fleet, options: FleetRunOptions): Promise<FleetReport> {
  const { count, faults, phaseSeconds, say } = options;
  const log = await openLog(fleet.env);
  const feeds = [0, 1].map((i) => followFeed(() => fleet.servers[i].url));
  const decided = new Set<string>();
  log.journal.subscribe(({ type, data }) => {
    if (type === 'decision') decided.add((data as unknown as DecisionData).transaction.id);
  });
  try {
    await Promise.all(feeds.map((feed) => feed.opened()));
    const all = payments(count, 1);
    const phases: { fault: Fault; phase: Phase; began: number; faultSeconds: number; seconds: number }[] = [];
    for (const [i, fault] of faults.entries()) {
      const from = Math.round((i * count) / faults.length);
      const part = all.slice(from, Math.round(((i + 1) * count) / faults.length));
      const began = Date.now();
      const [phase, faultSeconds] = await Promise.all([
        sendAll(fleet, log, part, phaseSeconds),
        FAULTS[fault](fleet).then(() => (Date.now() - began) / 1_000),
      ]);
      const seconds = (Date.now() - began) / 1_000;
      // What comes by Kafka is acknowledged before it is decided.
      await until(`all is decided after ${fault}`, () => part.every(({ id }) => decided.has(id)), 60_000);
      phases.push({ fault, phase, began, faultSeconds, seconds });
      say(`${fault}: ${part.length} acknowledged in ${seconds.toFixed(1)} s, ${phase.failed} attempts failed`);
    }
    const acknowledged = Date.now();
    await until('every transaction is counted', async () => (await counted(fleet)) >= count, 180_000);
    const settledSeconds = (Date.now() - acknowledged) / 1_000;
    say(`counted ${settledSeconds.toFixed(1)} s later`);

    const folded = await foldLog(log.journal);
    const sum = all.reduce((total, { body }) => total + Math.round(JSON.parse(body).amount * 100), 0);
    verifyLog(folded, count, sum);
    for (const { phase } of phases) verifyAnswers(phase, folded);
    await verifyPostgres(fleet, count, sum);
    for (const [i, feed] of feeds.entries()) {
      await until(`feed ${i} told all`, () => feed.decided.size >= count, 60_000);
      assert.deepEqual(
        [feed.decided.size, feed.twice, total(feed.decided.values())],
        [count, 0, sum],
        `live feed ${i}`,
      );
    }
    say('transactions.scored, PostgreSQL and the live feeds agree');
    const profiles = await verifyProfiles(log, folded);
    const reports = phases.map((each) => reportOf(each, folded));
    const perSecond = count / phases.reduce((seconds, each) => seconds + each.seconds, 0);
    return { count, faults: reports, settledSeconds, voids: folded.voids, profiles, perSecond };
  } catch (error) {
    for (const { child, output } of [...fleet.servers, ...fleet.workers])
      say(`${child.exitCode ?? child.signalCode ?? 'alive'}: ${output().slice(-4_000)}`);
    throw error;
  } finally {
    for (const feed of feeds) await feed.close();
    await log.close();
  }
}

async function counted(fleet: Fleet): Promise<number> {
  const answer = await call(fleet.servers[0].url, 'GET', '/api/transactions/stats?window=24h');
  return answer.status === 200 ? answer.body.count : 0;
}

const total = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);

function verifyLog({ minor, decisions }: FoldedLog, count: number, sum: number): void {
  assert.deepEqual([minor.size, decisions, total(minor.values())], [count, count, sum], 'transactions.scored');
}

/** Each acknowledged transaction has one record, and it is the one that was told. */
function verifyAnswers({ sent }: Phase, { decided }: FoldedLog): void {
  for (const [id, { answer }] of sent) {
    const record = decided.get(id);
    assert.ok(record, `${id} was acknowledged and is not in the log`);
    if (!answer) continue;
    const told = [Date.parse(answer.createdAt), answer.probability];
    assert.deepEqual(told, [record.at, record.probability], `${id} was told otherwise`);
  }
}

async function verifyPostgres(fleet: Fleet, count: number, sum: number): Promise<void> {
  const client = new pg.Client({ connectionString: fleet.env.DATABASE_URL });
  await client.connect();
  const { rows } = await client.query(
    `SELECT count(*)::int AS count, count(DISTINCT id)::int AS ids, sum(amount_minor)::bigint AS sum FROM ${layoutSchema('assay')}.transactions`,
  );
  await client.end();
  assert.deepEqual([rows[0].count, rows[0].ids, Number(rows[0].sum)], [count, count, sum], 'PostgreSQL');
}

/** How many profiles were compared; all were what one process makes of the same log. */
async function verifyProfiles(log: FleetLog, folded: FoldedLog): Promise<number> {
  await log.caughtUp(folded);
  const { compared, different } = await differentProfiles(folded, log.profiles);
  assert.deepEqual(different, [], `of ${compared} profiles`);
  return compared;
}

function reportOf(
  part: { fault: Fault; phase: Phase; began: number; faultSeconds: number; seconds: number },
  { decided }: FoldedLog,
): FaultReport {
  const { fault, phase, began, faultSeconds, seconds } = part;
  const { sent, attempts, failed, lastFailure, failures } = phase;
  let slowestKafka = 0;
  let degraded = 0;
  const http: number[] = [];
  for (const [id, { at, until: answered, by }] of sent) {
    const record = decided.get(id)!;
    if (record.degraded) degraded++;
    if (by === 'kafka') slowestKafka = Math.max(slowestKafka, record.at - at);
    else http.push(answered - at);
  }
  http.sort((a, b) => a - b);
  return {
    ...{ fault, transactions: sent.size, seconds, attempts, faultSeconds },
    errorRate: failed / attempts,
    failures: [...failures].map(([reason, times]) => `${times} × ${reason}`).join(', '),
    errorSeconds: lastFailure === undefined ? 0 : (lastFailure - began) / 1_000,
    slowestKafkaSeconds: slowestKafka / 1_000,
    p99HttpMs: http[Math.floor(http.length * 0.99)] ?? 0,
    degraded: degraded / sent.size,
  };
}
