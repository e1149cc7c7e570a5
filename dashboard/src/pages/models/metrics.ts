import type { Model, ModelDetail, Part, Report } from '../../api/model-types.ts';

export interface Metric {
  name: 'averagePrecision' | 'rocAuc' | 'cardPrecisionAt100' | 'brier' | 'ece';
  label: string;
  short: string;
  higherIsBetter: boolean;
  means: string;
}

export const METRICS: readonly Metric[] = [
  {
    name: 'averagePrecision',
    label: 'Average precision',
    short: 'AP',
    higherIsBetter: true,
    means: 'Precision averaged over all recalls: what share of alarms is fraud, however many frauds are to be found',
  },
  {
    name: 'rocAuc',
    label: 'ROC AUC',
    short: 'ROC AUC',
    higherIsBetter: true,
    means: 'How often a fraud scores higher than a legitimate payment',
  },
  {
    name: 'cardPrecisionAt100',
    label: 'Card precision@100',
    short: 'CP@100',
    higherIsBetter: true,
    means: 'Of the 100 cards that score highest on a day, the share that is compromised',
  },
  {
    name: 'brier',
    label: 'Brier score',
    short: 'Brier',
    higherIsBetter: false,
    means: 'Mean squared error of the probability',
  },
  {
    name: 'ece',
    label: 'Calibration error',
    short: 'ECE',
    higherIsBetter: false,
    means: 'How far probabilities are from what happened, on average',
  },
];

export const PARTS: readonly Part[] = ['test', 'validation', 'train'];

/** Of the report where there is one, else what the model says of itself. */
export function metricOf(model: Model, report: Report | undefined, part: Part, { name }: Metric): number | undefined {
  const own = model.metrics?.[part] as Record<string, unknown> | undefined;
  const value = report?.[part]?.[name] ?? own?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Three significant figures at least, and no more than tell models apart. */
export function figure(value: number | undefined): string {
  if (value === undefined) return '–';
  return Math.abs(value) >= 0.1 ? value.toFixed(4) : value === 0 ? '0' : Number(value.toPrecision(3)).toString();
}

/** Whether a change is for the better, the worse, or neither that can be seen. */
export function verdict(
  metric: Metric,
  now: number | undefined,
  next: number | undefined,
): 'better' | 'worse' | 'same' {
  if (now === undefined || next === undefined || figure(now) === figure(next)) return 'same';
  return next > now === metric.higherIsBetter ? 'better' : 'worse';
}

/** Whether both were measured on the same rows, so that their figures may be compared; undefined where it is not known. */
export function sameData(a: Model, b: Model): boolean | undefined {
  const [one, other] = [a.lineage?.dataSha256, b.lineage?.dataSha256];
  return one === undefined || other === undefined ? undefined : one === other;
}

export interface FeatureChange {
  added: string[];
  removed: string[];
  /** Of the same name and another definition. */
  redefined: string[];
}

/** What `next` reads otherwise than `now`. */
export function featureChange(now: ModelDetail | undefined, next: ModelDetail | undefined): FeatureChange | undefined {
  if (!now?.features || !next?.features) return undefined;
  const definitions = ({ features = [] }: ModelDetail) =>
    new Map(features.map((feature) => [String(feature.name), canonical(feature)]));
  const [before, after] = [definitions(now), definitions(next)];
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    redefined: [...after].filter(([name, text]) => before.has(name) && before.get(name) !== text).map(([name]) => name),
  };
}

function canonical(feature: Record<string, unknown>): string {
  return JSON.stringify(Object.entries(feature).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export interface Flow {
  from: string;
  to: string;
  count: number;
}

/** Decisions that would have come out otherwise, the most frequent first, and their share of all. */
export function differing(outcomes: Record<string, Record<string, number>>, count: number) {
  const flows: Flow[] = [];
  for (const [from, to] of Object.entries(outcomes))
    for (const [outcome, n] of Object.entries(to))
      if (outcome !== from && n > 0) flows.push({ from, to: outcome, count: n });
  flows.sort((a, b) => b.count - a.count);
  const total = flows.reduce((sum, flow) => sum + flow.count, 0);
  return { flows, share: count > 0 ? total / count : undefined };
}

export const modelName = ({ name, version }: Pick<Model, 'name' | 'version'>): string => name ?? version;
export const shortVersion = (version: string): string => version.slice(0, 8);
