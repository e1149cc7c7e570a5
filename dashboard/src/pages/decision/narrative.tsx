import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { PenLine } from 'lucide-react';
import { fetchNarrative, type Narrative, narrativeQuery, type Told } from '../../api/narratives.ts';
import { featureWords } from '../../lib/feature-words.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';
import { failed, told as said } from '../../ui/toast.tsx';

/** How long after a decision a language model may still be about to write of it. */
const FRESH_MS = 120_000;

/** A payment in words, and what to check next. */
export function TransactionNarrative({ id, createdAt }: { id: string; createdAt: string }) {
  return <InWords told={{ kind: 'transaction', id }} fresh={Date.now() - Date.parse(createdAt) < FRESH_MS} />;
}

/** A case in words, and what to check next. */
export function CaseNarrative({ id }: { id: string }) {
  return <InWords told={{ kind: 'case', id }} />;
}

function InWords({ told, fresh = false }: { told: Told; fresh?: boolean }) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(narrativeQuery(told, fresh));
  const asked = useMutation({
    mutationFn: () => fetchNarrative(told, true),
    onSuccess: (narrative) => {
      client.setQueryData(narrativeQuery(told).queryKey, narrative);
      if (narrative.source === 'template') said('The language model had nothing that fits the reasons');
    },
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
            <ul aria-label="Reasons that it is about" className="mt-2 flex flex-wrap gap-1.5">
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
