/** A fleet's topics and profiles as an outside client sees them: sends to transactions.raw, reads what came of it. */
import { createLogClient } from '../../src/adapters/kafka/client.ts';
import { openKafkaJournal } from '../../src/adapters/kafka/journal.ts';
import { namesOf } from '../../src/adapters/kafka/layout.ts';
import { openRawTopic } from '../../src/adapters/kafka/raw.ts';
import { rawMessageOf } from '../../src/adapters/kafka/raw-message.ts';
import { createReader } from '../../src/adapters/kafka/reader.ts';
import { openRedisProfiles } from '../../src/adapters/redis/profiles.ts';
import { readConfig } from '../../src/config.ts';
import type { FoldedLog } from './fleet-verify.ts';
import { until } from './load.ts';

export interface Dead {
  code: string;
  reason: string;
  value: string;
}

export async function openLog(env: Record<string, string>) {
  const { fleet, entityTypes, namespace } = readConfig(env, { modelDir: '' });
  const { brokers, redisUrl, partitions, replication, minInsync } = fleet!;
  const kafka = { brokers, namespace, partitions, replication, minInsync };
  // It reads, and leaves the order to the fleet.
  const journal = await openKafkaJournal({ ...kafka, patienceMs: 3_600_000 });
  const raw = await openRawTopic(kafka);
  const profiles = await openRedisProfiles({ url: redisUrl, namespace, entityTypes, deadlineMs: 5_000 });

  async function sendOne(value: string, key = /"userId":"([^"]*)"/.exec(value)?.[1] ?? 'nobody'): Promise<void> {
    await raw.send({ key, value });
  }

  return {
    ...{ journal, profiles, sendOne },
    /** Resolves when all of it is durable. */
    async sendRaw(values: string[]): Promise<void> {
      for (let i = 0; i < values.length; i += 1_000)
        await Promise.all(values.slice(i, i + 1_000).map((value) => sendOne(value)));
    },
    /** All of transactions.dead. */
    async dead(): Promise<Dead[]> {
      const numbered = {
        at: [{ topic: namesOf(namespace).dead, partition: 0 }],
        numberOf: (topic: string) => (topic === namesOf(namespace).dead ? 0 : undefined),
      };
      const client = createLogClient(kafka, numbered, 'dead');
      const reader = createReader(kafka, numbered, 'dead');
      const found: Dead[] = [];
      const end = (await client.latest([0])).get(0)!;
      for (let next = 0; next < end; )
        for (const record of await reader.read(0, next, 1024 * 1024)) {
          const { headers, value } = rawMessageOf(record);
          found.push({ code: headers['assay-code'], reason: headers['assay-reason'], value: value.toString() });
          next = record.offset + 1;
        }
      await Promise.all([client.close(), reader.close()]);
      return found;
    },
    /** The profiles have been repeated all that was folded. */
    caughtUp: ({ ends }: FoldedLog) =>
      until(
        'the log is repeated to the profiles',
        async () => {
          for (const [partition, end] of ends) if ((await profiles.next(partition)) < end) return false;
          return true;
        },
        120_000,
      ),
    async close() {
      await raw.close();
      await journal.close();
      await profiles.close();
    },
  };
}

export type FleetLog = Awaited<ReturnType<typeof openLog>>;
