import { Admin } from '@platformatic/kafka';
import { clientOptions, unavailable } from './client.ts';
import { type Layout, layoutOf, type Names, namesOf } from './layout.ts';
import { type KafkaOptions, MAX_MESSAGE_BYTES } from './options.ts';

const DAY_MS = 86_400_000;
const TOPIC_ALREADY_EXISTS = 36;

/**
 * Makes the topics that are missing, with explicit partitions, replication and retention, and says how they are laid out:
 * topics that exist stay as they are, so the number of partitions is theirs.
 */
export async function ensureTopics(options: KafkaOptions): Promise<Layout> {
  const names = namesOf(options.namespace);
  const admin = new Admin({ ...clientOptions(options, 'topics'), retries: 5 });
  try {
    const existing = new Set(await admin.listTopics());
    for (const topic of wanted(names, options)) {
      if (existing.has(topic.name)) continue;
      await admin
        .createTopics({
          topics: [topic.name],
          partitions: topic.partitions,
          replicas: options.replication ?? 3,
          configs: topic.configs,
        })
        .catch((error) => {
          // Another process was quicker.
          if (!error.findBy?.('apiCode', TOPIC_ALREADY_EXISTS)) throw error;
        });
    }
    const all = [names.raw, names.scored, names.events, names.control, names.order, names.dead];
    // A topic that was just made is known to every broker a moment later.
    for (let attempt = 0; ; attempt++) {
      try {
        const metadata = await admin.metadata({ topics: [...all], forceUpdate: true });
        const countOf = (name: string) => metadata.topics.get(name)!.partitionsCount;
        const leaders = all.flatMap((name) => metadata.topics.get(name)?.partitions.map((p) => p.leader) ?? [-1]);
        if (leaders.every((leader) => leader >= 0)) return layoutOf(names, countOf(names.scored), countOf(names.raw));
        throw new Error('partitions without a leader');
      } catch (error) {
        if (attempt >= 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  } catch (error) {
    throw unavailable('The topics cannot be made sure of', error);
  } finally {
    await admin.close().catch(() => {});
  }
}

function wanted(names: Names, options: KafkaOptions) {
  const { partitions = 12, retentionDays = 0, rawRetentionDays = 7, replication = 3 } = options;
  const minInsync = options.minInsync ?? Math.min(2, replication);
  const topic = (name: string, count: number, days: number) => ({
    name,
    partitions: count,
    configs: [
      { name: 'cleanup.policy', value: 'delete' },
      { name: 'retention.ms', value: String(days === 0 ? -1 : days * DAY_MS) },
      { name: 'retention.bytes', value: '-1' },
      { name: 'min.insync.replicas', value: String(minInsync) },
      { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
      { name: 'unclean.leader.election.enable', value: 'false' },
    ],
  });
  return [
    topic(names.raw, partitions, rawRetentionDays),
    topic(names.scored, partitions, retentionDays),
    topic(names.events, 1, retentionDays),
    topic(names.control, 1, 0),
    topic(names.order, 1, retentionDays),
    topic(names.dead, 1, rawRetentionDays),
  ];
}
