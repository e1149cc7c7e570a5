import type { DecisionData } from '../domain/records.ts';
import type { JournalRecord } from '../journal/journal.ts';
import type { FeedEvent } from './feed-events.ts';

/** Latencies kept for the percentiles. */
const KEPT = 1024;
const SECONDS = 60;

/** Counts since the start and over the last minute, and the latency of the newest decisions. Bounded. */
export function createFeedStats(startedAt: number) {
  const counts = { approve: 0, review: 0, decline: 0 };
  let decided = 0;
  const latencies = new Float64Array(KEPT);
  const perSecond = new Float64Array(SECONDS);
  let second = Math.floor(startedAt / 1000);

  function advance(now: number): void {
    const current = Math.floor(now / 1000);
    for (let s = Math.max(second + 1, current - SECONDS + 1); s <= current; s++) perSecond[s % SECONDS] = 0;
    second = Math.max(second, current);
  }

  return {
    add(record: JournalRecord, now: number): void {
      if (record.type !== 'decision') return;
      const { decision, latencyMs } = record.data as unknown as DecisionData;
      latencies[decided++ % KEPT] = latencyMs;
      counts[decision.decision]++;
      advance(now);
      perSecond[second % SECONDS]++;
    },
    event(seq: number, now: number): FeedEvent {
      advance(now);
      const sorted = latencies.slice(0, Math.min(decided, KEPT)).sort();
      const quantile = (q: number) => (sorted.length === 0 ? 0 : sorted[Math.ceil(q * sorted.length) - 1]);
      return {
        seq,
        type: 'stats',
        at: new Date(now).toISOString(),
        data: {
          since: new Date(startedAt).toISOString(),
          decided,
          ...counts,
          perMinute: perSecond.reduce((sum, n) => sum + n, 0),
          latencyMs: { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) },
        },
      };
    },
  };
}
