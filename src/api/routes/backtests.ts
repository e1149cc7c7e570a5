import { AssayError } from '../../domain/errors.ts';
import type { BacktestJob } from '../../engine/backtest/jobs.ts';
import type { RuleStatistics } from '../../engine/backtest/rule-statistics.ts';
import { thresholdsOf } from '../../engine/judge.ts';
import type { PolicyStats } from '../../engine/policy/policy.ts';
import type { Api } from '../api.ts';
import { backtestOf, withRule } from '../backtest-body.ts';
import {
  BacktestBody,
  BacktestParam,
  BacktestShown,
  BacktestStarted,
  CurveQuery,
  CurveShown,
  PreviewBody,
  RuleStatsList,
  RuleStatsOne,
} from '../contract/backtests.ts';
import { json, problems } from '../contract/common.ts';
import { RuleParam } from '../contract/policy.ts';
import type { Services } from '../services.ts';
import { invalid } from '../window.ts';

const tags = ['policy'];
const tries = { scope: ['policy', 'review'] } as const;
const problemsOfTries = problems(400, 401, 403, 413, 415, 422, 429, 503);

/** What a policy would have done. */
export function backtestRoutes(app: Api, services: Services): void {
  const { backtests, clock } = services;
  const known = (id: string): BacktestJob => {
    const job = backtests.jobs.get(id);
    if (!job)
      throw new AssayError(
        'not_found',
        `There is no backtest ${id}: the newest 50 of a process are kept while it runs.`,
      );
    return job;
  };

  app.post(
    '/api/backtests',
    {
      config: tries,
      schema: {
        ...{ operationId: 'startBacktest', tags, summary: 'Try a policy, or another model, on the recorded past' },
        body: BacktestBody,
        response: { 202: json('It runs, or waits to', BacktestStarted), ...problemsOfTries },
      },
    },
    async (request, reply) => {
      const { id } = await backtests.jobs.start(backtestOf(services, request.body, clock()));
      return reply.code(202).header('location', `/api/backtests/${id}`).send({ id });
    },
  );

  app.get(
    '/api/backtests/:id',
    {
      config: { scope: 'read' },
      schema: {
        ...{
          operationId: 'getBacktest',
          tags,
          summary: 'How far a backtest is, and what it found',
          params: BacktestParam,
        },
        response: { 200: json('The backtest', BacktestShown), ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request) => known(request.params.id),
  );

  app.delete(
    '/api/backtests/:id',
    {
      config: tries,
      schema: {
        ...{ operationId: 'cancelBacktest', tags, summary: 'Call a backtest off; one that is over stays as it is' },
        params: BacktestParam,
        response: { 204: { description: 'It runs no more' }, ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request, reply) => {
      backtests.jobs.cancel(known(request.params.id).id);
      return reply.code(204).send();
    },
  );

  app.post(
    '/api/rules/preview',
    {
      config: tries,
      schema: {
        ...{ operationId: 'previewRule', tags, summary: 'What a rule would have done to the newest decisions' },
        body: PreviewBody,
        response: { 200: json('The backtest’s answer', BacktestShown), ...problemsOfTries },
      },
    },
    async (request) => {
      const { rule, when, outcome, last, samples = 20 } = request.body;
      if ((rule === undefined) === (when === undefined))
        throw invalid('/when', 'is sent where no rule is, and only then');
      if (when !== undefined && outcome === undefined) throw invalid('/outcome', 'is needed beside when');
      const asked = rule ?? { name: 'preview', when: when!, outcome: outcome! };
      const tried = withRule(services, asked, rule ? '/rule' : '');
      const { mode, result } = await backtests.preview({ ...tried, samples }, last);
      return { status: 'done' as const, progress: 1, mode, result };
    },
  );

  const { state } = services.policy.log;
  const outcomeOf = (id: string) => (state.rules.get(id)?.current ?? state.rules.get(id)?.proposed)?.content.outcome;
  const sinceOf = (at: number) => (Number.isFinite(at) ? new Date(at).toISOString() : null);

  app.get(
    '/api/rules/stats',
    {
      config: { scope: 'read' },
      schema: {
        ...{
          operationId: 'listRuleStats',
          tags,
          summary: 'What each rule hit within 7 and 30 days, and how right it was',
        },
        response: { 200: json('By rule', RuleStatsList), ...problems(401, 403, 429) },
      },
    },
    async () => {
      const ids = [...state.rules.values()].filter((rule) => rule.current ?? rule.proposed).map(({ id }) => id);
      const { since, rules } = await backtests.statistics(ids, outcomeOf);
      return { since: sinceOf(since), data: rules.map(withFailures(services.policy.stats())) };
    },
  );

  app.get(
    '/api/rules/:id/stats',
    {
      config: { scope: 'read' },
      schema: {
        ...{ operationId: 'getRuleStats', tags, summary: 'What a rule hit within 7 and 30 days, and how right it was' },
        params: RuleParam,
        response: { 200: json('The rule’s figures', RuleStatsOne), ...problems(401, 403, 404, 422, 429) },
      },
    },
    async (request) => {
      const { id } = request.params;
      if (!state.rules.has(id)) throw new AssayError('not_found', `There is no rule ${id}.`);
      const { since, rules } = await backtests.statistics([id], outcomeOf);
      return { ...withFailures(services.policy.stats())(rules[0]), since: sinceOf(since) };
    },
  );

  app.get(
    '/api/policy/thresholds/curve',
    {
      config: { scope: 'read' },
      schema: {
        ...{ operationId: 'getThresholdCurve', tags, summary: 'Alerts, precision, recall and costs by threshold' },
        querystring: CurveQuery,
        response: { 200: json('The curve', CurveShown), ...problems(401, 403, 422, 429) },
      },
    },
    async (request) => {
      const { champion } = services.roster;
      const current = champion ? thresholdsOf(champion, state) : state.thresholds;
      return { ...(await backtests.curve(request.query.last)), current };
    },
  );
}

const withFailures =
  ({ failures, lastFailures, broken }: PolicyStats) =>
  (rule: RuleStatistics) => ({
    ...rule,
    failures: failures[rule.id] ?? 0,
    lastFailure: lastFailures[rule.id] ?? null,
    broken: broken.includes(rule.id),
  });
