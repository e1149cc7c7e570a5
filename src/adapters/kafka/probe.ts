import { Admin } from '@platformatic/kafka';
import { reasonOf } from '../../domain/outage.ts';
import { clientOptions } from './client.ts';
import { namesOf } from './layout.ts';
import type { KafkaOptions } from './options.ts';

export interface KafkaProbe {
  brokers: number;
  /** Topics of this namespace that are not there yet. */
  missing: string[];
}

/** Asks the brokers once, and makes nothing. Rejects where none can be reached. */
export async function probeKafka(options: KafkaOptions): Promise<KafkaProbe> {
  const admin = new Admin(clientOptions(options, 'doctor'));
  try {
    const there = new Set(await admin.listTopics());
    const { brokers } = await admin.metadata({ topics: [] });
    const names = namesOf(options.namespace);
    return { brokers: brokers.size, missing: Object.values(names).filter((name) => !there.has(name)) };
  } catch (error) {
    throw new Error(reasonOf(error));
  } finally {
    await admin.close().catch(() => {});
  }
}
