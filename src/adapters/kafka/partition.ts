import { murmur2 } from '@platformatic/kafka';

/** As Kafka's own clients place a key, so that whatever else writes the topic agrees. */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}
