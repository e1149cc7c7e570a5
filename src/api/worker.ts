import Fastify, { type FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Engine } from '../engine/engine.ts';
import type { Roster } from '../engine/roster.ts';
import type { Journal } from '../journal/journal.ts';
import type { FleetParts } from './services.ts';

export interface WorkerServices {
  journal: Journal;
  engine: Pick<Engine, 'ready' | 'modelVersion'>;
  roster: Pick<Roster, 'problem'>;
  fleet: FleetParts;
  /** About to stop. */
  readonly draining: boolean;
  /** Undefined until it takes transactions. */
  stats: () => WorkerStats | undefined;
}

/** How a worker gets on with transactions.raw. */
export interface WorkerStats {
  /** Messages that are not done, by partition that is this worker's. */
  lag: ReadonlyMap<number, number>;
  inFlight: number;
  handled: number;
  dead: number;
  retried: number;
  healthy: boolean;
}

/** /health, /ready and /metrics of a worker. Listens to nothing. */
export function buildWorkerServer(services: WorkerServices): FastifyInstance {
  const app = Fastify({ logger: false });
  const metrics = metricsOf(services);
  app.get('/health', async (_request, reply) => {
    const health = healthOf(services);
    if (health.status === 'unhealthy') reply.code(503).header('retry-after', '5');
    return health;
  });
  app.get('/ready', async (_request, reply) => {
    const ready = !services.draining && services.stats() !== undefined && healthOf(services).status !== 'unhealthy';
    if (!ready) reply.code(503).header('retry-after', '5');
    return { ready };
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
  return app;
}

function healthOf({ journal, engine, roster, fleet, stats }: WorkerServices) {
  const isLogUp = journal.status().ok && stats()?.healthy !== false;
  const loaded = engine.modelVersion !== undefined;
  const whole = loaded && roster.problem === undefined && fleet.profilesHealthy;
  return {
    status: !isLogUp || !engine.ready ? 'unhealthy' : whole ? 'healthy' : 'degraded',
    model_loaded: loaded,
    journal: journal.status().ok ? 'ok' : 'failed',
    kafka: isLogUp ? 'ok' : 'unavailable',
    redis: fleet.profilesHealthy ? 'ok' : 'unavailable',
    ...(loaded ? { model: engine.modelVersion } : {}),
  };
}

function metricsOf({ stats, fleet }: WorkerServices): Registry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(read());
      },
    });
  const count = (name: string, help: string, read: () => number) =>
    new Counter({
      ...{ name, help, registers },
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  new Gauge({
    ...{ name: 'assay_raw_lag_messages', help: 'Messages of transactions.raw that are not done', registers },
    labelNames: ['partition'],
    collect() {
      this.reset();
      for (const [partition, lag] of stats()?.lag ?? []) this.set({ partition }, lag);
    },
  });
  gauge('assay_raw_in_flight', 'Transactions under way', () => stats()?.inFlight ?? 0);
  count('assay_raw_handled_total', 'Messages of transactions.raw that were decided', () => stats()?.handled ?? 0);
  count('assay_raw_dead_total', 'Messages that went to transactions.dead', () => stats()?.dead ?? 0);
  count('assay_raw_retried_total', 'Attempts that were made again', () => stats()?.retried ?? 0);
  count('assay_profile_fetches_total', 'Reads of profiles', () => fleet.stats().profiles.fetches);
  count(
    'assay_profile_degraded_total',
    'Reads of profiles that Redis did not answer in time',
    () => fleet.stats().profiles.degraded,
  );
  gauge('assay_log_unordered_records', 'Read and without a sequence yet', () => fleet.stats().log.unordered);
  return registry;
}
