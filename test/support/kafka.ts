/** One real broker for a test file, and a namespace of its own for each test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';
import { type Kafka, startKafka } from '../../scripts/services/kafka.ts';
import { kafkaJars } from '../../scripts/services/kafka-jars.ts';
import { type KafkaJournal, openKafkaJournal } from '../../src/adapters/kafka/journal.ts';
import type { KafkaJournalOptions, KafkaOptions } from '../../src/adapters/kafka/options.ts';

/** Why there is no broker to try: only where its jars cannot be had. */
export const noKafka = await kafkaJars().then(
  () => undefined,
  (error) => `the jars of Kafka cannot be had: ${error.message}`,
);

export async function broker(): Promise<Kafka | undefined> {
  if (noKafka) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'assay-kafka-'));
  const kafka = await startKafka({ directory });
  after(async () => {
    await kafka.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return kafka;
}

let count = 0;

/** Topics of their own, of few partitions. */
export function ownTopics(kafka: Kafka): KafkaOptions {
  return { brokers: kafka.brokers, namespace: `n${++count}`, partitions: 4, replication: 1, minInsync: 1 };
}

/** Opens journals that are closed at the test's end. */
export async function opened(t: TestContext, options: KafkaJournalOptions): Promise<KafkaJournal> {
  const journal = await openKafkaJournal(options);
  t.after(() => journal.close());
  return journal;
}
