import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Policy, setThresholds } from '../../api/policy.ts';
import { statsQuery, useThresholds } from '../../api/queries.ts';
import { ScoreHistogram } from '../../charts/histogram.tsx';
import { Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import { ThresholdCurve } from './threshold-curve.tsx';
import { shareOf, ThresholdFields, textOfShare } from './threshold-fields.tsx';
import { usePolicyChange } from './use-policy-change.ts';

const WINDOW = '30d';

/** From which probability on a payment is reviewed and declined: the model's own, or yours. */
export function ThresholdsForm({ policy: { thresholds } }: { policy: Policy }) {
  const own = useThresholds();
  const stats = useQuery(statsQuery(WINDOW)).data;
  const [texts, setTexts] = useState({
    review: textOfShare(thresholds.review),
    decline: textOfShare(thresholds.decline),
  });
  const { mutate, isPending, error } = usePolicyChange(setThresholds, 'Thresholds set');
  const wanted = { review: shareOf(texts.review), decline: shareOf(texts.decline) };
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
      <Form
        onSubmit={() => mutate(wanted)}
        action="Set"
        error={error}
        needs={['policy']}
        disabled={isPending || !touched || above}
        beside={
          set && (
            <Button needs={['policy']} disabled={isPending} onClick={() => mutate(null)}>
              Use the model’s own
            </Button>
          )
        }
      >
        <div className="grid grid-cols-2 gap-3">
          <ThresholdFields
            values={texts}
            placeholders={{ review: own && textOf(own.review), decline: own && textOf(own.decline) }}
            onChange={(change) => setTexts((before) => ({ ...before, ...change }))}
          />
        </div>
        <p className="-mt-2 text-xs text-muted">
          Of the calibrated probability of fraud. Empty: the model’s own, which stands in gray.
        </p>
      </Form>
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

const textOf = (share: number): string => (100 * share).toFixed(1);
