/** report.html: one file, no script, nothing fetched. */

import type { PartReport, Report } from './report.ts';
import { REPORT_STYLE } from './report-style.ts';
import type { Axis, Line } from './report-svg.ts';
import { compact, escapeText, histogramChart, lineChart } from './report-svg.ts';
import { comparison, folds, lineage, type PartName, refit, resampling, segments, weeks } from './report-tables.ts';
import { number, percent, small, whole } from './report-text.ts';
import { tuning } from './tuning-report.ts';

const PARTS = ['train', 'validation', 'test'] as const;

const from = (threshold: number) => (threshold >= 1 ? 'never' : `from ${percent(threshold)} probability`);

const share = (label: string): Axis => ({
  label,
  from: 0,
  to: 1,
  ticks: [0, 0.25, 0.5, 0.75, 1],
  text: (value) => percent(value, 0),
});

/** The page for a report. The latest part there is (test, else validation, else train) is shown in detail. */
export function reportHtml(report: Report): string {
  const parts = PARTS.flatMap((name) => (report[name] ? [{ name, part: report[name] }] : []));
  const main = parts.at(-1);
  const title = `${report.model.name} ${report.model.version}`;
  const body = main
    ? [
        figures(main.part),
        `<div class="grid2">${ranking(parts)}${calibration(main.part)}${scores(main.part)}${confusion(main.part, report)}${costs(main.part, report)}${importance(report)}</div>`,
        comparison(parts),
        resampling(report),
        refit(report),
        tuning(report.tuning),
        folds(report),
        segments(main.part, main.name),
        weeks(main.part, main.name),
      ].join('')
    : '<section class="wide"><h2>Nothing was evaluated</h2></section>';
  const shown = main ? ` Figures are those of the ${main.name} part unless they say otherwise.` : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeText(title)} – model report</title><style>${REPORT_STYLE}</style></head>
<body><main><h1>${escapeText(report.model.name)}</h1>
<p class="lead">${escapeText(report.model.kind)}, version <code>${escapeText(report.model.version)}</code>.${shown}</p>
${body}${lineage(report)}</main></body></html>
`;
}

function figures(part: PartReport): string {
  const items: [string, string][] = [
    [number(part.averagePrecision), 'average precision'],
    [number(part.rocAuc), 'ROC AUC'],
    ...(part.cardPrecisionAt100 === undefined
      ? []
      : ([[number(part.cardPrecisionAt100), 'card precision@100']] as [string, string][])),
    [percent(part.recallAtFpr1), 'frauds found at 1% false alarms'],
    [number(part.ece, 4), 'calibration error (ECE)'],
    [whole(part.frauds), `frauds in ${whole(part.rows)} payments`],
  ];
  return `<div class="figures">${items.map(([value, label]) => `<div><b>${value}</b><span>${label}</span></div>`).join('')}</div>`;
}

function legend(items: [tone: string, text: string][]): string {
  return `<div class="legend">${items.map(([tone, text]) => `<span><i style="background:var(--${tone})"></i>${text}</span>`).join('')}</div>`;
}

function ranking(parts: { name: PartName; part: PartReport }[]): string {
  const lines = (pick: (part: PartReport) => Line['points']): Line[] =>
    parts.map(({ name, part }) => ({ points: pick(part), tone: name }));
  const key = legend(parts.map(({ name }) => [name, name]));
  const guide: Line = {
    points: [
      [0, 0],
      [1, 1],
    ],
    tone: 'guide',
  };
  return (
    card(
      'Precision and recall',
      key,
      lineChart(
        'Precision by recall',
        share('recall: frauds found'),
        share('precision'),
        lines(({ curves }) => curves.pr),
      ),
    ) +
    card(
      'ROC',
      key,
      lineChart('ROC curve', share('false positive rate'), share('recall'), [
        guide,
        ...lines(({ curves }) => curves.roc),
      ]),
    )
  );
}

function calibration(part: PartReport): string {
  const { reliability } = part.curves;
  const positive = reliability.flatMap(({ predicted, observed }) => [predicted, observed]).filter((value) => value > 0);
  const low = 10 ** Math.floor(Math.log10(Math.max(Math.min(...positive, 0.1), 1e-5)));
  const decades = Math.round(-Math.log10(low));
  const ticks = Array.from({ length: decades + 1 }, (_, i) => low * 10 ** i);
  const axis = (label: string): Axis => ({
    label,
    from: low,
    to: 1,
    ticks,
    log: true,
    text: (v) => `${small(100 * v)}%`,
  });
  const points = reliability.map(({ predicted, observed }): [number, number] => [predicted, observed]);
  const chart = lineChart('Calibration', axis('predicted probability'), axis('share of frauds'), [
    {
      points: [
        [low, low],
        [1, 1],
      ],
      tone: 'guide',
    },
    // The line joins bins with frauds only: on a logarithmic scale one without would throw it to the floor and back.
    { points: points.filter(([, observed]) => observed > 0), tone: 'test' },
    { points, tone: 'test', dots: true, bare: true },
  ]);
  return card(
    'Calibration',
    '<p>Twenty bins of equally many payments; on the dashed line predictions are right. A bin without frauds lies on the floor.</p>',
    chart,
  );
}

function scores(part: PartReport): string {
  const { legitimate, fraud } = part.curves.histogram;
  const x: Axis = { label: 'score', from: 0, to: 100, ticks: [0, 20, 40, 60, 80, 100], text: String };
  const chart = histogramChart('Payments by score', x, [
    { values: legitimate, tone: 'legitimate' },
    { values: fraud, tone: 'fraud' },
  ]);
  return card(
    'Scores',
    legend([
      ['legitimate', 'legitimate'],
      ['fraud', 'fraud'],
    ]),
    chart,
  );
}

function confusion(part: PartReport, { model }: Report): string {
  const { confusion: flagged, declineConfusion: declined } = part;
  const cell = (kind: string, count: number, text: string) =>
    `<td class="${kind}"><b>${whole(count)}</b><small>${text}</small></td>`;
  const frauds = flagged.truePositives + flagged.falseNegatives;
  const rows = [
    `<tr><td>declined</td>${cell('good', declined.truePositives, `${percent(declined.truePositives / frauds)} of frauds`)}${cell('bad', declined.falsePositives, 'false alarms')}</tr>`,
    `<tr><td>reviewed</td>${cell('good', flagged.truePositives - declined.truePositives, `${percent((flagged.truePositives - declined.truePositives) / frauds)} of frauds`)}${cell('bad', flagged.falsePositives - declined.falsePositives, 'false alarms')}</tr>`,
    `<tr><td>approved</td>${cell('bad', flagged.falseNegatives, 'missed')}${cell('good', flagged.trueNegatives, 'undisturbed')}</tr>`,
  ];
  const says = `<p>Reviewed ${from(model.thresholds.review)}, declined ${from(model.thresholds.decline)}.</p>`;
  return card(
    'Decisions',
    says,
    `<table class="matrix"><tr><th></th><th style="text-align:center">fraud</th><th style="text-align:center">legitimate</th></tr>${rows.join('')}</table>`,
  );
}

function costs(part: PartReport, { model, costs: matrix }: Report): string {
  const { cost, costOfApproval } = part.curves;
  const highest = Math.max(costOfApproval, 1);
  // The first of 1, 2, 5 times a power of ten that makes at most six steps.
  const power = 10 ** Math.floor(Math.log10(highest / 5));
  const step = power * ([1, 2, 5].find((times) => highest <= 6 * times * power) ?? 10);
  const ticks = Array.from({ length: Math.floor((highest * 1.1) / step) + 1 }, (_, i) => i * step);
  const y: Axis = { label: 'total cost', from: 0, to: highest * 1.15, ticks, text: compact };
  const x: Axis = {
    label: 'review threshold',
    from: 1e-3,
    to: 1,
    ticks: [1e-3, 1e-2, 1e-1, 1],
    text: (v) => `${small(100 * v)}%`,
    log: true,
  };
  const chart = lineChart(
    'Cost by review threshold',
    x,
    y,
    [
      {
        points: [
          [1e-3, costOfApproval],
          [1, costOfApproval],
        ],
        tone: 'guide',
      },
      { points: cost, tone: 'test' },
    ],
    [{ at: model.thresholds.review, text: 'chosen' }],
  );
  const says = `<p>A review costs ${small(matrix.review)} and stops ${percent(matrix.reviewCatches, 0)} of the frauds it sees; dashed: everything approved.</p>`;
  return card('Cost', says, chart);
}

function importance(report: Report): string {
  const rows = report.importance.filter(({ gain }) => gain > 0).slice(0, 12);
  const total = report.importance.reduce((sum, { gain }) => sum + gain, 0);
  const cells = rows.map(
    ({ feature, gain }) =>
      `<tr><td><code>${escapeText(feature)}</code></td><td class="barcell"><span class="bar" style="width:${((100 * gain) / rows[0].gain).toFixed(1)}%"></span></td><td>${percent(gain / total)}</td></tr>`,
  );
  return card(
    'What it looks at',
    '<p>Share of the fall in training loss that is due to splits on the feature.</p>',
    `<table>${cells.join('')}</table>`,
    true,
  );
}

function card(title: string, says: string, content: string, wide = false): string {
  return `<section${wide ? ' class="row"' : ''}><h2>${title}</h2>${says}${content}</section>`;
}
