import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { explanationQuery, useThresholds } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { Contributions } from '../../charts/contributions.tsx';
import { ScoreScale } from '../../charts/score-scale.tsx';
import { featureWords } from '../../lib/feature-words.ts';
import { Panel } from '../../ui/bits.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';
import { DecisionRules } from './rules.tsx';

/** The score on its scale, and the reasons that add up to it. */
export function Why({ transaction, shown = 8 }: { transaction: Transaction; shown?: number }) {
  const { id, decision, probability, score, fraudExplanation, sca, degraded, oodWarning, error } = transaction;
  const explanation = useQuery({ ...explanationQuery(id), enabled: decision !== undefined });
  const thresholds = useThresholds(transaction.model?.version);
  if (decision === undefined)
    return (
      <Panel title="Decision">
        <p className="text-muted">{error ?? 'This payment is taken in and waits for its decision.'}</p>
      </Panel>
    );
  return (
    <Panel title="Why" note={transaction.model && `model ${transaction.model.version.slice(0, 12)}`}>
      <div className="grid items-center gap-x-6 gap-y-2 sm:grid-cols-[auto_minmax(0,1fr)]">
        <p className="flex items-baseline gap-2">
          <span className="text-4xl font-semibold tracking-tight">{score}</span>
          <span className="text-xs text-muted">of 100</span>
        </p>
        {probability !== undefined && (
          <ScoreScale probability={probability} outcome={decision} thresholds={thresholds} />
        )}
      </div>
      <p className="mt-2 text-base text-pretty">{fraudExplanation}</p>
      {sca && (
        <p className="mt-3 rounded-md bg-info-soft px-3 py-2">
          May go without strong authentication: the exemption for low risk (PSD2, TRA) is open up to {sca.upTo} EUR.
        </p>
      )}
      {degraded && <Note>Decided without a model, by rules alone.</Note>}
      {oodWarning && oodWarning.length > 0 && <Unusual codes={oodWarning} />}
      <DecisionRules transaction={transaction} explanation={explanation.data} />
      <div className="mt-4 border-t border-line pt-3">
        {explanation.error ? (
          <Failed error={explanation.error} retry={() => void explanation.refetch()} />
        ) : !explanation.data ? (
          <LoadingBlock height={260} />
        ) : explanation.data.contributions.length === 0 ? (
          <p className="py-4 text-muted">
            {explanation.data.incomplete ?? 'No model took part, so there are no contributions to show.'}
          </p>
        ) : (
          <Contributions explanation={explanation.data} shown={shown} />
        )}
      </div>
    </Panel>
  );
}

function Note({ children }: { children: React.ReactNode }) {
  return <p className="mt-3 rounded-md bg-review-soft px-3 py-2 text-review">{children}</p>;
}

/** What lies outside the training data: a few in sight, the rest behind a click. */
function Unusual({ codes }: { codes: string[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? codes : codes.slice(0, 3);
  const hidden = codes.length - shown.length;
  return (
    <Note>
      Outside what training saw, so take the score with care:{' '}
      {shown.map((code) => featureWords(code).toLowerCase()).join('; ')}
      {hidden > 0 ? (
        <>
          {'; '}
          <button type="button" className="font-medium underline underline-offset-3" onClick={() => setAll(true)}>
            and {hidden} more
          </button>
        </>
      ) : (
        '.'
      )}
    </Note>
  );
}
