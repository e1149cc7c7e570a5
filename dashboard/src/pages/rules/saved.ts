import type { Rule } from '../../api/policy.ts';
import { moneyShort, plural } from '../../lib/format.ts';
import { told } from '../../ui/toast.tsx';

/** What became of a rule that was saved, and what is worth knowing of it. */
export function tellSaved(rule: Rule, base: string): void {
  const proposed = rule.proposed !== undefined || rule.status === 'proposed';
  const { count = 0, amount = 0 } = rule.overridden ?? {};
  const over =
    count > 0
      ? `It would have let through ${plural(count, 'decline')} of the last month, ${moneyShort(amount, base)}.`
      : undefined;
  const notes = [proposed ? 'It is in force once another key approves it.' : undefined, over, rule.warnings?.[0]];
  told(proposed ? 'Proposed' : `Saved as version ${rule.version}`, notes.filter(Boolean).join(' ') || undefined);
}
