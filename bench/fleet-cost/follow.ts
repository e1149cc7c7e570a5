/** A process of a fleet that follows the log and does nothing else. */
import { openKafkaJournal } from '../../src/adapters/kafka/journal.ts';
import { readConfig } from '../../src/config.ts';

const { fleet, namespace } = readConfig(process.env, { modelDir: '' });
const { brokers, partitions, replication, minInsync } = fleet!;
const journal = await openKafkaJournal({
  ...{ brokers, namespace, partitions, replication, minInsync, patienceMs: 3_600_000 },
});
journal.subscribe(() => {});
process.stdout.write('follows\n');
