import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { PenLine } from 'lucide-react';
import { fetchNarrative, type Narrative, narrativeQuery, type Told } from '../../api/narratives.ts';
import { featureWords } from '../../lib/feature-words.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';
import { failed } from '../../ui/toast.tsx';

/** A payment in words, and what to check next. What a language model writes of it comes on the feed. */
export function TransactionNarrative({ id }: { id: string }) {
  const told: Told = { kind: 'transaction', id };
  useLiveRefresh(narrativeQuery(told).queryKey, 1_000, () => live.totals().narrated);
  return <InWords told={told} />;
}

/** A case in words, and what to check next. */
export function CaseNarrative({ id, size }: { id: string; size: number }) {
  return <InWords told={{ kind: 'case', id, size }} />;
}

function InWords({ told }: { told: Told }) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(narrativeQuery(told));
  const asked = useMutation({
    mutationFn: () => fetchNarrative(told, true),
    onSuccess: (narrative) => client.setQueryData(narrativeQuery(told).queryKey, narrative),
    onError: (reason) => failed('Not asked', reason),
  });
  return (
    <Panel title="In words" note={data && writtenBy(data)}>
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingBlock height={120} />
      ) : (
        <>
          <p className="text-pretty">{data.summary}</p>
          {data.signals.length > 0 && (
            <ul aria-label="What it is about" className="mt-2 flex flex-wrap gap-1.5">
              {data.signals.map((code) => (
                <li key={code} className="rounded border border-line px-1.5 py-0.5 text-xs text-muted" title={code}>
                  {featureWords(code)}
                </li>
              ))}
            </ul>
          )}
          {data.checks.length > 0 && (
            <>
              <h3 className="mt-3 text-xs font-medium text-muted">Check next</h3>
              <ul className="mt-1 grid list-disc gap-1 pl-4">
                {data.checks.map(({ code, text }) => (
                  <li key={code}>{text}</li>
                ))}
              </ul>
            </>
          )}
          {data.failure && data.source === 'template' && (
            <p role="status" className="mt-3 rounded-md bg-review-soft px-3 py-2 text-pretty text-review">
              No text by {data.narrator}: {data.failure.text}. What stands here is made of the reasons.
            </p>
          )}
          {data.narrator !== undefined && data.source === 'template' && (
            <Button
              small
              className="mt-3"
              disabled={asked.isPending}
              icon={<PenLine className="size-3.5" />}
              onClick={() => asked.mutate()}
            >
              {asked.isPending ? 'Asking…' : `Ask ${data.narrator}`}
            </Button>
          )}
        </>
      )}
    </Panel>
  );
}

function writtenBy({ source, model, confidence }: Narrative): string {
  const by = source === 'model' ? `by ${model}, checked against the reasons` : 'from the reasons';
  return `${by}; confidence ${confidence}`;
}
