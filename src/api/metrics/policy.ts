import type { PolicyService } from '../../engine/policy/policy.ts';
import type { Meters } from './meters.ts';

/** Which policy is in force here, what it costs, and which of its rules fail. */
export function measurePolicy({ gauge, counter, counters }: Meters, policy: Pick<PolicyService, 'stats'>): void {
  gauge('assay_policy_version', 'Version of the policy in force in this process', () => policy.stats().version);
  gauge('assay_policy_broken_rules', 'Rules that no longer check, and hit nothing', () => policy.stats().broken.length);
  counters(
    'assay_rule_errors_total',
    'Evaluations of a rule that failed: no hit, and shown',
    'rule',
    () => policy.stats().failures,
  );
  counter(
    'assay_policy_evaluations_timed_total',
    'Evaluations of all rules that were timed',
    () => policy.stats().timed,
  );
  counter('assay_policy_evaluation_seconds_total', 'What those that were timed took', () => policy.stats().seconds);
}
