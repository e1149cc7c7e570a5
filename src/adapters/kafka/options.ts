import type { KeyIndex } from '../../profiles/shared.ts';

/** What every client of the brokers is made with. */
export interface KafkaOptions {
  /** PEM texts; absent: no TLS. */
  tls?: { ca?: string; cert?: string; key?: string } | undefined;
  sasl?: { mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'; username: string; password: string } | undefined;
  /** Bootstrap addresses, `host:port`. */
  brokers: readonly string[];
  /** Prefix of the topics; none for `assay`. */
  namespace?: string;
  /** Of `transactions.raw` and `transactions.scored`, where they do not exist yet. 12 by default. */
  partitions?: number;
  /** At most the number of brokers. 3 by default. */
  replication?: number;
  /** min.insync.replicas. 2 by default, at most `replication`. */
  minInsync?: number;
  /** Of scored, events and order, days; 0 keeps for ever, which is the default. */
  retentionDays?: number;
  /** Of raw, days. 7 by default. */
  rawRetentionDays?: number;
  /** Every call answers or fails within this. 5,000 by default. */
  deadlineMs?: number;
  log?: KafkaLog;
}

export interface KafkaLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface KafkaJournalOptions extends KafkaOptions {
  /** Where the first record of a key lies that is older than this process's own memory. */
  index?: Pick<KeyIndex, 'get'>;
  /**
   * A key is taken for this many offsets of its partition: a record that repeats it within them is a `void`, for every reader.
   * The same in all processes; 10,000 by default.
   */
  window?: number;
  /** Bound on records held in memory. 64 MiB by default. */
  maxHeldBytes?: number;
  /** Bound on what is handed in and not durable: beyond, `enqueue` throws `unavailable`. 64 MiB by default. */
  maxInFlightBytes?: number;
  /** How long this process waits for another one to order records, before it does so. 300 ms + up to 300 ms by chance by default. */
  patienceMs?: number;
  /** A listener threw, or a record could not be read. A process warning by default. */
  onWarning?: (error: unknown) => void;
}

export const DEFAULT_DEADLINE_MS = 5_000;
export const DEFAULT_WINDOW = 10_000;
/** A body of a megabyte, twice, and what is decided about it. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
