import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { counterfactualsQuery } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { percent } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { OutcomeBadge } from '../../ui/outcome.tsx';
import { Failed, LoadingBlock } from '../../ui/states.tsx';

/** The smallest changes after which it would have been decided more mildly; asked for by hand, since they would coach a thief. */
export function WhatIf({ transaction: { id, decision } }: { transaction: Transaction }) {
  const [asked, setAsked] = useState(false);
  const { data, error, refetch } = useQuery({ ...counterfactualsQuery(id), enabled: asked });
  if (decision === undefined || decision === 'approve') return null;
  return (
    <Panel title="What would have changed it" note="for reviewers only">
      {!asked ? (
        <Button needs={['review']} onClick={() => setAsked(true)}>
          Find the smallest changes
        </Button>
      ) : error ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingBlock height={72} />
      ) : data.counterfactuals.length === 0 ? (
        <p className="text-pretty text-muted">{data.none}</p>
      ) : (
        <>
          <ul aria-label="Changes">
            {data.counterfactuals.map(({ changes, decision, probability }) => (
              <li
                key={changes.map(({ message }) => message).join()}
                className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-line py-2 first:pt-0 not-last:border-b"
              >
                <span className="min-w-0 flex-1 basis-56 [overflow-wrap:anywhere]">
                  {changes.map(({ message }) => message).join('; ')}
                </span>
                <OutcomeBadge outcome={decision} />
                <span className="num text-xs text-muted">probability {percent(probability)}</span>
              </li>
            ))}
          </ul>
          <p className="mt-2 text-xs text-pretty text-muted">
            Each was decided again, by the model and the policy of then over what was known then.
          </p>
        </>
      )}
    </Panel>
  );
}
