import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Api } from './server.ts';
import type { Services } from './services.ts';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Counts and times every request, and looks at the services when asked. */
export function measure(app: Api, services: Services): Registry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'assay_http_request_duration_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('assay_journal_durable_sequence', 'Newest durable record', () => services.journal.durable);
  gauge('assay_journal_waiting_records', 'Handed in and not durable yet', () =>
    Math.max(0, services.journal.last - services.journal.durable),
  );
  gauge('assay_journal_bytes', 'Size of the journal', () => services.journal.status().bytes);
  gauge('assay_projection_lag_records', 'Durable and not in the database yet', () =>
    Math.max(0, services.journal.durable - services.projector.applied),
  );
  gauge('assay_database_up', '1 while the database answers', () => Number(services.projector.healthy));
  gauge('assay_model_loaded', '1 while a model serves', () => Number(services.engine.modelVersion !== undefined));
  countDecisions(app, services, registers);
  countNarratives(services, gauge, registers);

  // A label set is looked up once per route and status, not hashed on every request.
  const timers = new Map<string, { observe(seconds: number): void }>();
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const name = `${request.method} ${route} ${reply.statusCode}`;
    let timer = timers.get(name);
    if (!timer) {
      timer = duration.labels(request.method, route, String(reply.statusCode));
      timers.set(name, timer);
    }
    timer.observe(reply.elapsedTime / 1000);
    done();
  });
  return registry;
}

function countDecisions(app: Api, services: Services, registers: Registry[]): void {
  const decisions = new Counter({
    name: 'assay_decisions_total',
    help: 'Durable decisions by outcome',
    labelNames: ['decision'],
    registers,
  });
  const latency = new Histogram({
    name: 'assay_decision_latency_seconds',
    help: 'From receipt to the journal',
    buckets: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1],
    registers,
  });
  const outcomes = new Map(
    ['approve', 'review', 'decline'].map((decision) => [decision, decisions.labels(decision)] as const),
  );
  const stop = services.journal.subscribe((record) => {
    if (record.type !== 'decision') return;
    const { decision, latencyMs } = record.data as { decision: { decision: string }; latencyMs: number };
    outcomes.get(decision.decision)?.inc();
    latency.observe(latencyMs / 1000);
  });
  app.addHook('onClose', async () => stop());
}

function countNarratives(
  { narration }: Services,
  gauge: (name: string, help: string, read: () => number) => unknown,
  registers: Registry[],
): void {
  if (narration.model === undefined) return;
  gauge('assay_narratives_waiting', 'Decisions that wait for a language model', () => narration.status().waiting);
  gauge('assay_narrator_open', '1 while the language model is not asked because it failed', () =>
    Number(narration.status().open),
  );
  const count = (name: string, help: string, collect: (counter: Counter<string>) => void, labelNames: string[] = []) =>
    new Counter({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        collect(this);
      },
    });
  count('assay_narratives_written_total', 'Texts of a language model that were taken', (counter) =>
    counter.inc(narration.status().written),
  );
  count('assay_narratives_dropped_total', 'Decisions let go because too many waited to be told', (counter) =>
    counter.inc(narration.status().dropped),
  );
  const help = 'Texts that a language model did not give, or that were not believed, by why';
  const failures = (counter: Counter<string>) => {
    for (const [reason, value] of Object.entries(narration.status().failures)) counter.inc({ reason }, value);
  };
  count('assay_narratives_refused_total', help, failures, ['reason']);
}
