/** The tables of the report's page. */
import type { PartReport, Report } from './report.ts';
import { escapeText } from './report-svg.ts';
import { number, percent, whole } from './report-text.ts';

export type PartName = 'train' | 'validation' | 'test';

export function comparison(parts: { name: PartName; part: PartReport }[]): string {
  const rows: [string, (part: PartReport) => string][] = [
    ['Payments', (p) => whole(p.rows)],
    ['Frauds', (p) => whole(p.frauds)],
    ['First day', (p) => p.from.slice(0, 10)],
    ['Last day', (p) => p.to.slice(0, 10)],
    ['ROC AUC', (p) => number(p.rocAuc)],
    ['95% interval', (p) => range(p.intervals?.rocAuc)],
    ['Average precision', (p) => number(p.averagePrecision)],
    ['95% interval', (p) => range(p.intervals?.averagePrecision)],
    ['Card precision@100', (p) => number(p.cardPrecisionAt100)],
    ['Recall at precision 90%', (p) => percent(p.recallAtPrecision90)],
    ['Recall at false positive rate 1%', (p) => percent(p.recallAtFpr1)],
    ['Brier score', (p) => number(p.brier, 5)],
    ['Brier score without calibration', (p) => number(p.brierUncalibrated, 5)],
    ['Log loss', (p) => number(p.logLoss, 4)],
    ['Calibration error', (p) => number(p.ece, 4)],
    ['Calibration slope', (p) => number(p.calibrationSlope)],
    ['Frauds in the top 1%, observed / expected', (p) => observed(p.topPercent)],
  ];
  const cells = rows.map(
    ([name, pick]) => `<tr><td>${name}</td>${parts.map(({ part }) => `<td>${pick(part)}</td>`).join('')}</tr>`,
  );
  return `<section class="wide"><h2>Training, validation, test</h2><div class="scroll"><table><tr><th></th>${parts.map(({ name }) => `<th>${name}</th>`).join('')}</tr>${cells.join('')}</table></div></section>`;
}

const observed = ({ observed, expected, ratio }: PartReport['topPercent']) =>
  `${whole(observed)} / ${whole(expected)} = ${number(ratio, 2)}`;

const range = (interval?: [number, number]) => (interval ? interval.map((x) => number(x)).join(' to ') : '–');

const RESAMPLING = {
  none: 'nothing',
  smote: 'made-up frauds (SMOTE)',
  undersample: 'fewer legitimate rows',
  weights: 'balanced class weights',
};

export function resampling({ resampling: effect }: Report): string {
  if (!effect) return '';
  const rows = (['validation', 'test'] as const).flatMap((name) => {
    const part = effect[name];
    if (!part) return [];
    const cells = [part.none, part.resampled].flatMap((ranking) => [ranking.averagePrecision, ranking.rocAuc]);
    return [`<tr><td>${name}</td>${cells.map((x) => `<td>${number(x)}</td>`).join('')}</tr>`];
  });
  const says = `<p>Training rows: ${RESAMPLING[effect.kind]}, so that ${whole(effect.frauds)} of ${whole(effect.rows)} are fraud. Measured on rows as they are, beside the same training without it.</p>`;
  return `<section class="wide"><h2>Against imbalance</h2>${says}<div class="scroll"><table><tr><th></th><th>AP without</th><th>AUC without</th><th>AP with</th><th>AUC with</th></tr>${rows.join('')}</table></div></section>`;
}

export function refit({ refit: effect }: Report): string {
  if (!effect?.validation && !effect?.test) return '';
  const rows = (['validation', 'test'] as const).flatMap((name) => {
    const part = effect[name];
    if (!part) return [];
    const cells = [part.once, part.again].flatMap((ranking) => [ranking.averagePrecision, ranking.rocAuc]);
    return [`<tr><td>${name}</td>${cells.map((x) => `<td>${number(x)}</td>`).join('')}</tr>`];
  });
  const says = effect.refitted
    ? 'This model was fitted again on all training rows, with what validation had settled.'
    : 'This model is the one that validation settled; fitting again on all training rows did worse, by more than chance.';
  const how = effect.validation ? ' The validation line had a veto: each procedure was run on the rows before.' : '';
  return `<section class="wide"><h2>Fitted once, and again</h2><p>${says}${how}</p><div class="scroll"><table><tr><th></th><th>AP once</th><th>AUC once</th><th>AP again</th><th>AUC again</th></tr>${rows.join('')}</table></div></section>`;
}

export function folds({ folds: all }: Report): string {
  if (!all) return '';
  const day = (time: string) => time.slice(0, 10);
  const cells = all.map((fold) => {
    const periods = [`${day(fold.trainFrom)} to ${day(fold.trainTo)}`, `${day(fold.from)} to ${day(fold.to)}`];
    const measures = [fold.averagePrecision, fold.rocAuc, fold.cardPrecisionAt100].map((value) => number(value));
    const own = [...periods, whole(fold.rows), whole(fold.frauds), ...measures, number(fold.ece, 4)];
    return `<tr>${own.map((text) => `<td>${text}</td>`).join('')}</tr>`;
  });
  return `<section class="wide"><h2>Period after period</h2><p>The same training on periods one after another; the last is this model.</p><div class="scroll"><table><tr><th>trained</th><th>tested</th><th>payments</th><th>frauds</th><th>AP</th><th>AUC</th><th>CP@100</th><th>ECE</th></tr>${cells.join('')}</table></div></section>`;
}

export function segments(part: PartReport, name: PartName): string {
  const cells = part.bySegment.map((own, i) => {
    const kind = part.bySegment[i - 1]?.by === own.by ? '' : own.by;
    const words = `<td>${kind}</td><td class="words">${escapeText(own.segment)}</td>`;
    const counts = [whole(own.rows), whole(own.frauds), number(own.expected, 1)];
    const shares = [percent(own.flagged, 2), percent(own.precision), percent(own.recall)];
    const measured = [...counts, number(own.averagePrecision), number(own.rocAuc), ...shares];
    return `<tr>${words}${measured.map((text) => `<td>${text}</td>`).join('')}</tr>`;
  });
  return `<section class="wide"><h2>By segment (${name})</h2><p>Expected: the sum of the probabilities. Flagged: at or above the review threshold.</p><div class="scroll"><table><tr><th>by</th><th></th><th>payments</th><th>frauds</th><th>expected</th><th>AP</th><th>AUC</th><th>flagged</th><th>precision</th><th>recall</th></tr>${cells.join('')}</table></div></section>`;
}

export function weeks(part: PartReport, name: PartName): string {
  const cells = part.byWeek.map(
    (week) =>
      `<tr><td>${week.from}</td><td>${whole(week.rows)}</td><td>${whole(week.frauds)}</td><td>${number(week.averagePrecision)}</td><td>${number(week.rocAuc)}</td><td>${percent(week.flagged, 2)}</td><td>${percent(week.precision)}</td><td>${percent(week.recall)}</td></tr>`,
  );
  return `<section class="wide"><h2>Week by week (${name})</h2><p>Flagged: at or above the review threshold.</p><div class="scroll"><table><tr><th>week from</th><th>payments</th><th>frauds</th><th>AP</th><th>AUC</th><th>flagged</th><th>precision</th><th>recall</th></tr>${cells.join('')}</table></div></section>`;
}

export function lineage({ lineage: from, model, train }: Report): string {
  const rows: [string, string][] = [
    ['Training data', `SHA-256 ${from.dataSha256}`],
    ['Rows', `${whole(from.rows)}, of which ${whole(from.frauds)} frauds`],
    ['Period', `${new Date(from.from).toISOString()} to ${new Date(from.to).toISOString()}`],
    ['Seed', String(from.seed)],
    ['Calibration', model.calibration],
    ['Feature schema', train?.featureSchema ?? '–'],
    ['Code', from.codeVersion],
    ['Options', JSON.stringify(from.options)],
  ];
  const cells = rows.map(
    ([name, value]) => `<tr><td>${name}</td><td class="words"><code>${escapeText(value)}</code></td></tr>`,
  );
  return `<section class="wide"><h2>Where it comes from</h2><table>${cells.join('')}</table></section>`;
}
