import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useFeatureWords } from '../../api/features.ts';
import type { Model } from '../../api/model-types.ts';
import { modelQuery } from '../../api/models.ts';
import { percent } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';

const FIRST = 12;

/** What it goes by, the strongest first: shares of all that splitting gained. */
export function Importance({ model }: { model: Model }) {
  const { data, error, refetch } = useQuery(modelQuery(model.version));
  const [all, setAll] = useState(false);
  const words = useFeatureWords();
  const entries = data?.importance ?? [];
  const total = entries.reduce((sum, { gain }) => sum + gain, 0);
  const shown = all ? entries : entries.slice(0, FIRST);
  return (
    <Panel
      title="What it goes by"
      note={data?.features ? `${entries.length} of ${data.features.length} features, share of the gain` : undefined}
    >
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingRows rows={FIRST} />
      ) : entries.length === 0 ? (
        <p className="text-muted">This learner does not tell.</p>
      ) : (
        <>
          <ol className="grid gap-x-8 gap-y-2 lg:max-2xl:grid-cols-2">
            {shown.map(({ feature, gain }) => (
              <li key={feature} title={feature}>
                <div className="flex items-baseline gap-3">
                  <span className="min-w-0 flex-1 truncate">{words(feature)}</span>
                  <span className="num text-xs font-medium">{percent(gain / total)}</span>
                </div>
                <div className="mt-0.5 h-1 rounded-full bg-sunken" aria-hidden="true">
                  <div
                    className="h-full rounded-full bg-info"
                    style={{ width: `${Math.max(0.5, (100 * gain) / entries[0].gain)}%` }}
                  />
                </div>
              </li>
            ))}
          </ol>
          {entries.length > FIRST && (
            <Button small className="mt-3" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? 'Fewer' : `All ${entries.length}`}
            </Button>
          )}
        </>
      )}
    </Panel>
  );
}
