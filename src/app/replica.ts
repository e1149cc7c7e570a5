import { openConvex } from '../adapters/convex/target.ts';
import type { Config } from '../config.ts';
import { createReplica, type Replica, type ReplicaOptions } from '../projections/replica/replica.ts';

/** The copy that is configured, if one is. Throws where its package is not installed. */
export async function openReplica(
  { convex }: Config,
  ports: Omit<ReplicaOptions, 'target' | 'maxLagMs'>,
): Promise<Replica | undefined> {
  if (!convex) return undefined;
  return createReplica({ ...ports, target: await openConvex(convex), maxLagMs: convex.maxLagMs });
}
