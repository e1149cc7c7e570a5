import { useState } from 'react';
import { type Control, type Policy, setControl } from '../../api/policy.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { Panel } from '../../ui/bits.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { shareOf, textOfShare } from './threshold-fields.tsx';
import { usePolicyChange } from './use-policy-change.ts';

/** A share of what would be declined is let through, to learn whether declining was right. */
export function ControlForm({ policy: { control } }: { policy: Policy }) {
  const base = useBaseCurrency();
  const [share, setShare] = useState(textOfShare(control.share));
  const [maxAmount, setMaxAmount] = useState(textOf(control.maxAmount));
  const [maxPerEntity, setMaxPerEntity] = useState(textOf(control.maxPerEntity));
  const [maxDailyAmount, setMaxDaily] = useState(textOf(control.maxDailyAmount));
  const { mutate, isPending, error } = usePolicyChange(setControl, 'Control share set');
  const wanted: Control = {
    share: shareOf(share) ?? 0,
    maxAmount: numberOf(maxAmount),
    maxPerEntity: numberOf(maxPerEntity),
    maxDailyAmount: numberOf(maxDailyAmount),
  };
  const unbounded = wanted.share > 0 && wanted.maxAmount === null && wanted.maxDailyAmount === null;
  return (
    <Panel title="Control share" note={control.share > 0 ? 'on' : 'off'}>
      <p className="mb-4 max-w-prose text-muted text-pretty">
        What is declined is never known to have been fraud. A small share let through tells how right declines are. It
        is drawn by card and day with a secret of the server, never from hard rules, and opens no case.
      </p>
      <Form
        onSubmit={() => mutate(wanted)}
        action="Set"
        error={error}
        needs={['policy']}
        disabled={isPending || same(wanted, control)}
      >
        <div className="grid gap-3 sm:grid-cols-2">
          <Field
            label="Share of declines, percent"
            type="number"
            required
            min={0}
            max={50}
            step="any"
            value={share}
            hint="0 is off."
            onChange={(event) => setShare(event.target.value)}
          />
          <Field
            label={`Up to an amount of, ${base}`}
            type="number"
            min={0}
            step="any"
            placeholder="no limit"
            value={maxAmount}
            onChange={(event) => setMaxAmount(event.target.value)}
          />
          <Field
            label="A card or user, a day"
            type="number"
            min={1}
            step={1}
            placeholder="no limit"
            value={maxPerEntity}
            onChange={(event) => setMaxPerEntity(event.target.value)}
          />
          <Field
            label={`In all a day, ${base}`}
            type="number"
            min={0}
            step="any"
            placeholder="no limit"
            value={maxDailyAmount}
            onChange={(event) => setMaxDaily(event.target.value)}
          />
        </div>
        {unbounded && (
          <p className="rounded-md bg-review-soft px-3 py-2 text-xs text-review">
            No amount bounds what may be lost: set one a payment, or one a day.
          </p>
        )}
      </Form>
    </Panel>
  );
}

const textOf = (value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(value);
const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text));
const same = (a: Control, b: Control): boolean =>
  a.share === b.share &&
  a.maxAmount === b.maxAmount &&
  a.maxPerEntity === (b.maxPerEntity ?? null) &&
  a.maxDailyAmount === (b.maxDailyAmount ?? null);
