import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Inbox, RotateCw, Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { alertsQuery } from '../../api/queries.ts';
import { lacking, useSession } from '../../api/session.ts';
import type { Scope } from '../../api/types.ts';
import { count } from '../../lib/format.ts';
import { leaveOnEscape, useHotkeys } from '../../lib/hotkeys.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { PageHeader } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/field.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { LabelDialog, OverrideDialog } from '../decision/dialogs.tsx';
import { Detail } from './detail.tsx';
import { Item } from './item.tsx';
import { useWork } from './use-work.ts';
import { ORDERS, type Order, usable } from './work.ts';

/** What waits for a person, most at stake first. Worked by keyboard; nothing moves under the reader's hands. */
export function Queue() {
  const client = useQueryClient();
  const session = useSession();
  const navigate = useNavigate();
  const { data, error, refetch, isFetching } = useQuery({ ...alertsQuery(), staleTime: 0 });
  useLiveRefresh(['alerts'], 3_000, () => live.totals().alerts + live.totals().changes);
  const [order, setOrder] = useState<Order>('stake');
  const [text, setText] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const work = useWork(data, client);
  const items = usable(work.items, order, text.trim().toLowerCase());
  const place = Math.max(
    0,
    items.findIndex(({ id }) => id === work.selected),
  );
  const current = items[place];

  const go = (to: number) => {
    const next = items[Math.max(0, Math.min(items.length - 1, to))];
    if (next) work.select(next.id);
  };
  /** The one after it, before it goes. */
  const following = () => (items[place + 1] ?? items[place - 1])?.id;
  const approve = () =>
    current &&
    (current.decision === 'decline' ? work.ask('override') : work.resolve(current, { as: 'approve' }, following()));
  const decline = () => current && work.resolve(current, { as: 'decline' }, following());

  const may = (needs: readonly Scope[]) => lacking(session, needs).length === 0;

  useHotkeys({
    j: () => go(place + 1),
    k: () => go(place - 1),
    arrowdown: (event) => !reading(event) && go(place + 1),
    arrowup: (event) => !reading(event) && go(place - 1),
    a: () => may(['review', 'ingest']) && approve(),
    d: () => may(['review']) && decline(),
    l: () => may(['review']) && current && work.ask('label'),
    r: () => work.load(),
    '/': () => search.current?.focus(),
    enter: () => current && navigate({ to: '/decisions/$id', params: { id: current.id } }),
  });
  useEffect(() => {
    if (current)
      list.current?.querySelector(`[data-id="${CSS.escape(current.id)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  return (
    <div className="flex flex-col lg:h-[calc(100dvh-2.5rem)]">
      <PageHeader
        title="Review queue"
        note={data && `${count(items.length)} waiting${data.hasMore ? ' here, more behind' : ''}`}
      >
        {work.arrived > 0 && (
          <Button kind="primary" icon={<RotateCw className="size-3.5" />} onClick={work.load}>
            Load {count(work.arrived)} new
          </Button>
        )}
        <div className="relative max-sm:flex-1">
          <Search className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-muted" />
          <input
            ref={search}
            type="search"
            aria-label="Search the queue"
            placeholder="User, card, device, reason…"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={leaveOnEscape}
            className="control w-60 pl-8 max-sm:w-full"
          />
        </div>
        <Choice label="Order" hidden value={order} onChange={(event) => setOrder(event.target.value as Order)}>
          {ORDERS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Choice>
      </PageHeader>
      {error && !data ? (
        <div className="panel">
          <Failed error={error} retry={() => void refetch()} />
        </div>
      ) : !data ? (
        <div className="panel">
          <LoadingRows />
        </div>
      ) : items.length === 0 ? (
        <div className="panel">
          <Empty
            icon={<Inbox />}
            title={text ? 'Nothing fits the search' : 'The queue is empty'}
            action={
              <Button disabled={isFetching} onClick={work.load}>
                Look again
              </Button>
            }
          >
            {text
              ? 'Try another word, or clear the search.'
              : 'Payments that are sent to review or declined wait here.'}
          </Empty>
        </div>
      ) : (
        <div className="grid min-h-0 flex-1 gap-4 lg:grid-cols-[19rem_minmax(0,1fr)] 2xl:grid-cols-[25rem_minmax(0,1fr)]">
          <ul
            ref={list}
            aria-label="Waiting"
            className="panel min-h-0 overflow-y-auto overscroll-contain max-lg:max-h-none"
          >
            {items.map((item) => (
              <Item
                key={item.id}
                item={item}
                selected={item.id === current?.id}
                elsewhere={work.elsewhere(item.id)}
                onSelect={() => {
                  // On a narrow screen there is no room beside the list: the decision has its own page.
                  if (matchMedia('(min-width: 64rem)').matches) work.select(item.id);
                  else void navigate({ to: '/decisions/$id', params: { id: item.id } });
                }}
              />
            ))}
          </ul>
          {current && (
            <Detail
              key={current.id}
              transaction={current}
              busy={work.busy}
              onApprove={approve}
              onDecline={decline}
              onLabel={() => work.ask('label')}
            />
          )}
        </div>
      )}
      {current && (
        <>
          <LabelDialog
            open={work.dialog === 'label'}
            busy={work.busy}
            onClose={() => work.ask(undefined)}
            onSubmit={(label) => work.label(current, label, following())}
          />
          <OverrideDialog
            open={work.dialog === 'override'}
            busy={work.busy}
            onClose={() => work.ask(undefined)}
            onSubmit={(note) => work.resolve(current, { as: 'approve', note }, following())}
          />
        </>
      )}
    </div>
  );
}

/** Whoever is in the details scrolls them with the arrows. */
const reading = ({ target }: KeyboardEvent) => (target as HTMLElement).closest('[data-details]') !== null;
