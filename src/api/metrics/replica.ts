import type { Replica } from '../../projections/replica/replica.ts';
import type { Meters } from './meters.ts';

export function measureReplica({ gauge, counters }: Meters, replica: Pick<Replica, 'stats'>): void {
  counters('assay_convex_calls_total', 'Writes to Convex of this process, by what became of them', 'outcome', () => {
    const { batches, failures } = replica.stats();
    return { applied: batches, failed: failures };
  });
  gauge(
    'assay_convex_lag_seconds',
    'Age of the oldest record that is not in Convex yet',
    () => replica.stats().lagSeconds,
  );
}
