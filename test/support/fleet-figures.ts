import type { Subscribe } from '../../src/api/metrics/decisions.ts';
import type { FleetFigures } from '../../src/api/metrics/fleet.ts';

/** Figures as the adapters give them. */
export function fleetFigures(onDecided: Subscribe): FleetFigures {
  return {
    onDecided,
    journal: () => ({
      ...{ unordered: 1, undelivered: 2, produceErrors: 3, indexErrors: 0, heldBytes: 10, pendingBytes: 20 },
      ...{ sequencer: true, healthy: true },
    }),
    raw: () => ({ produceErrors: 4, pendingBytes: 5, healthy: true }),
    consumers: { profiles: () => ({ lag: new Map(), healthy: false }) },
    profiles: () => ({
      ...{ healthy: true, fetches: 10, degraded: 1, unchanged: 7, newest: 2, whole: 3, unseen: 4 },
      ...{ inserts: 9, insertErrors: 1, cachedProfiles: 5, cachedBytes: 6_000 },
    }),
  };
}
