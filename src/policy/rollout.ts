import { hash53 } from '../domain/hash.ts';

/**
 * Whether a rule's rollout takes an entity in: its place among 0..100, by a hash of rule and entity, lies below the percent.
 * So who is in at 10 % is in at 20 %, and two rules draw differently. Nobody is in where there is no such entity (key 0).
 */
export function inRollout(ruleId: string, percent: number, entityKey: number): boolean {
  if (!(entityKey > 0)) return false;
  return percent >= 100 || (hash53(`rollout\u0000${ruleId}\u0000${entityKey}`) / 2 ** 53) * 100 < percent;
}
