import Type from 'typebox';
import { AssayError } from '../../domain/errors.ts';
import type { DecisionData } from '../../domain/records.ts';
import type { ShadowRow } from '../../domain/shadow.ts';
import { unlessRemoved } from '../../journal/removed.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import {
  Comparison,
  Distribution,
  DistributionQuery,
  ModelCardShown,
  ModelDetail,
  ModelList,
  VersionParam,
} from '../contract/models.ts';
import { modelCard } from '../model-card.ts';
import { modelCardHtml } from '../model-card-html.ts';
import { canaryView, endedView, modelDetail, modelView, promotionView } from '../models.ts';
import { read } from '../read.ts';
import { distributionOf } from '../score-distribution.ts';
import type { Services } from '../services.ts';
import { vary } from '../vary.ts';
import { windowUntil } from '../window.ts';

const tags = ['models'];
const config = { scope: 'read' } as const;
/** A report has no scripts, and none that somebody put there runs. */
const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";
const DISAGREEMENTS = 20;

export function modelReadRoutes(app: Api, services: Services): void {
  const { registry, roster, guard, keys, challengers, journal, store, clock, drift } = services;

  async function kept(version: string) {
    const entry = (await registry.list()).find((each) => each.version === version);
    if (!entry) throw new AssayError('not_found', `There is no model ${version}.`);
    return entry;
  }

  app.get(
    '/api/models',
    {
      config,
      schema: {
        operationId: 'listModels',
        tags,
        summary: 'Every model that is kept, its role and how good it was',
        response: { 200: json('The models', ModelList), ...problems(401, 403, 429) },
      },
    },
    async () => ({
      data: (await registry.list()).map((entry) => modelView(entry, services)),
      champion: roster.champion?.model.version ?? null,
      shadow: roster.shadow?.model.version ?? null,
      canary: roster.canary.canary && canaryView(roster.canary.canary, keys),
      ...(roster.canary.ended ? { canaryEnded: endedView(roster.canary.ended, keys) } : {}),
      guard: guard.state(),
      ...(roster.problem === undefined ? {} : { problem: roster.problem }),
      promotions: roster.promotions.map((one) => promotionView(one, keys)).reverse(),
    }),
  );

  app.get(
    '/api/models/:version',
    {
      config,
      schema: {
        operationId: 'getModel',
        tags,
        summary: 'A model: features, importance, metrics, lineage',
        params: VersionParam,
        response: { 200: json('The model', ModelDetail), ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request) => modelDetail(await kept(request.params.version), services),
  );

  app.get(
    '/api/models/:version/report',
    {
      config,
      schema: {
        operationId: 'getModelReport',
        tags,
        summary: 'The report of its training; a page for `Accept: text/html`',
        params: VersionParam,
        response: {
          200: {
            description: 'The report',
            content: {
              'application/json': { schema: Type.Object({}, { additionalProperties: true }) },
              'text/html': { schema: Type.String() },
            },
          },
          ...problems(401, 403, 404, 422, 429),
        },
      },
    },
    async (request, reply) => {
      const { version } = request.params;
      // An upload may bring the figures without the page.
      const html = /\btext\/html\b/.test(request.headers.accept ?? '') && registry.hasReport(version, 'html');
      const report = registry.report(version, html ? 'html' : 'json');
      if (report === undefined) throw new AssayError('not_found', `Model ${version} came without a report.`);
      if (html) reply.header('content-security-policy', REPORT_POLICY);
      return reply
        .type(html ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8')
        .serializer(String)
        .send(report);
    },
  );

  app.get(
    '/api/models/:version/card',
    {
      config,
      schema: {
        operationId: 'getModelCard',
        tags,
        summary: 'The card of a model: use, figures by segment, limits, promotions; JSON or HTML',
        params: VersionParam,
        response: {
          200: {
            description: 'The card',
            content: { 'application/json': { schema: ModelCardShown }, 'text/html': { schema: Type.String() } },
          },
          ...problems(401, 403, 404, 422, 429),
        },
      },
    },
    async (request, reply) => {
      await drift.ready();
      const card = modelCard(await kept(request.params.version), services);
      vary(reply, 'Accept');
      if (!/\btext\/html\b/.test(request.headers.accept ?? '')) return card;
      return reply
        .header('content-security-policy', REPORT_POLICY)
        .type('text/html; charset=utf-8')
        .serializer(String)
        .send(modelCardHtml(card));
    },
  );

  app.get(
    '/api/models/:version/comparison',
    {
      config,
      schema: {
        operationId: 'compareModel',
        tags,
        summary: 'What a challenger in shadow says beside the champion',
        description: 'Average precision counts unlabelled as not fraud.',
        params: VersionParam,
        response: { 200: json('The comparison', Comparison), ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request) => {
      const { version } = request.params;
      const report = await challengers.report(version);
      if (!report) throw new AssayError('not_found', `Model ${version} was never scored beside a champion.`);
      const newest = report.disagreements.slice(0, DISAGREEMENTS);
      const disagreements = (await Promise.all(newest.map(disagreement))).filter((one) => one !== undefined);
      return { version, ...report, disagreements };
    },
  );

  app.get(
    '/api/models/:version/distribution',
    {
      config,
      schema: {
        operationId: 'modelScores',
        tags,
        summary: 'The scores of what a model decided, over time and against its training',
        params: VersionParam,
        querystring: DistributionQuery,
        response: { 200: json('The distribution', Distribution), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => {
      const { version } = request.params;
      const { window } = request.query;
      await kept(version);
      const { from, to } = windowUntil(clock(), window);
      const history = await read(services, () => store.transactions.scores(version, from, to));
      return {
        version,
        window,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        ...distributionOf(history, registry.report(version, 'json')),
      };
    },
  );

  async function disagreement({ sequence, champion, shadow }: ShadowRow) {
    const record = await unlessRemoved(journal.get(sequence));
    if (!record) return undefined;
    const { transaction } = record.data as unknown as DecisionData;
    return {
      transactionId: transaction.id,
      at: new Date(record.at).toISOString(),
      champion: { decision: champion.outcome, probability: champion.probability },
      challenger: { decision: shadow.outcome, probability: shadow.probability },
    };
  }
}
