/** Generated lives of payments in a fleet: decided and told by turns through its servers and its workers. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { call } from './app.ts';
import type { Fleet } from './fleet.ts';
import { openLog } from './fleet-log.ts';
import { differentProfiles, foldLog } from './fleet-verify.ts';
import { bodyOf, lineOf, read, sayable, tell } from './life-http.ts';
import { cellOf, history, oracle, type Payment, type Told } from './life-oracle.ts';
import { inParallel, until } from './load.ts';
import { contentOf } from './profile-events.ts';

const DAY = 86_400_000;
/** The payments are of ten days ago: whatever is told of their first days is late. */
const AGE_DAYS = 10;
const WIDTH = 6;

export interface Life {
  payment: Payment;
  tellings: Told[];
}

/** What is asked for rather than told: it may be refused, and has an answer. */
const ASKED = new Set<Told['what']>(['review', 'finalize', 'delete']);

export function sampleLives(count: number): Life[] {
  const time = Date.now() - AGE_DAYS * DAY;
  return fc.sample(history, { numRuns: count, seed: 23 }).map(({ decided, tellings }, i) => ({
    payment: { id: `life-${i}`, decision: decided, time },
    tellings: sayable(tellings, () => AGE_DAYS).filter(({ what }) => !byKafka(i) || !ASKED.has(what)),
  }));
}

/** A third by each server, a third by Kafka; resolves when all can be read. */
export async function decideAll(fleet: Fleet, lives: readonly Life[]): Promise<void> {
  const { servers } = fleet;
  const log = await openLog(fleet.env);
  try {
    await inParallel([...lives.entries()], WIDTH, async ([i, { payment }]) => {
      const body = bodyOf(payment);
      if (i % 3 === 2) return log.sendOne(JSON.stringify(body));
      const decided = async () => {
        const { status } = await call(servers[i % 3].url, 'POST', '/api/transactions', body);
        assert.ok(status === 201 || status === 503);
        return status === 201;
      };
      await until(`${payment.id} is taken`, decided, 60_000);
    });
  } finally {
    await log.close();
  }
  for (const { payment } of lives)
    await until(
      `${payment.id} is decided`,
      async () => {
        const { status, body } = await call(servers[0].url, 'GET', `/api/transactions/${payment.id}`);
        if (status === 200) assert.equal(body.decision, payment.decision);
        return status === 200;
      },
      60_000,
    );
}

/** Every fourth payment is told of by messages of transactions.raw alone; what cannot be told, but is asked for, is left out of its life. */
const byKafka = (i: number) => i % 4 === 3;

/** What is told of a payment that was deleted, or never was, must be found dead. */
export interface DeadTellings {
  deleted: string;
  unknown: string;
}

/** All at once, under their payment's own key, which keeps their order; resolves when the workers are done with them. */
export async function tellByKafka(fleet: Fleet, lives: readonly Life[]): Promise<DeadTellings> {
  const log = await openLog(fleet.env);
  const deleted: Payment = { id: 'life-deleted', decision: 'approve', time: lives[0].payment.time };
  const [{ url }] = fleet.servers;
  try {
    assert.equal((await call(url, 'POST', '/api/transactions', bodyOf(deleted))).status, 201);
    assert.equal((await call(url, 'DELETE', `/api/transactions/${deleted.id}`)).status, 204);
    const message = (transactionId: string) =>
      JSON.stringify({ transactionId, label: { label: 'fraud', source: 'analyst' } });
    const dead = { deleted: message(deleted.id), unknown: message('nobody') };
    for (const [i, { payment, tellings }] of lives.entries())
      if (byKafka(i))
        for (const told of tellings) await log.sendOne(JSON.stringify(lineOf(payment, told)), `u-${payment.id}`);
    await log.sendOne(dead.unknown);
    await log.sendOne(dead.deleted);
    const isBuried = async () => {
      const values = (await log.dead()).map(({ value }) => value);
      return values.includes(dead.deleted) && values.includes(dead.unknown);
    };
    await until('what cannot be told is dead', isBuried, 60_000);
    await until('all messages are worked on', async () => (await lagOf(fleet)) === 0, 60_000);
    return dead;
  } finally {
    await log.close();
  }
}

/** Messages of transactions.raw that no worker has done. */
async function lagOf({ workers }: Fleet): Promise<number> {
  let lag = 0;
  for (const { url } of workers) {
    const text = await (await fetch(`${new URL(url).origin}/metrics`)).text();
    for (const [, value] of text.matchAll(/^assay_consumer_lag_records\{[^}]*\} (\d+)/gm)) lag += Number(value);
  }
  return lag;
}

/** One telling after the other of each payment, by turns through the servers; each third through both at once, as one. */
export async function tellAll({ servers }: Fleet, lives: readonly Life[]): Promise<void> {
  const mine = [...lives.entries()].filter(([i]) => !byKafka(i));
  await inParallel(mine, WIDTH, async ([i, { payment, tellings }]) => {
    for (const [index, told] of tellings.entries()) {
      const url = servers[(i + index) % servers.length].url;
      const headers = { 'idempotency-key': `${payment.id}-${index}` };
      if (index % 3 < 2) await tell(url, payment, told, headers);
      else {
        const statuses = await Promise.all(servers.map((server) => tell(server.url, payment, told, headers)));
        // A DELETE has no key: whoever comes second finds nothing.
        const isOne = told.what === 'delete' ? statuses.includes(404) : new Set(statuses).size === 1;
        assert.ok(isOne, `${JSON.stringify(told)}: ${statuses}`);
      }
    }
  });
}

/** One after the other, and all later than what is told of. */
const recordedAt = (payment: Payment) => (index: number) => payment.time + AGE_DAYS * DAY + index;

/** Every server shows of each what the oracle says, and counts their states. */
export async function verifyReads(
  urls: readonly string[],
  lives: readonly Life[],
  maturityDays: number,
): Promise<void> {
  const states: Record<string, number> = { fraud: 0, legitimate: 0, presumed: 0, immature: 0, blocked: 0 };
  for (const { payment, tellings } of lives) {
    const expected = oracle(payment, tellings, Date.now(), maturityDays, recordedAt(payment));
    if (expected) states[expected.state]++;
    for (const url of urls)
      assert.deepEqual(await read(url, payment), expected, JSON.stringify({ url, payment, tellings }));
  }
  assert.ok(
    Object.values(states).every((count) => count > 0),
    JSON.stringify(states),
  );
  for (const url of urls) {
    const { body } = await call(url, 'GET', '/api/transactions/stats?window=30d');
    const { at: _, ...counted } = body.labelStates;
    assert.deepEqual(counted, states, url);
  }
}

/** What Redis holds is what one process makes of the log, bit for bit, and the label cells are the oracle's. */
export async function verifyProfiles(fleet: Fleet, lives: readonly Life[]) {
  const log = await openLog(fleet.env);
  try {
    const folded = await foldLog(log.journal);
    await log.caughtUp(folded);
    const { compared, different } = await differentProfiles(folded, log.profiles);
    assert.deepEqual(different, [], `of ${compared} profiles`);
    const { profiles } = folded;
    const user = profiles.entityTypes.indexOf('user');
    const label = profiles.layouts[user].names.indexOf('label');
    for (const { payment, tellings } of lives) {
      const { rows } = contentOf(profiles, user, folded.events.get(payment.id)!.entities[user])!;
      assert.deepEqual(
        rows[label],
        [cellOf(payment, tellings, recordedAt(payment))],
        JSON.stringify({ payment, tellings }),
      );
    }
    return { compared, expired: folded.expired };
  } finally {
    await log.close();
  }
}
