import Fastify, { type FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Engine } from '../engine/engine.ts';
import type { PolicyService } from '../engine/policy/policy.ts';
import type { Roster } from '../engine/roster.ts';
import type { Journal } from '../journal/journal.ts';
import { measureDecisions } from './metrics/decisions.ts';
import { measureFleet } from './metrics/fleet.ts';
import { createMeters } from './metrics/meters.ts';
import { measureJournal, measureLog } from './metrics/metrics.ts';
import { measurePolicy } from './metrics/policy.ts';
import { reasonsOf } from './reasons.ts';
import type { FleetParts, Services } from './services.ts';

export interface WorkerServices {
  journal: Journal;
  engine: Pick<Engine, 'ready' | 'modelVersion'>;
  roster: Pick<Roster, 'problem'>;
  policy: Pick<PolicyService, 'stats'>;
  fleet: Pick<FleetParts, 'profilesHealthy' | 'profilesProblem' | 'policyBehind' | 'figures'>;
  log: Services['log'];
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
  /** Why the brokers give it nothing. */
  problem?: string | undefined;
  /** Messages that asked for no decision, by kind. */
  skipped?: Readonly<Record<string, number>>;
  /** Where Avro and Protobuf find their schemas; absent where none is named. */
  registry?: { readonly problem: string | undefined } | undefined;
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

function healthOf({ journal, engine, roster, policy, fleet, stats }: WorkerServices) {
  const isLogUp = journal.status().ok && stats()?.healthy !== false;
  const loaded = engine.modelVersion !== undefined;
  const registry = stats()?.registry;
  const current = !roster.problem && !fleet.policyBehind;
  const whole = loaded && current && fleet.profilesHealthy && registry?.problem === undefined;
  return {
    status: !isLogUp || !engine.ready ? 'unhealthy' : whole ? 'healthy' : 'degraded',
    model_loaded: loaded,
    journal: journal.status().ok ? 'ok' : 'failed',
    kafka: isLogUp ? 'ok' : 'unavailable',
    redis: fleet.profilesHealthy ? 'ok' : 'unavailable',
    ...(registry ? { registry: registry.problem === undefined ? 'ok' : 'unavailable' } : {}),
    policy: { version: policy.stats().version, behind: fleet.policyBehind },
    ...(loaded ? { model: engine.modelVersion } : {}),
    ...reasonsOf({
      kafka: isLogUp ? undefined : (journal.status().problem ?? stats()?.problem),
      redis: fleet.profilesHealthy ? undefined : fleet.profilesProblem,
      registry: registry?.problem,
    }),
  };
}

/** Before it takes transactions it has none, and is no member yet. */
const IDLE: WorkerStats = { lag: new Map(), inFlight: 0, handled: 0, dead: 0, retried: 0, healthy: false };

/** A server's figures without those of HTTP and the projection, which a worker does not have. */
function metricsOf({ journal, policy, fleet, stats, log }: WorkerServices): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const meters = createMeters(registry);
  const worker = () => stats() ?? IDLE;
  const { figures } = fleet;
  measureJournal(meters, journal);
  measureDecisions(registry, figures.onDecided);
  measureFleet(meters, { ...figures, worker, consumers: { ...figures.consumers, workers: worker } });
  measurePolicy(meters, policy);
  measureLog(meters, log);
  return registry;
}
