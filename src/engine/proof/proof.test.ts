import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { precisionRun, recallRun } from '../../../bench/proof/runs.ts';
import { arrayJournal } from '../../../test/support/array-journal.ts';
import { byAmount } from '../../../test/support/serving.ts';
import { entityTypesWith } from '../../domain/entity.ts';
import type { Serving } from '../judge.ts';
import { environmentOf, inForceOf } from '../policy/in-force.ts';
import { emptyPolicy } from '../policy/state.ts';
import { policyAt } from '../policy/versions.ts';
import { curvesOf } from './curves.ts';
import { ageAt, delayCurve, knownAt } from './delays.ts';
import { looksOf } from './looks.ts';
import { prove } from './proof.ts';
import { createProofRows } from './rows.ts';
import { ALPHA, type Look, sequentialTest, spendable } from './sequential.ts';
import { type Said, verdictOf } from './words.ts';

const DAY = 86_400_000;

describe('delays of labels', () => {
  test('seen in full they are what was seen; cut off at the age of young payments they are the same, not shorter', () => {
    const delays = [1, 3, 3, 8, 20].map((days) => (days + 0.5) * DAY);
    const whole = delayCurve(
      delays.map((delay) => ({ delay, age: 60 * DAY })),
      60,
    );
    for (const [days, share] of [
      [1, 0],
      [2, 0.2],
      [4, 0.6],
      [9, 0.8],
      [21, 1],
    ])
      assert.ok(Math.abs(knownAt(whole.knownBy, days * DAY) - share) < 1e-9, `${days}`);
    // Delays of 1 to 40 days alike, payments of 0 to 80 days alike.
    const cut = [];
    for (let age = 0.5; age < 80; age++)
      for (let delay = 1.5; delay < 41; delay++) if (delay <= age) cut.push({ delay: delay * DAY, age: age * DAY });
    const { knownBy } = delayCurve(cut, 90);
    for (const days of [5, 10, 20, 30, 41]) assert.ok(Math.abs(knownBy[days] - (days - 1) / 40) < 0.01, `${days}`);
  });
});

describe('the test that may be looked at every day', () => {
  test('where two are alike no more of all courses decide than it may spend, whenever it is looked', () => {
    const TOSSES = 10;
    for (const every of [1, 2, 10]) {
      let decided = 0;
      for (let course = 0; course < 2 ** TOSSES; course++) {
        const looks: Look[] = [];
        const so = { frauds: 0, challengerOnly: 0, championOnly: 0 };
        for (let i = 0; i < TOSSES; i++) {
          so.frauds += 48;
          so[(course >> i) & 1 ? 'challengerOnly' : 'championOnly']++;
          if ((i + 1) % every === 0) looks.push({ ...so });
        }
        if (sequentialTest(looks).decided !== 'open') decided++;
      }
      assert.ok(decided > 0 && decided / 2 ** TOSSES <= spendable(48 * TOSSES), `${every}: ${decided}`);
    }
  });

  test('drawn from payments that one alone flags no more of all courses decide either, and one look is Fisher’s exact test', () => {
    const [CHALLENGER, CHAMPION] = [8, 6];
    const alone = { challenger: CHALLENGER, champion: CHAMPION };
    for (const every of [1, 3, 9]) {
      const decided = { better: 0, worse: 0, open: 0 };
      const course = (looks: Look[], so: Look, chance: number): void => {
        const drawn = so.challengerOnly + so.championOnly;
        if (drawn === 9) {
          decided[sequentialTest(looks).decided] += chance;
          return;
        }
        const left = { challengerOnly: CHALLENGER - so.challengerOnly, championOnly: CHAMPION - so.championOnly };
        for (const side of ['challengerOnly', 'championOnly'] as const) {
          if (left[side] === 0) continue;
          const then = { ...so, [side]: so[side] + 1, frauds: so.frauds + 500 / 9, alone };
          const isLook = (drawn + 1) % every === 0;
          course(isLook ? [...looks, then] : looks, then, (chance * left[side]) / (CHALLENGER + CHAMPION - drawn));
        }
      };
      course([], { frauds: 0, challengerOnly: 0, championOnly: 0 }, 1);
      const may = spendable(500) / 2;
      assert.ok(decided.better <= may && decided.worse <= may, `${every}: ${JSON.stringify(decided)}`);
      assert.ok(decided.better + decided.worse > 0, `${every}`);
    }
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
    const tail = (from: number) =>
      Array.from({ length: 30 - from + 1 }, (_, i) => choose(80, from + i) * choose(80, 30 - from - i)).reduce(
        (a, b) => a + b,
      ) / choose(160, 30);
    for (let challengerOnly = 15; challengerOnly <= 30; challengerOnly++) {
      const look = {
        frauds: 500,
        challengerOnly,
        championOnly: 30 - challengerOnly,
        alone: { challenger: 80, champion: 80 },
      };
      const { decided } = sequentialTest([look]);
      assert.equal(decided === 'better', tail(challengerOnly) <= spendable(500) / 2, `${challengerOnly}`);
    }
  });

  test('what it may spend grows, and never beyond all', () => {
    let before = 0;
    for (let frauds = 0; frauds < 100_000; frauds += 250) {
      const now = spendable(frauds);
      assert.ok(now >= before && now < ALPHA + 1e-6, `${frauds}`);
      before = now;
    }
    assert.ok(spendable(100) < 0.001 && spendable(500) > 0.04);
  });

  test('labels that were withdrawn, and days that bring nothing, change nothing', () => {
    const looks = [4, 9, 20].map((n) => ({ frauds: 10 * n, challengerOnly: n, championOnly: 0 }));
    const { decided } = sequentialTest(looks);
    assert.equal(decided, 'better');
    assert.equal(
      sequentialTest(looks.flatMap((look) => [look, look, { ...look, challengerOnly: 3 }])).decided,
      decided,
    );
    const other = looks.map(({ frauds, challengerOnly }) => ({
      frauds,
      challengerOnly: 0,
      championOnly: challengerOnly,
    }));
    assert.equal(sequentialTest(other).decided, 'worse');
  });

  test('by simulation: alike it seldom decides, five points better it mostly does; npm run bench:proof at full length', () => {
    const seeds = Array.from({ length: 40 }, (_, i) => i + 1);
    const rivals = { correlation: 0.95, precision: 0.6, isHeld: false };
    const decided = (more: number) => seeds.map((seed) => recallRun(seed, { ...rivals, more }).verdict.decided);
    assert.ok(decided(0).filter((one) => one !== 'open').length <= 6);
    assert.ok(decided(0.05).filter((one) => one === 'better').length >= 32);
    const runs = seeds.slice(0, 8).map((seed) => precisionRun(seed, 'early'));
    assert.ok(runs.filter(({ covers }) => covers).length >= 5);
  });
});

describe('what a look counts', () => {
  const NOW = 60 * DAY;
  /** A hundred frauds a side that it alone flags: the champion's are held, and told at once; the others by chargebacks, evenly over 60 days. */
  function heldRows(extra = 0) {
    const rows = createProofRows();
    for (let i = 0; i < extra; i++) rows.add({ at: i, amount: 1, share: Number.NaN, acted: 'approve' });
    for (let i = 0; i < 100; i++)
      for (const side of ['against', 'challenger'] as const) {
        const at = (i * 0.6 + 0.1) * DAY;
        const flags = { against: 'approve', challenger: 'approve', [side]: 'review' } as const;
        const row = rows.add({ at, amount: i, share: Number.NaN, acted: flags.against, ...flags });
        const late = side === 'against' ? 0.5 : (i * 37) % 60;
        if (at + late * DAY <= NOW) rows.tell(row, at + late * DAY);
      }
    return rows;
  }
  const looked = (rows: ReturnType<typeof heldRows>) => {
    const flagged = {
      against: (row: number) => rows.against(row) === 'review',
      challenger: (row: number) => rows.challenger(row) === 'review',
    };
    const none = { against: () => false, challenger: () => false };
    const stateOf = (row: number) => (Number.isNaN(rows.toldAt(row)) ? 'immature' : 'fraud');
    const curves = curvesOf(rows, NOW, 90);
    return looksOf(rows, { flagged, declined: none }, { stateOf, share: 0, curves, now: NOW }).looks;
  };

  test('what is held and told at once is counted no sooner than a chargeback would have been', () => {
    const { challengerOnly, championOnly, alone } = looked(heldRows()).at(-1)!;
    assert.deepEqual(alone, { challenger: 100, champion: 100 });
    // Told: 100 of the champion's, half of the challenger's.
    assert.ok(challengerOnly >= 35 && challengerOnly <= 55, `${challengerOnly}`);
    assert.ok(Math.abs(championOnly - challengerOnly) <= 15, `${championOnly} and ${challengerOnly}`);
  });

  test('chance draws a payment alike whenever the window begins', () => {
    assert.deepEqual(looked(heldRows(7)), looked(heldRows()));
  });

  test('an age is where its share is known', () => {
    const { knownBy } = delayCurve(
      [1, 3, 3, 8, 20].map((days) => ({ delay: (days + 0.5) * DAY, age: 60 * DAY })),
      60,
    );
    for (const share of [0, 0.1, 0.2, 0.35, 0.6, 0.99]) {
      const age = ageAt(knownBy, share);
      assert.ok(Math.abs(knownAt(knownBy, age) - share) < 1e-9 && knownAt(knownBy, age + 1) >= share, `${share}`);
    }
  });

  test('by simulation: two that are alike are seldom called different where a person holds what one of them flags', () => {
    const seeds = Array.from({ length: 30 }, (_, i) => i + 1);
    const rivals = { more: 0, correlation: 0.9, precision: 0.6, isHeld: true };
    const alarms = seeds.filter((seed) => recallRun(seed, rivals).verdict.decided !== 'open');
    assert.ok(alarms.length <= 5, `${alarms.length}`);
  });
});

describe('a proof', () => {
  const entityTypes = entityTypesWith();
  const amount = byAmount.features.names.indexOf('amount');
  const flags = (version: string, from: number): Serving => ({
    ...byAmount,
    model: { ...byAmount.model, version, score: (vector) => (vector[amount] - from) / 100 },
  });
  const [champion, challenger] = [flags('champion', 500), flags('challenger', 450)];
  const environment = environmentOf(entityTypes);
  const policy = policyAt(emptyPolicy(), 0)!;
  const inForce = inForceOf({ ...policy, thresholds: { review: 0.5, decline: 0.99999 } }, environment, () => undefined);
  const NOW = Date.UTC(2026, 0, 1);

  /** Payments of 400, 425, … 575, so many of each and the first of them frauds, decided `ago` days before. */
  async function journalOf(each: number, frauds: Record<number, number>, ago = 100, labelledAfter = 5, held = true) {
    const journal = arrayJournal();
    for (let of = 400; of < 600; of += 25)
      for (let i = 0; i < each; i++) {
        const at = NOW - ago * DAY + i;
        const vector = new Float64Array(byAmount.features.names.length);
        vector[amount] = of;
        const probability = 1 / (1 + Math.exp(-(of - 500) / 100));
        const id = `t${of}-${i}`;
        const data = {
          transaction: {
            id,
            userId: 'u',
            time: at,
            offsetMinutes: 0,
            amount: of,
            amountBase: of,
            amountMinor: of * 100,
            currency: 'USD',
          },
          decision: {
            decision: held && of >= 500 ? 'review' : 'approve',
            probability,
            score: 0,
            rules: [],
            model: { name: 'm', version: 'champion' },
          },
          ...{ entities: [], location: 0, bodyHash: '', readSet: [] },
        };
        await journal.enqueue({ type: 'decision', at, key: `t:${id}`, data, vector }).durable;
        const isFraud = i < (frauds[of] ?? 0);
        const said = { labelId: id, transactionId: id, source: 'chargeback', rank: 3 };
        const told = at + labelledAfter * DAY;
        if (told > NOW) continue;
        if (isFraud || of >= 500)
          await journal.enqueue({
            type: 'label',
            at: told,
            key: `c:${id}`,
            data: { ...said, label: isFraud ? 'fraud' : 'legitimate' },
          }).durable;
      }
    return journal;
  }
  const proofOf = (journal: ReturnType<typeof arrayJournal>, against = champion, other = challenger) =>
    prove(
      {
        ...{ journal, entityTypes, maturityDays: 90, deleted: new Set<string>(), clock: () => NOW },
        ...{ servingOf: (version) => (version === 'champion' ? champion : challenger), serving: () => champion },
        ...{ policyAt: () => inForce, secret: () => null, pause: () => undefined },
      },
      { against: { serving: against, inForce }, challenger: { serving: other, inForce }, from: 0, to: NOW },
    );

  test('of labels that are all there it is what one counts', async () => {
    // 20 of each amount: frauds of 450 and 475 are the challenger's alone.
    const proof = await proofOf(await journalOf(20, { 425: 1, 450: 4, 475: 6, 500: 5, 550: 15 }));
    assert.deepEqual([proof.decisions, proof.labels.fraud, proof.labels.silent, proof.labels.blocked], [160, 31, 0, 0]);
    assert.deepEqual(proof.against.precision, { value: 0.25, interval: [0.25, 0.25], low: 0.25, high: 0.25 });
    assert.equal(proof.against.recall.value, Math.round((20 / 31) * 1e6) / 1e6);
    assert.equal(proof.challenger.recall.value, Math.round((30 / 31) * 1e6) / 1e6);
    assert.deepEqual([proof.against.flagged, proof.challenger.flagged], [80, 120]);
    assert.equal(proof.against.moneySaved.value, 5 * 500 + 15 * 550);
    assert.equal(proof.challenger.customersHurt.value, 120 - 30);
    // As many reviews: the highest amounts, which both put in the same order.
    assert.equal(proof.atSameReviews!.flagged, 80);
    assert.equal(proof.difference.recall.value, 0);
    assert.equal(proof.test.decided, 'open');
    assert.match(proof.verdict, /^No difference yet .* at the same reviews/);
  });

  test('a model beside itself is no different; labels that are awaited widen what is said', async () => {
    const same = await proofOf(await journalOf(20, { 475: 6, 500: 5 }), champion, champion);
    assert.equal(same.atSameReviews, null);
    assert.deepEqual(same.difference.recall.interval, [0, 0]);
    const young = await proofOf(await journalOf(60, { 450: 4, 500: 25, 550: 40 }, 10, 5.2));
    assert.deepEqual([young.delays[0].basis, young.labels.silent], ['own', 60 * 4 - 4]);
    const none = await proofOf(await journalOf(60, { 500: 25 }, 4, 5, false));
    assert.equal(none.delays[0].basis, 'even');
    assert.match(none.verdict, /^Nothing is known yet/);
    const { interval } = none.against.precision;
    assert.ok(interval![0] < 0.05 && interval![1] > 0.2, String(interval));
  });

  test('what was declined has no label: values are of the rest, low and high hold whatever it is, and it is said', async () => {
    const journal = await journalOf(20, { 500: 5 });
    const declined = arrayJournal();
    for await (const record of journal.read(1)) {
      const { sequence: _, version: __, ...entry } = record;
      const data = structuredClone(entry.data) as { transaction?: { amount: number }; decision?: { decision: string } };
      const isDeclined = data.transaction?.amount === 575;
      if (isDeclined) data.decision!.decision = 'decline';
      if (record.type === 'label' && /t575/.test(record.key)) continue;
      await declined.enqueue({ ...entry, data }).durable;
    }
    const proof = await proofOf(declined);
    assert.equal(proof.labels.blocked, 20);
    const { precision } = proof.against;
    assert.deepEqual(
      [precision.value, precision.low, precision.high],
      [Math.round((5 / 60) * 1e6) / 1e6, 5 / 80, 25 / 80],
    );
    assert.match(proof.notes.join(' '), /20 payments were not executed/);
  });
});

test('a verdict says what it rests on: nothing to compare is not nothing reported, and a clear interval alone is no verdict', () => {
  const said: Said = {
    test: { decided: 'open', boundary: 9 },
    last: { frauds: 70, challengerOnly: 5, championOnly: 1 },
    recall: { value: 0.13, interval: [0.12, 0.15], low: 0, high: 0.3 },
    ...{ more: null, perDay: 2, isProof: true, lost: 0 },
  };
  const unclear = { ...said.recall, interval: [-0.01, 0.15] as [number, number] };
  for (const [expected, more] of [
    [/^Not sure yet: between 12 and 15 points of recall at the same reviews; 6 of 70/, {}],
    [/^No difference yet that chance would not make: between −1 and 15 points/, { recall: unclear }],
    [/^Nothing is known yet: no fraud/, { last: undefined }],
    [/^Nothing can be compared: of 390 decisions none holds what both read\.$/, { last: undefined, lost: 390 }],
  ] as const)
    assert.match(verdictOf({ ...said, ...more }), expected);
});
