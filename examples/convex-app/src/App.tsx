import { useAction, useQuery } from 'convex/react';
import { anyApi } from 'convex/server';
import { useState } from 'react';

interface Payment {
  id: string;
  amount: number;
  currency: string;
  status: 'processing' | 'failed' | 'pending' | 'finalized';
  decision?: 'approve' | 'review' | 'decline';
  score?: number;
  fraudExplanation?: string;
}

/** Pays, and shows what becomes of it as it happens: `useQuery` gets each new row by itself. */
export function App() {
  const [id, setId] = useState<string>();
  const pay = useAction(anyApi.payments.pay);
  const send = async () => setId(await pay({ id: crypto.randomUUID(), amount: 100.5, currency: 'USD' }));
  return (
    <main>
      <button type="button" onClick={send}>
        Pay 100.50 USD
      </button>
      {id && <Watched id={id} />}
    </main>
  );
}

function Watched({ id }: { id: string }) {
  const payment = useQuery(anyApi.transactions.one, { id }) as Payment | null | undefined;
  const finalize = useAction(anyApi.payments.finalize);
  if (!payment) return <p>Sent.</p>;
  const { status, decision, score, fraudExplanation } = payment;
  return (
    <section aria-live="polite">
      <p>{status === 'processing' ? 'Temporary: it is being decided.' : `${decision ?? status}, ${status}`}</p>
      {decision && (
        <p>
          Score {score}: {fraudExplanation}
        </p>
      )}
      {status === 'pending' && decision !== 'decline' && (
        <button type="button" onClick={() => finalize({ id })}>
          Finalize
        </button>
      )}
    </section>
  );
}
