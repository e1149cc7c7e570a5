import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Api } from '../api.ts';
import type { Services } from '../services.ts';
import { measureDecisions } from './decisions.ts';
import { measureFleet } from './fleet.ts';
import { createMeters, type Meters } from './meters.ts';
import { measureMirror } from './mirror.ts';
import { measurePolicy } from './policy.ts';
import { measureReplica } from './replica.ts';
import { measureWebhooks } from './webhooks.ts';

/** Up to the bounds that alerts ask for, 150 and 200 ms, and a little beyond. */
const HTTP_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5];

/** Counts and times what a server does, and looks at its services when asked. */
export function measure(app: Api, services: Services): Registry {
  const { journal, projector, engine, fleet, drift, clock } = services;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const meters = createMeters(registry);
  measureRequests(app, registry);
  measureJournal(meters, journal);
  // The journal of one machine holds what this process decided; that of a fleet what all of them did.
  const subscribe = fleet?.figures.onDecided ?? ((listener) => journal.subscribe(listener));
  const stop = measureDecisions(registry, subscribe);
  app.addHook('onClose', async () => stop());
  if (fleet) measureFleet(meters, fleet.figures);

  meters.gauge('assay_projection_lag_records', 'Durable and not in the database yet', () =>
    Math.max(0, journal.durable - projector.applied),
  );
  meters.gauge(
    'assay_drift_alarms_open',
    'Alarms of drift in the last 24 hours',
    () => drift.alarms(clock() - 86_400_000).filter(({ level }) => level === 'alarm').length,
  );
  meters.gauge('assay_database_up', '1 while the database answers', () => Number(projector.healthy));
  meters.gauge('assay_model_loaded', '1 while a model serves', () => Number(engine.modelVersion !== undefined));
  meters.gauges('assay_model_info', '1 for the version that decides', 'version', () =>
    engine.modelVersion === undefined ? {} : { [engine.modelVersion]: 1 },
  );
  measurePolicy(meters, services.policy);
  measureWebhooks(meters, services.webhooks);
  if (services.replica) measureReplica(meters, services.replica);
  if (services.mirror) measureMirror(meters, services.mirror);
  measureNarration(meters, services);
  measureLog(meters, services.log);
  return registry;
}

export function measureJournal(meters: Meters, journal: Services['journal']): void {
  meters.gauge('assay_journal_up', '1 while the journal takes records', () => Number(journal.status().ok));
  meters.gauge(
    'assay_journal_damaged_records',
    'Parts of sealed segments that the disk no longer gives back',
    () => journal.status().scrub?.damage.length ?? 0,
  );
  meters.gauge(
    'assay_journal_scrubbed_timestamp_seconds',
    'When all sealed segments had last been read against their checksums; 0 before the first time',
    () => (journal.status().scrub?.finishedAt ?? 0) / 1000,
  );
  meters.gauge(
    'assay_disk_free_bytes',
    'Left on the disk of the data directory; 0 where nothing says so',
    () => journal.status().space?.freeBytes ?? 0,
  );
  meters.gauge(
    'assay_disk_reserve_bytes',
    'Below this much nothing is decided',
    () => journal.status().space?.reserveBytes ?? 0,
  );
  meters.gauge('assay_journal_durable_sequence', 'Newest durable record', () => journal.durable);
  meters.gauge('assay_journal_waiting_records', 'Handed in, or ordered, and not durable here yet', () =>
    Math.max(0, journal.last - journal.durable),
  );
  meters.gauge(
    'assay_journal_bytes',
    'Size of the journal; in a fleet, what of it this process holds in memory',
    () => journal.status().bytes,
  );
}

export function measureLog(meters: Meters, { lines }: { lines?: Readonly<Record<string, number>> }): void {
  if (lines) meters.counters('assay_log_lines_total', 'Lines of the log by level', 'level', () => lines);
}

/** A label set is looked up once per route and status, not hashed on every request. */
function measureRequests(app: Api, registry: Registry): void {
  const duration = new Histogram({
    name: 'assay_http_request_duration_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: HTTP_SECONDS,
    registers: [registry],
  });
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
}

function measureNarration(meters: Meters, { narration }: Services): void {
  if (narration.model === undefined) return;
  const { gauge, counter, counters } = meters;
  gauge('assay_narratives_waiting', 'Decisions that wait for a language model', () => narration.status().waiting);
  gauge('assay_narrator_open', '1 while the language model is not asked because it failed', () =>
    Number(narration.status().open),
  );
  counter(
    'assay_narratives_written_total',
    'Texts of a language model that were taken',
    () => narration.status().written,
  );
  counter(
    'assay_narratives_dropped_total',
    'Decisions let go because too many waited to be told',
    () => narration.status().dropped,
  );
  const help = 'Texts that a language model did not give, or that were not believed, by why';
  counters(
    'assay_narratives_refused_total',
    help,
    'reason',
    () => narration.status().failures as Record<string, number>,
  );
}
