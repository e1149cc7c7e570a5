import type { GeneratedTransaction } from '../training/generator/transaction.ts';

export interface Caught {
  frauds: number;
  /** Sent to review or declined. */
  caught: number;
}

export interface PostSummary {
  posted: number;
  decisions: Record<string, number>;
  /** By HTTP status with its problem code, or by the network's error code. */
  errors: Record<string, number>;
  firstError?: string;
  retries: number;
  /** What was told of payments after their decision. */
  told: { labels: number; disputes: number; events: number };
  tellErrors: number;
  /** What found no room among those waiting. */
  tellingsDropped: number;
  /** Of the answers, from sending to the whole body. */
  latencyMs: { p50: number; p95: number; p99: number; max: number };
  seconds: number;
  ratePerSecond: number;
  caughtByKind: Record<string, Caught>;
  /** Legitimate ones that were sent to review or declined. */
  legitimate: { count: number; flagged: number };
  /** Why it ended before its time. */
  stopped?: string;
}

/** Latencies in buckets that grow by 2%: percentiles within 2%, memory that does not grow. */
export interface Latencies {
  add(ms: number): void;
  quantile(q: number): number;
  readonly max: number;
}

const LEAST_MS = 0.01;
const GROWTH = Math.log(1.02);
const BUCKETS = 1024;

export function createLatencies(): Latencies {
  const counts = new Uint32Array(BUCKETS);
  let total = 0;
  let max = 0;
  return {
    get max() {
      return max;
    },
    add(ms) {
      const bucket = Math.floor(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / GROWTH);
      counts[Math.min(BUCKETS - 1, bucket)]++;
      total++;
      if (ms > max) max = ms;
    },
    quantile(q) {
      let rest = Math.ceil(q * total);
      if (rest === 0) return 0;
      for (let i = 0; i < BUCKETS; i++) {
        rest -= counts[i];
        if (rest <= 0) return Math.min(max, LEAST_MS * Math.exp(GROWTH * (i + 1)));
      }
      return max;
    },
  };
}

export function emptySummary(): PostSummary {
  return {
    posted: 0,
    decisions: {},
    errors: {},
    retries: 0,
    told: { labels: 0, disputes: 0, events: 0 },
    tellErrors: 0,
    tellingsDropped: 0,
    latencyMs: { p50: 0, p95: 0, p99: 0, max: 0 },
    seconds: 0,
    ratePerSecond: 0,
    caughtByKind: {},
    legitimate: { count: 0, flagged: 0 },
  };
}

/** Enters one answer. */
export function recordDecision(summary: PostSummary, row: GeneratedTransaction, decision: string): void {
  summary.posted++;
  summary.decisions[decision] = (summary.decisions[decision] ?? 0) + 1;
  const flagged = decision === 'review' || decision === 'decline' ? 1 : 0;
  if (row.fraudKind) {
    const kind = (summary.caughtByKind[row.fraudKind] ??= { frauds: 0, caught: 0 });
    kind.frauds++;
    kind.caught += flagged;
  } else {
    summary.legitimate.count++;
    summary.legitimate.flagged += flagged;
  }
}

export function recordError(summary: PostSummary, name: string, detail: string): void {
  summary.errors[name] = (summary.errors[name] ?? 0) + 1;
  summary.firstError ??= detail;
}

export function describe(summary: PostSummary): string {
  const { latencyMs, legitimate } = summary;
  const share = (part: number, whole: number) => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)}%`);
  const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
  const lines = [
    `posted ${summary.posted} in ${summary.seconds.toFixed(1)} s (${summary.ratePerSecond.toFixed(1)} a second)`,
    `decisions: ${list(summary.decisions) || 'none'}`,
    `latency: p50 ${ms(latencyMs.p50)}, p95 ${ms(latencyMs.p95)}, p99 ${ms(latencyMs.p99)}, max ${ms(latencyMs.max)}`,
    `legitimate sent to review or declined: ${legitimate.flagged} of ${legitimate.count} (${share(legitimate.flagged, legitimate.count)})`,
  ];
  const kinds = Object.entries(summary.caughtByKind).sort(([, a], [, b]) => b.frauds - a.frauds);
  if (kinds.length > 0) lines.push('frauds sent to review or declined:');
  for (const [kind, { frauds, caught }] of kinds)
    lines.push(`  ${kind.padEnd(22)}${caught} of ${frauds} (${share(caught, frauds)})`);
  const { told, tellErrors, tellingsDropped } = summary;
  if (told.labels + told.disputes + told.events + tellErrors + tellingsDropped > 0)
    lines.push(`told afterwards: ${list(told)}; ${tellErrors} refused, ${tellingsDropped} dropped`);
  if (summary.retries > 0) lines.push(`retries: ${summary.retries}`);
  if (Object.keys(summary.errors).length > 0)
    lines.push(`errors: ${list(summary.errors)}; the first: ${summary.firstError}`);
  if (summary.stopped) lines.push(`stopped: ${summary.stopped}`);
  return lines.join('\n');
}

function list(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
