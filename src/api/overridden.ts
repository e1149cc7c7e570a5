import type { PolicyAnswer } from '../engine/policy/state.ts';
import { policyAt } from '../engine/policy/versions.ts';
import type { Services } from './services.ts';

/** The answer to a rule that lets payments through in spite of the model: with the declines that it would have overridden. */
export async function withOverridden(
  { policy, backtests }: Pick<Services, 'policy' | 'backtests'>,
  answer: PolicyAnswer,
): Promise<PolicyAnswer> {
  const { state } = policy.log;
  const saved = state.rules.get(String(answer.body?.id));
  const rule = saved?.proposed ?? saved?.current;
  const { mode, outcome, priority } = rule?.content ?? {};
  if (!rule || mode !== 'live' || outcome !== 'approve' || !(priority! >= 1)) return answer;
  const now = policyAt(state, state.version)!;
  const tried = { ...now, rules: [...now.rules.filter(({ id }) => id !== rule.id), rule] };
  const overridden = await backtests.overridden({ policy: tried, inForce: policy.prepare(tried) }, rule.id);
  return { ...answer, body: { ...answer.body, overridden } };
}
