import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from './gbdt/random.ts';
import { averagePrecision, expectedCalibrationError } from './metrics.ts';
import { foldOf } from './prequential.ts';
import { evaluatePart, type Report, reportJson } from './report.ts';
import { reportHtml } from './report-html.ts';
import type { ScoredRows } from './score-rows.ts';
import { DEFAULT_COSTS, NEVER, totalCost } from './thresholds.ts';

const DAY = 86_400_000;
const start = Date.UTC(2024, 0, 1);

/** Calibrated rows over 20 days: labels are drawn with the given probability. */
function scored(rows: number, fraudScale = 1, cards = true): ScoredRows {
  const random = seededRandom(11);
  const probabilities = Float64Array.from({ length: rows }, () => random() ** 6 * fraudScale);
  return {
    raw: probabilities.map((p) => Math.log((p + 1e-9) / (1 - p + 1e-9))),
    probabilities,
    labels: Uint8Array.from(probabilities, (p) => (random() < p ? 1 : 0)),
    times: Float64Array.from({ length: rows }, (_, i) => start + Math.floor((i * 20 * DAY) / rows)),
    amounts: Float64Array.from({ length: rows }, () => 100 * random()),
    cards: Float64Array.from({ length: rows }, (_, i) => (cards ? (i % 300) + 1 : 0)),
  };
}

const context = {
  thresholds: { review: 0.3, decline: 0.8 },
  costs: DEFAULT_COSTS,
  trainSeconds: 1.5,
  featureSchema: 'schema',
  dataSha256: 'sha',
};

const reportOf = (parts: Pick<Report, 'train' | 'validation' | 'test'>, name = 'test'): Report => ({
  model: { name, kind: 'trees', version: 'v1', thresholds: context.thresholds, calibration: 'platt' },
  ...parts,
  importance: [
    { feature: 'amount', gain: 3, splits: 2 },
    { feature: 'hour', gain: 1, splits: 4 },
  ],
  lineage: {
    dataSha256: 'sha',
    rows: 1,
    frauds: 1,
    from: start,
    to: start + DAY,
    seed: 1,
    options: {},
    codeVersion: '1',
  },
  costs: DEFAULT_COSTS,
});

test('a part holds every key of the contract, and agrees with the measures', () => {
  const rows = scored(4000);
  const part = evaluatePart(rows, context);
  const promised = [
    'rows frauds rocAuc averagePrecision cardPrecisionAt100 brier ece logLoss recallAtPrecision90 recallAtFpr1',
    'threshold confusion trainSeconds featureSchema dataSha256',
  ];
  for (const key of promised.join(' ').split(' ')) assert.ok(key in part, key);
  assert.equal(part.rows, 4000);
  assert.equal(part.averagePrecision, averagePrecision(rows.raw, rows.labels));
  assert.equal(part.ece, expectedCalibrationError(rows.probabilities, rows.labels));
  const { truePositives, falseNegatives, falsePositives, trueNegatives } = part.confusion;
  assert.equal(truePositives + falseNegatives, part.frauds);
  assert.equal(truePositives + falseNegatives + falsePositives + trueNegatives, 4000);
  assert.ok(part.declineConfusion.truePositives < truePositives);
  assert.equal(part.curves.costOfApproval, totalCost(rows, DEFAULT_COSTS, { review: NEVER, decline: NEVER }));
  const { legitimate, fraud } = part.curves.histogram;
  assert.equal(
    [...legitimate, ...fraud].reduce((a, b) => a + b),
    4000,
  );
});

test('weeks count from the first day and lose no row', () => {
  const part = evaluatePart(scored(4000), context);
  assert.deepEqual(
    part.byWeek.map(({ from }) => from),
    ['2024-01-01', '2024-01-08', '2024-01-15'],
  );
  assert.equal(
    part.byWeek.reduce((sum, { rows }) => sum + rows, 0),
    4000,
  );
  assert.equal(
    part.byWeek.reduce((sum, { frauds }) => sum + frauds, 0),
    part.frauds,
  );
});

test('the curves end where they must and are short', () => {
  const { curves } = evaluatePart(scored(4000), context);
  assert.deepEqual(curves.roc[0], [0, 0]);
  assert.deepEqual(curves.roc.at(-1), [1, 1]);
  assert.equal(curves.pr.at(-1)?.[0], 1);
  assert.ok(curves.pr.length <= 200 && curves.roc.length <= 202);
  for (let i = 1; i < curves.roc.length; i++) {
    assert.ok(curves.roc[i][0] >= curves.roc[i - 1][0] && curves.roc[i][1] >= curves.roc[i - 1][1]);
  }
});

test('without frauds or cards, measures that do not exist are null in JSON and a dash in the page', () => {
  const part = evaluatePart(scored(300, 0, false), context);
  assert.equal(part.frauds, 0);
  const json = JSON.parse(reportJson(reportOf({ test: part })));
  assert.equal(json.test.rocAuc, null);
  assert.equal('cardPrecisionAt100' in json.test, false);
  const html = reportHtml(reportOf({ test: part }));
  assert.ok(html.includes('–') && !html.includes('NaN') && !html.includes('undefined'));
});

test('the page is one file that fetches and runs nothing, and text in it stays text', () => {
  const part = evaluatePart(scored(2000), context);
  const html = reportHtml(reportOf({ train: part, validation: part, test: part }, '<script>alert(1)</script>'));
  assert.ok(!/<script|<link|<img|src=|href=|url\(|@import|https?:/.test(html), 'nothing is fetched');
  assert.ok(html.includes('&lt;script&gt;'));
  assert.ok(!html.includes('NaN') && !html.includes('undefined'));
  assert.equal(html.match(/<svg /g)?.length, 5);
  assert.equal(html.match(/<svg /g)?.length, html.match(/<\/svg>/g)?.length);
  assert.ok(html.includes('prefers-color-scheme: dark'));
});

test('the page shows segments, weeks, folds and whether probabilities hold', () => {
  const rows = scored(2000);
  const codes = Uint16Array.from({ length: 2000 }, (_, row) => row % 2);
  const part = evaluatePart({ ...rows, words: [{ field: 'channel', names: ['', '<web>'], codes }] }, context);
  assert.ok(Math.abs(part.calibrationSlope - 1) < 0.3, `${part.calibrationSlope}`);
  assert.ok(part.topPercent.rows === 20 && Math.abs(part.topPercent.ratio - 1) < 0.3);
  assert.ok(part.brierUncalibrated - part.brier < 1e-6, 'raw log-odds are the probabilities here');
  assert.equal(part.bySegment.filter(({ by }) => by === 'channel').length, 2);
  const html = reportHtml({ ...reportOf({ test: part }), folds: [foldOf(part, { from: start, to: start + DAY })] });
  for (const shown of ['By segment', '&lt;web&gt;', 'Period after period', 'Calibration slope', 'Week by week'])
    assert.ok(html.includes(shown), shown);
  assert.ok(!html.includes('NaN') && !html.includes('undefined'));
});

test('a report without parts is a page all the same', () => {
  assert.ok(reportHtml(reportOf({})).includes('Nothing was evaluated'));
});
