import type { CanaryPlan } from '../../api/models.ts';
import { Segmented } from '../../ui/bits.tsx';
import { Field } from '../../ui/field.tsx';

/** What is written of a promotion. */
export interface How {
  isShare: boolean;
  /** Percent, parted by spaces or commas. */
  steps: string;
  minutes: string;
  by: string;
  reason: string;
}

export const AT_ONCE: How = { isShare: false, steps: '10, 50, 100', minutes: '60', by: 'user', reason: '' };
const MOST_REASON = 2_000;

/** As it is sent; what cannot be read is the server's to refuse. */
export function howAsked({ isShare, steps, minutes, by, reason }: How): { reason?: string; canary?: CanaryPlan } {
  const why = reason.trim() ? { reason: reason.trim() } : {};
  if (!isShare) return why;
  const percents = steps.split(/[\s,;%→]+/).filter(Boolean);
  return { ...why, canary: { steps: percents.map(Number), minutes: Number(minutes), by: by.trim() } };
}

/** For all at once, or for a share that grows while the guard is quiet; and why. */
export function HowToPromote(props: { how: How; onChange: (how: How) => void; mayShare: boolean }) {
  const { how, onChange, mayShare } = props;
  const set = (part: Partial<How>) => onChange({ ...how, ...part });
  const field = (name: 'steps' | 'minutes' | 'by' | 'reason') => ({
    value: how[name],
    onChange: ({ target }: { target: { value: string } }) => set({ [name]: target.value }),
  });
  return (
    <div className="mt-4 grid gap-3">
      {mayShare && (
        <Segmented
          label="For whom"
          value={how.isShare ? 'share' : 'all'}
          options={[
            { value: 'all', label: 'For all at once' },
            { value: 'share', label: 'For a share first' },
          ]}
          onChange={(value) => set({ isShare: value === 'share' })}
        />
      )}
      {how.isShare && (
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label="Steps, percent" hint="They rise. 100 after others promotes it." {...field('steps')} />
          <Field
            label="Minutes a step, at least"
            inputMode="numeric"
            hint="And 100 payments in it"
            {...field('minutes')}
          />
          <Field label="Share of" hint="An entity’s type, such as card" {...field('by')} />
        </div>
      )}
      <Field
        label="Why (kept with the promotion)"
        maxLength={MOST_REASON}
        hint="Such as the verdict of the page Proof"
        {...field('reason')}
      />
    </div>
  );
}
