import { Counter, Histogram, type Registry } from 'prom-client';
import type { DecisionData } from '../../domain/records.ts';
import type { JournalRecord } from '../../journal/journal.ts';

/** Calls the listener with records as they become durable. Returns the way to stop. */
export type Subscribe = (listener: (record: JournalRecord) => void) => () => void;

const OUTCOMES = ['approve', 'review', 'decline'];
/** From a decision in memory to one that waits for the profiles of a fleet until its deadline. */
const SECONDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25];

/** The decisions of this process, so that those of several add up. */
export function measureDecisions(registry: Registry, subscribe: Subscribe): () => void {
  const registers = [registry];
  const decisions = new Counter({
    name: 'assay_decisions_total',
    help: 'Durable decisions of this process by outcome',
    labelNames: ['decision'],
    registers,
  });
  const degraded = new Counter({
    name: 'assay_decisions_degraded_total',
    help: 'Decisions for which profiles could not be read in time',
    registers,
  });
  const hits = new Counter({
    name: 'assay_rule_hits_total',
    help: 'Hits of rules in durable decisions of this process; shadow: recorded and not applied',
    labelNames: ['rule', 'mode'],
    registers,
  });
  const latency = new Histogram({
    name: 'assay_decision_latency_seconds',
    help: 'From receipt to the journal',
    buckets: SECONDS,
    registers,
  });
  // There from the start, at zero: else the first decision of an outcome is no increase.
  for (const decision of OUTCOMES) decisions.inc({ decision }, 0);
  const outcomes = new Map(OUTCOMES.map((decision) => [decision, decisions.labels(decision)] as const));
  return subscribe((record) => {
    if (record.type !== 'decision') return;
    const { decision, latencyMs } = record.data as unknown as DecisionData;
    outcomes.get(decision.decision)?.inc();
    if (decision.degraded) degraded.inc();
    for (const { id, mode } of decision.rules) hits.inc({ rule: id, mode });
    latency.observe(latencyMs / 1000);
  });
}
