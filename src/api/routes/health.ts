import type { Registry } from 'prom-client';
import Type from 'typebox';
import { AssayError } from '../../domain/errors.ts';
import { DAY_MS } from '../../domain/rates.ts';
import type { Damage } from '../../journal/journal.ts';
import type { MirrorStats } from '../../journal/mirror/mirror.ts';
import type { ReplicaStats } from '../../projections/replica/replica.ts';
import type { Api } from '../api.ts';
import { json, problems } from '../contract/common.ts';
import { Health, Ready } from '../contract/operations.ts';
import { reasonsOf } from '../reasons.ts';
import type { Services } from '../services.ts';

const tags = ['operations'];
const open = { scope: 'none' } as const;

/** Anybody may read it: which folder and why are in the log. */
const DATABASE_DOWN =
  'The database of this server does not start, and its log says why; decisions go on, reads wait. Should it be past help: ' +
  'with the server stopped, assay database rebuild makes it again from the journal.';

export function healthRoutes(app: Api, services: Services, metrics: Registry): void {
  for (const [url, operationId] of [
    ['/health', 'health'],
    ['/api/health', 'apiHealth'],
  ])
    app.get(
      url,
      {
        config: open,
        schema: {
          operationId,
          tags,
          summary: 'State of the server; `OK` for `Accept: text/plain`',
          response: {
            200: {
              description: 'Healthy, or degraded and still deciding',
              content: { 'application/json': { schema: Health }, 'text/plain': { schema: Type.String() } },
            },
            503: json('Unhealthy: nothing can be decided', Health),
          },
        },
      },
      async (request, reply) => {
        const health = healthOf(services);
        const unhealthy = health.status === 'unhealthy';
        reply.code(unhealthy ? 503 : 200);
        if (unhealthy) reply.header('retry-after', '5');
        if (!/^text\/plain\b/.test(request.headers.accept ?? '')) return health;
        return reply
          .type('text/plain; charset=utf-8')
          .serializer(String)
          .send(unhealthy ? 'UNHEALTHY' : 'OK');
      },
    );

  app.get(
    '/api/v1/utils/health-check/',
    {
      config: open,
      schema: {
        operationId: 'healthCheck',
        tags,
        summary: '`true` while the server answers',
        response: { 200: json('It does', Type.Literal(true)) },
      },
    },
    async (_request, reply) => reply.type('application/json; charset=utf-8').send('true'),
  );

  app.get(
    '/ready',
    {
      config: open,
      schema: {
        operationId: 'ready',
        tags,
        summary: 'Whether to send traffic here',
        response: { 200: json('Decisions are being taken', Ready), ...problems(503) },
      },
    },
    async () => {
      if (services.draining)
        throw new AssayError('unavailable', 'This server is about to stop.', { retryAfterSeconds: 5 });
      if (healthOf(services).status === 'unhealthy')
        throw new AssayError('unavailable', 'Nothing can be decided now.', { retryAfterSeconds: 5 });
      return { ready: true };
    },
  );

  app.get(
    '/metrics',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'metrics',
        tags,
        summary: 'Prometheus metrics',
        response: {
          200: { description: 'Text exposition', content: { 'text/plain': { schema: Type.String() } } },
          ...problems(401, 403, 429),
        },
      },
    },
    async (_request, reply) =>
      reply
        .type(metrics.contentType)
        .serializer(String)
        .send(await metrics.metrics()),
  );
}

/** What amounts are converted by. It degrades nothing: an amount without a rate is left out, and everything else is decided as ever. */
function ratesOf({ rules, config, clock }: Services) {
  const { source, newest, base, missing } = rules.rates;
  const old = newest !== null && clock() - Date.parse(newest) > (config.ratesMaxAgeDays + 1) * DAY_MS;
  const none = newest === null && Object.keys(config.currencyRates).length === 0;
  return { base, source, newest, state: none ? 'none' : old ? 'old' : 'ok', missing };
}

function healthOf(services: Services) {
  const { journal, engine, projector, roster, policy, cards, stateless, fleet, webhooks } = services;
  const replica = services.replica?.stats();
  const mirror = services.mirror?.stats();
  const { ok: durable, scrub, begins = 1 } = journal.status();
  const damage = scrub?.damage ?? [];
  const loaded = engine.modelVersion !== undefined;
  const last = roster.promotions.at(-1);
  const fellBack = last?.fellBack ? (last.reason ?? 'The guard fell back to this model.') : undefined;
  const { behind } = projector;
  const whole =
    loaded &&
    damage.length === 0 &&
    roster.problem === undefined &&
    !fellBack &&
    cards.scorer &&
    stateless.judge &&
    projector.healthy &&
    !behind &&
    replica?.state !== 'behind' &&
    (!mirror || (mirror.state === 'ok' && mirror.damaged === 0)) &&
    fleet?.profilesHealthy !== false &&
    !fleet?.policyBehind;
  const status = !durable || !engine.ready ? 'unhealthy' : whole ? 'healthy' : 'degraded';
  return {
    status,
    model_loaded: loaded,
    card_model_loaded: cards.scorer !== undefined,
    journal: !durable ? 'failed' : damage.length > 0 ? 'damaged' : 'ok',
    database: !projector.healthy ? 'unavailable' : behind ? 'catching up' : 'ok',
    ...(fleet ? { kafka: durable ? 'ok' : 'unavailable', redis: fleet.profilesHealthy ? 'ok' : 'unavailable' } : {}),
    ...(begins > 1 ? { journal_begins: begins } : {}),
    ...(replica ? { convex: copyOf(replica) } : {}),
    ...(mirror ? { mirror: mirrorOf(mirror) } : {}),
    rates: ratesOf(services),
    policy: { version: policy.stats().version, ...(fleet ? { behind: fleet.policyBehind } : {}) },
    ...(loaded ? { model: engine.modelVersion } : {}),
    ...reasonsOf({
      [fleet ? 'kafka' : 'journal']: durable ? damageTold(damage) : journal.status().problem,
      database: databaseTold(services),
      model: fellBack,
      redis: fleet?.profilesHealthy === false ? fleet.profilesProblem : undefined,
      webhooks: webhooks.stats().problem,
      convex: replica?.problem,
      mirror: mirror?.problem,
    }),
  };
}

/** A copy that is away for a moment degrades nothing; one that is further behind than it may does. */
function copyOf({ state, lagRecords, lagSeconds }: ReplicaStats) {
  return { state, lagRecords, lagSeconds };
}

function mirrorOf({ state, through, throughAt, lagRecords, lagSeconds }: MirrorStats) {
  const at = throughAt === undefined ? null : new Date(throughAt).toISOString();
  return { state, through, throughAt: at, lagRecords, lagSeconds };
}

function databaseTold({ projector, embedded }: Services): string | undefined {
  if (!projector.healthy) return embedded?.problem ? DATABASE_DOWN : projector.problem;
  if (!projector.behind) return undefined;
  const { records, seconds } = projector.behind;
  const left = seconds === undefined ? '' : `, about ${seconds} s at this pace`;
  return `The database is ${records} records behind the journal${left}; reads wait for it, decisions go on.`;
}

/** Where the journal is damaged, in the words of `assay journal verify`. */
function damageTold(damage: readonly Damage[]): string | undefined {
  if (damage.length === 0) return undefined;
  const [{ segment, offset, what }] = damage;
  const more = damage.length > 1 ? ` and ${damage.length - 1} more` : '';
  return `${segment}, offset ${offset}: ${what} is damaged${more}; assay journal repair gives back what it can.`;
}
