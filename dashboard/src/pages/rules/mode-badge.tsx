import type { RuleMode } from '../../api/policy.ts';
import type { Outcome } from '../../api/types.ts';
import { OUTCOMES, OutcomeMark } from '../../ui/outcome.tsx';

export const MODES: Record<RuleMode, { word: string; means: string }> = {
  live: { word: 'Live', means: 'decides' },
  shadow: { word: 'Shadow', means: 'recorded, not applied' },
  off: { word: 'Off', means: 'not evaluated' },
};

const TONES: Record<RuleMode, string> = {
  live: 'bg-approve-soft text-approve',
  shadow: 'bg-info-soft text-info',
  off: 'bg-sunken text-muted',
};

export function ModeBadge({ mode }: { mode: RuleMode }) {
  return (
    <span
      title={MODES[mode].means}
      className={`inline-flex h-5 items-center rounded px-1.5 text-2xs font-medium whitespace-nowrap ${TONES[mode]}`}
    >
      {MODES[mode].word}
    </span>
  );
}

/** What a rule asks for; a decision's own badge says what was done. */
export function Asks({ outcome, hard = false }: { outcome: Outcome; hard?: boolean }) {
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium whitespace-nowrap ${OUTCOMES[outcome].text}`}>
      <OutcomeMark outcome={outcome} />
      {OUTCOMES[outcome].word}
      {hard && <span className="text-2xs font-medium text-muted">hard</span>}
    </span>
  );
}
