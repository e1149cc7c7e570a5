import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Policy, setThresholds } from '../../api/policy.ts';
import { statsQuery, useThresholds } from '../../api/queries.ts';
import { ScoreHistogram } from '../../charts/histogram.tsx';
import { Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { ThresholdCurve } from './threshold-curve.tsx';
import { usePolicyChange } from './use-policy-change.ts';

const WINDOW = '30d';

/** From which probability on a payment is reviewed and declined: the model's own, or yours. */
export function ThresholdsForm({ policy: { thresholds } }: { policy: Policy }) {
  const own = useThresholds();
  const stats = useQuery(statsQuery(WINDOW)).data;
  const [review, setReview] = useState(textOf(thresholds.review));
  const [decline, setDecline] = useState(textOf(thresholds.decline));
  const { mutate, isPending, error } = usePolicyChange(setThresholds, 'Thresholds set');
  const wanted = { review: shareOf(review), decline: shareOf(decline) };
  const shown = { review: wanted.review ?? own?.review, decline: wanted.decline ?? own?.decline };
  const whole =
    shown.review !== undefined && shown.decline !== undefined
      ? { review: shown.review, decline: shown.decline }
      : undefined;
  const above = whole !== undefined && whole.review > whole.decline;
  const touched = wanted.review !== thresholds.review || wanted.decline !== thresholds.decline;
  const set = thresholds.review !== null || thresholds.decline !== null;
  return (
    <Panel title="Thresholds" note={set ? 'yours' : 'the model’s own'}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          mutate(wanted);
        }}
      >
        <div className="grid grid-cols-2 gap-3">
          <Field
            label="Review from, percent"
            type="number"
            min={0}
            max={100}
            step="any"
            placeholder={own && (100 * own.review).toFixed(1)}
            value={review}
            onChange={(event) => setReview(event.target.value)}
          />
          <Field
            label="Decline from, percent"
            type="number"
            min={0}
            max={100}
            step="any"
            placeholder={own && (100 * own.decline).toFixed(1)}
            value={decline}
            error={above ? 'must not be below review' : undefined}
            onChange={(event) => setDecline(event.target.value)}
          />
        </div>
        <p className="-mt-2 text-xs text-muted">
          Of the calibrated probability of fraud. Empty: the model’s own, which stands in grey.
        </p>
        {error && (
          <p role="alert" className="text-decline">
            {error.message}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          {set && (
            <Button needs={['policy']} disabled={isPending} onClick={() => mutate(null)}>
              Use the model’s own
            </Button>
          )}
          <Button type="submit" kind="primary" needs={['policy']} disabled={isPending || !touched || above}>
            Set
          </Button>
        </div>
      </form>
      {stats && stats.count > 0 && (
        <div className="mt-5 grid gap-5 border-t border-line pt-4">
          <div>
            <p className="mb-2 text-xs text-muted">Scores of the last 30 days</p>
            <ScoreHistogram bins={stats.scoreHistogram} thresholds={whole} />
          </div>
          {whole && <ThresholdCurve thresholds={whole} />}
        </div>
      )}
    </Panel>
  );
}

const textOf = (share: number | null): string => (share === null ? '' : String(Number((share * 100).toPrecision(6))));
const shareOf = (text: string): number | null => (text.trim() === '' ? null : Number(text) / 100);
