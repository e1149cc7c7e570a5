import type { Subscribe } from './decisions.ts';
import type { Meters } from './meters.ts';

/**
 * What only a fleet counts, of whatever parts a process has: a server has no workers, a worker no projection. The shapes are those
 * of the adapters' own `stats()`.
 */
export interface FleetFigures {
  /** Decisions that this process made, once durable. */
  onDecided: Subscribe;
  /** Kafka as the journal. */
  journal?: () => {
    unordered: number;
    undelivered: number;
    produceErrors: number;
    indexErrors: number;
    heldBytes: number;
    pendingBytes: number;
    sequencer: boolean;
    healthy: boolean;
  };
  /** Handing over to transactions.raw and transactions.dead. */
  raw?: () => { produceErrors: number; pendingBytes: number; healthy: boolean };
  /** Members of consumer groups, by what the group is for. */
  consumers?: Readonly<Record<string, () => { lag: ReadonlyMap<number, number>; healthy: boolean }>>;
  /** The worker that decides what came by Kafka. */
  worker?: () => {
    inFlight: number;
    handled: number;
    dead: number;
    retried: number;
    skipped?: Readonly<Record<string, number>>;
  };
  /** Redis. */
  profiles?: () => {
    healthy: boolean;
    fetches: number;
    degraded: number;
    unchanged: number;
    newest: number;
    whole: number;
    unseen: number;
    inserts: number;
    insertErrors: number;
    cachedProfiles: number;
    cachedBytes: number;
  };
}

export function measureFleet(meters: Meters, figures: FleetFigures): void {
  measureKafka(meters, figures);
  measureConsumers(meters, figures);
  measureWorker(meters, figures);
  measureProfiles(meters, figures);
}

function measureKafka({ gauge, counter, counters, gauges }: Meters, { journal, raw }: FleetFigures): void {
  if (!journal) return;
  gauge('assay_kafka_up', '1 while the brokers take and give records', () => Number(journal().healthy));
  gauge('assay_order_lag_records', 'Read and not ordered yet', () => journal().unordered);
  gauge(
    'assay_delivery_lag_records',
    'Ordered and not handed to this process’s listeners yet',
    () => journal().undelivered,
  );
  gauge('assay_sequencer', '1 in the process that writes the order', () => Number(journal().sequencer));
  counter('assay_journal_index_errors_total', 'Look-ups of old keys that failed', () => journal().indexErrors);
  counters('assay_journal_produce_errors_total', 'Requests to Kafka that were not acknowledged', 'topic', () => ({
    log: journal().produceErrors,
    ...(raw ? { raw: raw().produceErrors } : {}),
  }));
  gauges('assay_journal_pending_bytes', 'Handed to Kafka and not acknowledged', 'topic', () => ({
    log: journal().pendingBytes,
    ...(raw ? { raw: raw().pendingBytes } : {}),
  }));
}

/** Of the partitions that are this process's: the sum over processes is the group's, while the group has members. */
function measureConsumers({ gauges }: Meters, { consumers }: FleetFigures): void {
  if (!consumers) return;
  const each = (read: (member: { lag: ReadonlyMap<number, number>; healthy: boolean }) => number) => () =>
    Object.fromEntries(Object.entries(consumers).map(([group, stats]) => [group, read(stats())]));
  const sum = (lag: ReadonlyMap<number, number>) => [...lag.values()].reduce((total, one) => total + one, 0);
  const help = 'Records of this process’s partitions that are not done';
  gauges(
    'assay_consumer_lag_records',
    help,
    'group',
    each(({ lag }) => sum(lag)),
  );
  gauges(
    'assay_consumer_partitions',
    'Partitions that are this process’s',
    'group',
    each(({ lag }) => lag.size),
  );
  gauges(
    'assay_consumer_up',
    '1 while the brokers give this member records',
    'group',
    each((one) => Number(one.healthy)),
  );
}

function measureWorker({ gauge, counters }: Meters, { worker }: FleetFigures): void {
  if (!worker) return;
  gauge('assay_worker_in_flight', 'Transactions from Kafka that are being decided', () => worker().inFlight);
  counters('assay_worker_messages_total', 'Messages of transactions.raw by what became of them', 'result', () => {
    const { handled, dead, retried } = worker();
    return { handled, dead, retried };
  });
  counters('assay_worker_skipped_total', 'Of the handled, those that asked for no decision', 'kind', () => ({
    ...worker().skipped,
  }));
}

function measureProfiles({ gauge, counter, counters }: Meters, { profiles }: FleetFigures): void {
  if (!profiles) return;
  gauge('assay_redis_up', '1 while Redis answers', () => Number(profiles().healthy));
  counter('assay_profile_fetches_total', 'Times that a decision asked for its profiles', () => profiles().fetches);
  counter(
    'assay_profile_fetches_degraded_total',
    'Of those, the ones that Redis did not answer in time',
    () => profiles().degraded,
  );
  counters(
    'assay_profile_reads_total',
    'Profiles read: unchanged in the cache, by newest events, whole, unseen',
    'result',
    () => {
      const { unchanged, newest, whole, unseen } = profiles();
      return { unchanged, newest, whole, unseen };
    },
  );
  counter('assay_profile_inserts_total', 'Events written to profiles', () => profiles().inserts);
  counter(
    'assay_profile_insert_errors_total',
    'Of those, the ones that the log’s consumer has to repeat',
    () => profiles().insertErrors,
  );
  gauge('assay_profile_cache_profiles', 'Profiles that this process remembers', () => profiles().cachedProfiles);
  gauge('assay_profile_cache_bytes', 'Bytes of them', () => profiles().cachedBytes);
}
