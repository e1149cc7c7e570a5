import { Consumer } from '@platformatic/kafka';
import { clientOptions } from './client.ts';
import type { Numbered } from './layout.ts';
import type { KafkaOptions } from './options.ts';

/** Membership in a consumer group: which partitions are this process's, through rebalances and restarts of brokers. */
export interface Group {
  /** Moves the group's positions. Rejects where the partitions may be another member's by now. */
  commit(positions: ReadonlyMap<number, number>): Promise<void>;
  /** Where the group stands; absent where it never committed. */
  committed(numbers: readonly number[]): Promise<Map<number, number>>;
  close(): Promise<void>;
}

export interface GroupPorts {
  groupId: string;
  space: Numbered;
  /** These partitions are this process's from now on, and no others. */
  onAssigned(numbers: number[]): void;
  /** A rebalance begins: resolves when what is under way is done and committed. Waited for within `drainMs`. */
  onRevoking(): Promise<void>;
}

export interface GroupOptions extends KafkaOptions {
  /** A member that says nothing for so long is given up. 6,000 by default, the least that brokers allow. */
  sessionMs?: number;
  /** How long a rebalance waits for what is under way; less than `sessionMs`. 4,000 by default. */
  drainMs?: number;
}

const HEARTBEATS = 6;
const AGAIN_MS = 500;

export function joinGroup(options: GroupOptions, ports: GroupPorts): Group {
  const { space, groupId, onAssigned } = ports;
  const { sessionMs = 6_000, drainMs = 4_000, log } = options;
  const topics = [...new Set(space.at.map(({ topic }) => topic))];
  let consumer: Consumer | undefined;
  let closed = false;
  let wake = () => {};

  function create(onLost: (error: unknown) => void): Consumer {
    const made = new Consumer({
      ...clientOptions(options, groupId),
      // Joining takes as long as the slowest member.
      ...{ requestTimeout: 2 * sessionMs, retries: 3, retryDelay: 200 },
      ...{ groupId, sessionTimeout: sessionMs, rebalanceTimeout: sessionMs, heartbeatInterval: sessionMs / HEARTBEATS },
      protocols: [{ name: 'roundrobin', version: 1 }],
      // Asked for before each request to join, which waits for it: the moment to finish what is under way.
      async protocolsMetadata() {
        const late = new Promise((resolve) => setTimeout(resolve, drainMs).unref());
        await Promise.race([ports.onRevoking(), late]).catch(() => {});
        return Buffer.alloc(0);
      },
    });
    for (const topic of topics) made.topics.track(topic);
    made.on('error', onLost);
    made.on('consumer:heartbeat:stalled', ({ lastError }) =>
      onLost(lastError ?? new Error('no heartbeat got through')),
    );
    made.on('consumer:group:join', ({ assignments = [] }) => {
      const numbers = assignments.flatMap(({ topic, partitions }) =>
        partitions.map((partition) => space.numberOf(topic, partition)).filter((number) => number !== undefined),
      );
      if (!closed && made === consumer) onAssigned(numbers);
    });
    return made;
  }

  /** A member that was lost begins anew. */
  async function run(): Promise<void> {
    while (!closed) {
      const { promise: lost, reject } = Promise.withResolvers<never>();
      lost.catch(() => {});
      const stopped = new Promise<void>((resolve) => {
        wake = resolve;
      });
      consumer = create(reject);
      try {
        await Promise.race([consumer.joinGroup({}), lost]);
        await Promise.race([lost, stopped]);
      } catch (error) {
        if (closed) break;
        log?.warn({ group: groupId, reason: (error as Error).message }, 'left the consumer group; joins it anew');
        onAssigned([]);
        await consumer.close(true).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  const running = run();

  return {
    async commit(positions) {
      if (positions.size === 0) return;
      const offsets = [...positions].map(([number, offset]) => ({
        ...space.at[number],
        ...{ offset: BigInt(offset), leaderEpoch: -1 },
      }));
      await consumer!.commit({ offsets });
    },
    async committed(numbers) {
      const byTopic = new Map<string, number[]>();
      for (const number of numbers) {
        const { topic, partition } = space.at[number];
        byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition]);
      }
      const asked = [...byTopic].map(([topic, partitions]) => ({ topic, partitions }));
      const found = await consumer!.listCommittedOffsets({ topics: asked });
      const positions = new Map<number, number>();
      for (const number of numbers) {
        const { topic, partition } = space.at[number];
        const offset = found.get(topic)?.[partition];
        if (offset !== undefined && offset >= 0n) positions.set(number, Number(offset));
      }
      return positions;
    },
    async close() {
      closed = true;
      wake();
      await consumer?.close(true).catch(() => {});
      await running;
    },
  };
}
