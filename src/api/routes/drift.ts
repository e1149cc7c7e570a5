import { driftView } from '../../domain/records.ts';
import type { SeriesReport } from '../../engine/drift/compare.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { Drift, DriftQuery } from '../contract/drift.ts';
import type { Services } from '../services.ts';
import { invalid, windowUntil } from '../window.ts';

const MOST_MS = 14 * 86_400_000;

/** Whether what comes in, and what is made of it, is as it was. */
export function driftRoutes(app: Api, { drift, roster, clock }: Services): void {
  app.get(
    '/api/drift',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getDrift',
        tags: ['models'],
        summary: 'Whether features, scores and outcomes are as they were: docs/watching.md',
        querystring: DriftQuery,
        response: { 200: json('The report', Drift), ...problems(401, 403, 422, 429) },
      },
    },
    async ({ query: { window } }) => {
      const { from, to } = windowUntil(clock(), window);
      if (to - from > MOST_MS) throw invalid('/window', 'must be at most 14d');
      await drift.ready();
      const report = drift.report(to - from);
      const training = trainingOf(roster.champion?.model);
      return {
        baseline: { ...report.baseline, from: timeOf(report.baseline.from), to: timeOf(report.baseline.to) },
        window: { from: timeOf(report.window.from), to: timeOf(report.window.to) },
        score: report.score,
        features: report.features.map((one) => ({ ...shown(one), ...training(one) })),
        others: report.others.map(shown),
        alarms: drift.alarms(from).map(driftView),
      };
    },
  );
}

const timeOf = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

const shown = ({ since, ...one }: SeriesReport) => ({
  ...one,
  ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
});

type Champion = NonNullable<Services['roster']['champion']>['model'];

/** What the model that decides saw of a feature in training, and how far its mean is from there in deviations. */
function trainingOf(model: Champion | undefined) {
  const places = new Map(model?.features.map((name, index) => [name, index]));
  return ({ name, mean }: SeriesReport) => {
    const seen = model && places.has(name) ? model.statistics[places.get(name)!] : undefined;
    if (!seen) return {};
    const shift = mean.now === null || !(seen.deviation > 0) ? null : (mean.now - seen.mean) / seen.deviation;
    return { training: { mean: Number.isNaN(seen.mean) ? null : seen.mean, missing: seen.missing, shift } };
  };
}
