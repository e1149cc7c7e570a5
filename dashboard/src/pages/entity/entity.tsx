import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { entityQuery } from '../../api/queries.ts';
import { Timeline } from '../../charts/timeline.tsx';
import { capital, count, percent, plural } from '../../lib/format.ts';
import { PageHeader, Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { PaymentList } from '../decision/past.tsx';
import { AddToList } from '../lists/add-to-list.tsx';
import { Cases, Life } from './life.tsx';
import { Labels, Notes } from './notes.tsx';
import { SeenWith } from './seen-with.tsx';

// Its layout is a library of its own: whoever looks at payments alone does not wait for it.
const LinksPanel = lazy(() => import('../links/links-panel.tsx').then((module) => ({ default: module.LinksPanel })));

/** So that what it is joined with is in sight too. */
const FEW = 15;
/** Up to so many payments leave room below them for what it was seen with. */
const ROOM = 3;

/** Everything that a user, card, device, address or merchant did lately, and what it was seen with. */
export function EntityPage() {
  const { type, id } = useParams({ from: '/entities/$type/$id' });
  const { list: asked = false } = useSearch({ from: '/entities/$type/$id' });
  const { data, error, refetch } = useQuery(entityQuery(type, id, 100));
  const [all, setAll] = useState(false);
  const transactions = data?.transactions ?? [];
  // Of a user there may be logins and payouts among them.
  const noun = transactions.every((t) => t.type === 'payment') ? 'payment' : 'event';
  const stopped = transactions.filter(({ decision }) => decision && decision !== 'approve').length;
  return (
    <>
      <PageHeader
        title={<span className="break-all">{id}</span>}
        name={`${capital(type)} ${id}`}
        note={
          data && transactions.length > 0
            ? `${capital(type)} · ${plural(transactions.length, `recent ${noun}`)}, ${percent(stopped / transactions.length)} reviewed or declined`
            : capital(type)
        }
      >
        <AddToList key={`${type} ${id}`} entity={{ type, id }} note="" worded asked={asked} />
      </PageHeader>
      <div className="-mt-2 mb-4">
        <Labels key={`${type} ${id}`} type={type} id={id} />
      </div>
      {error ? (
        <Panel>
          <Failed error={error} retry={() => void refetch()} />
        </Panel>
      ) : !data ? (
        <LoadingRows />
      ) : transactions.length === 0 ? (
        <div className="grid gap-4">
          <Panel>
            <Empty title="Nothing is known of it">Nothing that was decided names this {type}.</Empty>
          </Panel>
          <Notes key={`${type} ${id}`} type={type} id={id} />
        </div>
      ) : (
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.9fr)_minmax(20rem,1fr)]">
          <div className="min-w-0 xl:col-span-2">
            <Life of={data} />
          </div>
          <div className="grid min-w-0 gap-4">
            <Panel title={`Recent ${noun}s`}>
              <Timeline lanes={[{ name: capital(type), transactions }]} current="" />
              <PaymentList transactions={all ? transactions : transactions.slice(0, FEW)} of={id} />
              {!all && transactions.length > FEW && (
                <Button small className="mt-4" onClick={() => setAll(true)}>
                  Show all {count(transactions.length)}
                </Button>
              )}
            </Panel>
            {transactions.length <= ROOM && <SeenWith of={data} />}
          </div>
          <div className="grid min-w-0 gap-4">
            <Notes key={`${type} ${id}`} type={type} id={id} />
            <Cases type={type} id={id} />
            {transactions.length > ROOM && <SeenWith of={data} />}
          </div>
          <div className="min-w-0 xl:col-span-2">
            <Suspense fallback={<LoadingRows rows={6} />}>
              <LinksPanel key={`${type} ${id}`} type={type} id={id} />
            </Suspense>
          </div>
        </div>
      )}
    </>
  );
}
