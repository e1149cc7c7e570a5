import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { labelsFrom } from '../src/cli/labels-import.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { differentFrom, foldLog } from './support/fleet-verify.ts';
import { bodyOf, decideByMerchant, lineOf, read, sayable, tell } from './support/life-http.ts';
import { cellOf, history, oracle, type Payment, type Told } from './support/life-oracle.ts';
import { inParallel } from './support/load.ts';
import { contentOf } from './support/profile-events.ts';

const DAY = 86_400_000;
const T = Date.parse('2026-03-01T12:00:00Z');
const PAYMENTS = Number(process.env.ASSAY_LIVES ?? 150);

/** Generated lives, up to six tellings each, through a door: what reads and profiles show is what a slow oracle says. */
for (const door of ['HTTP', 'files'] as const)
  describe(`by ${door}, what is told of payments, in any order, repeated, late, and of those that are gone`, () => {
    let app: TestApp;
    let now = T;
    let lives: { payment: Payment; tellings: Told[] }[];
    before(async () => {
      app = await startApp({}, { clock: () => now });
      await decideByMerchant(app.url);
      lives = fc.sample(history, { numRuns: PAYMENTS, seed: 11 }).map(({ decided, tellings }, i) => ({
        payment: { id: `p${i}`, decision: decided, time: T },
        tellings: sayable(tellings, (index) => index + 1),
      }));
      await inParallel(lives, 8, async ({ payment }) => {
        const { status, body } = await call(app.url, 'POST', '/api/transactions', bodyOf(payment));
        assert.deepEqual([status, body.decision], [201, payment.decision], JSON.stringify(body));
      });
      for (let index = 0; index < 6; index++) {
        now = T + (index + 1) * DAY;
        const due = lives.filter(({ tellings }) => index < tellings.length);
        const asked = door === 'HTTP' ? due : due.filter(({ payment, tellings }) => !lineOf(payment, tellings[index]));
        await inParallel(
          asked,
          8,
          async ({ payment, tellings }) => void (await tell(app.url, payment, tellings[index])),
        );
        if (door === 'files') await tellByFile(due.flatMap((life) => lineOf(life.payment, life.tellings[index]) ?? []));
      }
    });
    after(() => app.stop());

    /** One file a day, read twice as people do; of payments that are gone, and of nobody, nothing is told. */
    async function tellByFile(lines: object[]): Promise<void> {
      const file = join(app.dataDir, 'told.jsonl');
      const gone = { transactionId: 'nobody', label: { label: 'fraud', source: 'analyst' } };
      writeFileSync(file, [...lines, gone].map((line) => JSON.stringify(line)).join('\n'));
      const first = await labelsFrom(file, { url: app.url, json: true }, () => {});
      const again = await labelsFrom(file, { url: app.url, json: true }, () => {});
      // What happened at a time may have been told by an earlier day's file.
      assert.equal(first.recorded + first.known + first.refused.length, lines.length + 1);
      assert.deepEqual(new Set(first.refused.map(({ message }) => message)), new Set(['there is no such transaction']));
      assert.deepEqual([again.recorded, again.known], [0, first.recorded + first.known]);
    }

    for (const days of [7, 400])
      test(`reads and statistics after ${days} days`, async () => {
        now = T + days * DAY;
        const states: Record<string, number> = { fraud: 0, legitimate: 0, presumed: 0, immature: 0, blocked: 0 };
        for (const { payment, tellings } of lives) {
          const expected = oracle(payment, tellings, now, 90);
          assert.deepEqual(await read(app.url, payment), expected, JSON.stringify({ payment, tellings }));
          if (expected) states[expected.state]++;
        }
        if (days > 366) return;
        const { body } = await call(app.url, 'GET', '/api/transactions/stats?window=366d');
        const { at: _, ...counted } = body.labelStates;
        assert.deepEqual(counted, states);
      });

    test('profiles hold the label in force and each outcome; a replay of the journal makes them again, bit for bit', async () => {
      const folded = await foldLog(app.services.journal);
      assert.equal(folded.events.size, PAYMENTS);
      const { compared, different } = await differentFrom(folded, async () => app.state.profiles);
      assert.deepEqual(different, []);
      assert.ok(compared > PAYMENTS, `${compared} profiles`);
      const { profiles } = folded;
      const cellsOf = (type: string, key: number) => {
        const code = profiles.entityTypes.indexOf(type);
        return contentOf(profiles, code, key)!.rows[profiles.layouts[code].names.indexOf('label')];
      };
      const keyOf = (type: string, { id }: Payment) =>
        folded.events.get(id)!.entities[profiles.entityTypes.indexOf(type)];
      for (const { payment, tellings } of lives)
        assert.deepEqual(
          cellsOf('user', keyOf('user', payment)),
          [cellOf(payment, tellings)],
          JSON.stringify({ payment, tellings }),
        );
      for (const decision of ['approve', 'review', 'decline']) {
        const there = lives.filter(({ payment }) => payment.decision === decision);
        const cells = there.map(({ payment, tellings }) => cellOf(payment, tellings));
        assert.deepEqual(cellsOf('merchant', keyOf('merchant', there[0].payment)).toSorted(), cells.toSorted());
      }
    });
  });
