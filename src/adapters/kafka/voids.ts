import { unavailable } from './client.ts';
import type { Memory } from './memory.ts';
import type { Tail } from './tail.ts';

/** Which records count for nothing, because their key was taken before them. */
export interface Voids {
  /** From which offset of a partition on this process knows. */
  knownFrom(partition: number): number;
  /** Waits until this process has read that far; undefined where it does not know. Throws `unavailable` after the deadline. */
  isVoid(partition: number, offset: number): Promise<boolean | undefined>;
}

export function createVoids(
  memory: Pick<Memory, 'isVoid' | 'knownFrom'>,
  tail: Pick<Tail, 'position'>,
  deadlineMs: number,
): Voids {
  return {
    knownFrom: memory.knownFrom,
    async isVoid(partition, offset) {
      for (const end = performance.now() + deadlineMs; tail.position(partition) <= offset; ) {
        if (performance.now() > end) throw unavailable('The log is not read that far');
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      return memory.isVoid(partition, offset);
    },
  };
}
