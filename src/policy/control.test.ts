import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../test/support/expressions.ts';
import type { Control } from '../domain/policy.ts';
import { type Candidate, createDailyUsage, drawControl, drawOf, isEligible } from './control.ts';
import { studentQuantile, type Weighed, weightedShare } from './weighted.ts';

const SECRET = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
const DAY = 86_400_000;
const control: Control = { share: 0.05, maxAmount: 100, maxPerEntity: 2, maxDailyAmount: 1000 };
const candidate: Candidate = { card: 7, user: 8, recordedAt: 20_000 * DAY, amountBase: 50, hard: false };
const unused = { ofEntity: 0, amount: 0 };

test('who can be let through: under every limit, and never against a hard rule', () => {
  const cases: [Partial<Control>, Partial<Candidate>, Partial<typeof unused>, boolean][] = [
    [{}, {}, {}, true],
    [{ share: 0 }, {}, {}, false],
    [{}, { hard: true }, {}, false],
    [{}, { amountBase: 100 }, {}, true],
    [{}, { amountBase: 100.01 }, {}, false],
    [{}, { amountBase: Number.NaN }, {}, false],
    [{ maxAmount: null, maxDailyAmount: null }, { amountBase: Number.NaN }, {}, true],
    [{}, {}, { ofEntity: 1 }, true],
    [{}, {}, { ofEntity: 2 }, false],
    [{ maxPerEntity: null }, {}, { ofEntity: 9 }, true],
    [{}, {}, { amount: 950 }, true],
    [{}, {}, { amount: 950.5 }, false],
    [{}, { card: 0 }, {}, true],
    [{}, { card: 0, user: 0 }, {}, false],
  ];
  for (const [of, who, used, expected] of cases) {
    const told = JSON.stringify([of, who, used]);
    assert.equal(isEligible({ ...control, ...of }, { ...candidate, ...who }, { ...unused, ...used }), expected, told);
  }
});

test('one draw an entity and day: by the card, else the user; another day or key draws anew', () => {
  const draw = (secret: string, who: Partial<Candidate>) =>
    drawControl({ ...control, share: 0.5 }, secret, { ...candidate, ...who }, unused) !== undefined;
  const other = SECRET.replace('00', '01');
  const differ = { day: 0, key: 0, card: 0 };
  for (let card = 1; card <= 400; card++) {
    const first = draw(SECRET, { card });
    assert.equal(draw(SECRET, { card, user: 99, amountBase: 3, recordedAt: candidate.recordedAt + DAY - 1 }), first);
    differ.day += draw(SECRET, { card, recordedAt: candidate.recordedAt + DAY }) === first ? 0 : 1;
    differ.key += draw(other, { card }) === first ? 0 : 1;
    differ.card += draw(SECRET, { card: 0, user: card }) === first ? 0 : 1;
  }
  // Independent draws of ½ differ in half of 400, within five standard deviations (10 each).
  for (const [name, count] of Object.entries(differ)) assert.ok(Math.abs(count - 200) < 50, `${name}: ${count}`);
});

test('as many are let through as the share says', () => {
  let through = 0;
  for (let card = 1; card <= 10_000; card++) through += drawOf(SECRET, `card ${card}`, 0) < 0.05 ? 1 : 0;
  assert.ok(Math.abs(through - 500) < 110, String(through));
});

test('the usage of a day counts an entity’s declines and the money of others, and begins anew at midnight', () => {
  const usage = createDailyUsage();
  usage.add(candidate, true);
  usage.add({ ...candidate, card: 9 }, true);
  usage.add({ ...candidate, card: 9 }, false);
  assert.deepEqual(usage.of(candidate), { ofEntity: 1, amount: 50 });
  assert.deepEqual(usage.of({ ...candidate, card: 9 }), { ofEntity: 2, amount: 50 });
  assert.deepEqual(usage.of({ ...candidate, card: 10 }), { ofEntity: 0, amount: 100 });
  assert.deepEqual(usage.of({ ...candidate, recordedAt: candidate.recordedAt + DAY }), unused);
});

test('Student’s quantiles are those of the tables', () => {
  const table = { 1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 10: 2.228, 30: 2.042, 1000: 1.962 };
  for (const [degrees, value] of Object.entries(table)) {
    assert.ok(Math.abs(studentQuantile(Number(degrees)) - value) < 0.01, degrees);
  }
});

/**
 * A stream of declines of which 30 % are wrong: an entity has one to eight of them and is mostly of one kind; the share is 5 %,
 * and 10 % for the last fifth. Those that are wrong and blocked complain, now and then, and are labelled too.
 */
function stream(seed: number) {
  const random = createRandom(seed);
  const declines: { fraud: boolean; share: number; entity: string; through: boolean; labelled: boolean }[] = [];
  for (let id = 1; id <= 3000; id++) {
    const wrongness = random() < 0.6 ? 0.1 : 0.6;
    const share = id <= 2400 ? 0.05 : 0.1;
    const count = 1 + Math.floor(random() * 8);
    const through = random() < share;
    for (let i = 0; i < count; i++) {
      const fraud = random() >= wrongness;
      declines.push({ fraud, share, entity: `card ${id}`, through, labelled: through || (!fraud && random() < 0.1) });
    }
  }
  return declines;
}

test('the interval of the weighted precision covers the truth in 930 to 970 of 1,000 streams; the naive one does not', () => {
  const covers = { weighted: 0, naive: 0 };
  const widths: number[] = [];
  const oracleWidths: number[] = [];
  const within = ([low, high]: [number, number], value: number) => (value >= low && value <= high ? 1 : 0);
  for (let seed = 1; seed <= 1000; seed++) {
    const declines = stream(seed);
    const truth = declines.filter((one) => one.fraud).length / declines.length;
    const known: Weighed[] = declines.filter((one) => one.through);
    const { value, interval } = weightedShare(known);
    covers.weighted += within(interval, truth);
    widths.push(interval[1] - interval[0]);
    oracleWidths.push(2 * 1.96 * oracleDeviation(declines, truth));
    assert.ok(interval[0] <= value && value <= interval[1]);
    // As a person would: of the declines whose truth is known.
    const labelled = declines.filter((one) => one.labelled);
    const naive = labelled.filter((one) => one.fraud).length / labelled.length;
    const reach = 1.96 * Math.sqrt((naive * (1 - naive)) / labelled.length);
    covers.naive += within([naive - reach, naive + reach], truth);
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  const ratio = median(widths) / median(oracleWidths);
  const told = JSON.stringify({ ...covers, width: median(widths), ratio });
  if (process.env.SHOW !== undefined) console.log(told);
  assert.ok(covers.weighted >= 930 && covers.weighted <= 970, told);
  assert.ok(ratio <= 1.25, told);
  assert.ok(covers.naive < 500, told);
});

/** What the deviation is for one who knows the truth of all declines, and every chance of being let through. */
function oracleDeviation(declines: ReturnType<typeof stream>, truth: number): number {
  const clusters = new Map<string, { error: number; share: number }>();
  for (const { fraud, share, entity } of declines) {
    const own = clusters.get(entity) ?? { error: 0, share };
    own.error += (fraud ? 1 : 0) - truth;
    clusters.set(entity, own);
  }
  let variance = 0;
  for (const { error, share } of clusters.values()) variance += (error ** 2 * (1 - share)) / share;
  return Math.sqrt(variance) / declines.length;
}
