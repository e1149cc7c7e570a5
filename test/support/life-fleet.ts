/** Generated lives of payments in a fleet: decided and told by turns through its servers and its workers. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { call } from './app.ts';
import type { Fleet } from './fleet.ts';
import { openLog } from './fleet-log.ts';
import { differentProfiles, foldLog } from './fleet-verify.ts';
import { bodyOf, read, sayable, tell } from './life-http.ts';
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

export function sampleLives(count: number): Life[] {
  const time = Date.now() - AGE_DAYS * DAY;
  return fc.sample(history, { numRuns: count, seed: 23 }).map(({ decided, tellings }, i) => ({
    payment: { id: `life-${i}`, decision: decided, time },
    tellings: sayable(tellings, () => AGE_DAYS),
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

/** One telling after the other of each payment, by turns through the servers; each third through both at once, as one. */
export async function tellAll({ servers }: Fleet, lives: readonly Life[]): Promise<void> {
  await inParallel([...lives.entries()], WIDTH, async ([i, { payment, tellings }]) => {
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
