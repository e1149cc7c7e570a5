import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Inbox, RotateCw, Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { lacking, useSession } from '../../api/session.ts';
import { count } from '../../lib/format.ts';
import { leaveOnEscape, useHotkeys } from '../../lib/hotkeys.ts';
import { useMe } from '../../lib/who.ts';
import { PageHeader, Segmented } from '../../ui/bits.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Choice } from '../../ui/field.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { BulkBar } from './bulk.tsx';
import { CaseView } from './case-view.tsx';
import { Item } from './item.tsx';
import { QueueChoice, useNext } from './next.tsx';
import { Strip } from './strip.tsx';
import { useList } from './use-list.ts';
import { AT_RISK, filterOf, SHOWS, type Show, type Sort } from './work.ts';

/** Cases that wait for a person, most at risk first. Worked by keyboard; nothing moves under the reader's hands. */
export function Queue() {
  const { case: selected, show = 'open', sort = 'risk', queue } = useSearch({ from: '/queue' });
  const navigate = useNavigate({ from: '/queue' });
  const me = useMe();
  const may = lacking(useSession(), ['review']).length === 0;
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const filter = filterOf(show, sort, me.name, queue);
  const cases = useList(filter, text);
  const { items, query } = cases;
  const place = items.findIndex(({ id }) => id === selected);
  const current = selected ?? items[0]?.id;
  const at = selected === undefined ? 0 : place;

  const open = (id: string | undefined, push = false) =>
    void navigate({ search: (before) => ({ ...before, case: id }), replace: !push });
  const step = (by: number) => {
    const next = items[Math.max(0, Math.min(items.length - 1, at + by))];
    if (next) open(next.id);
  };
  /** The reader is through with the one in sight: the one after it, before it goes. */
  const finish = (id: string) => {
    const index = items.findIndex((one) => one.id === id);
    const next = items[index + 1] ?? items[index - 1];
    cases.finish(id);
    open(index < 0 ? id : next?.id);
  };

  const next = useNext(queue, (id) => {
    cases.load();
    open(id, selected === undefined);
  });

  const chosenCases = items.filter(({ id }) => chosen.has(id));
  const choose = (id: string) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });

  useHotkeys({
    n: () => may && next.take(),
    v: () => may && current && choose(current),
    j: () => step(1),
    k: () => step(-1),
    arrowdown: (event) => !reading(event) && step(1),
    arrowup: (event) => !reading(event) && step(-1),
    '/': () => search.current?.focus(),
    enter: () => document.querySelector<HTMLElement>('[data-details]')?.focus(),
  });
  useEffect(() => {
    if (current)
      list.current?.querySelector(`[data-id="${CSS.escape(current)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const besides = selected === undefined ? '' : 'max-lg:hidden';
  return (
    <div className="flex flex-col lg:h-[calc(100dvh-2.5rem-var(--bar))]">
      <div className={besides}>
        <div className="mb-3 flex flex-wrap items-center gap-2">
          <div className="mr-auto -mb-4">
            <PageHeader title="Review queue" />
          </div>
          {cases.arrived > 0 && (
            <Button kind="primary" icon={<RotateCw className="size-3.5" />} onClick={cases.load}>
              <span className="max-sm:sr-only">Load</span> {count(cases.arrived)} new
            </Button>
          )}
          <Button
            needs={['review']}
            disabled={next.busy}
            onClick={next.take}
            title="The most urgent that nobody has (n)"
          >
            Next case
          </Button>
          <Link to="/queue/team" className={buttonClass('quiet')}>
            Team
          </Link>
        </div>
        <div className="mb-4 flex flex-wrap items-center gap-2">
          <Segmented
            label="Show"
            value={show}
            options={SHOWS}
            onChange={(value: Show) => navigate({ search: (before) => ({ ...before, show: value, case: undefined }) })}
          />
          <div className="relative min-w-24 flex-1 sm:max-w-80">
            <Search className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-muted" />
            <input
              ref={search}
              type="search"
              data-own-search
              aria-label="Search the queue"
              placeholder="User, card, device, IP, person…"
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={leaveOnEscape}
              className="control w-full pl-8"
            />
          </div>
          <QueueChoice
            value={queue}
            onChange={(value) => navigate({ search: (before) => ({ ...before, queue: value, case: undefined }) })}
          />
          <Choice
            label="Order"
            hidden
            title={AT_RISK}
            value={sort}
            onChange={(event) =>
              navigate({ search: (before) => ({ ...before, sort: event.target.value as Sort, case: undefined }) })
            }
          >
            <option value="risk">By risk</option>
            <option value="newest">Newest</option>
            <option value="due">Due first</option>
          </Choice>
        </div>
      </div>
      <Strip className={besides} />
      {next.dialog}
      {chosenCases.length > 0 && (
        <div className={besides}>
          <BulkBar
            chosen={chosenCases}
            elsewhere={cases.elsewhere}
            onClear={() => setChosen(new Set())}
            onDone={(act, done) => {
              setChosen(new Set());
              if (act.action === 'assign' || act.action === 'reopen') return cases.load();
              for (const id of done) cases.finish(id);
              if (selected && done.includes(selected)) open(act.action === 'merge' ? act.into : undefined);
            }}
            onUndone={(ids) => {
              for (const id of ids) cases.unfinish(id);
              cases.load();
            }}
          />
        </div>
      )}
      {query.error && !query.data ? (
        <div className="panel">
          <Failed error={query.error} retry={() => void query.refetch()} />
        </div>
      ) : (
        <div className="grid min-h-0 flex-1 gap-4 lg:grid-cols-[19rem_minmax(0,1fr)] 2xl:grid-cols-[23rem_minmax(0,1fr)]">
          <div className={`panel relative min-h-0 overflow-y-auto overscroll-contain ${besides}`}>
            {filter && (!query.data || (items.length === 0 && cases.searching)) ? (
              <LoadingRows />
            ) : items.length === 0 ? (
              <Nothing
                text={text}
                show={queue === undefined ? show : 'queue'}
                busy={query.isFetching}
                onLook={cases.load}
              />
            ) : (
              <>
                <ul ref={list} aria-label="Cases">
                  {items.map((item) => (
                    <Item
                      key={item.id}
                      item={item}
                      selected={item.id === current}
                      elsewhere={cases.elsewhere(item)}
                      onSelect={() => open(item.id, selected === undefined)}
                      chosen={may ? chosen.has(item.id) : undefined}
                      onChoose={() => choose(item.id)}
                    />
                  ))}
                </ul>
                {query.hasNextPage && text === '' && (
                  <div className="border-t border-line p-2.5 text-center">
                    <Button small disabled={query.isFetchingNextPage} onClick={cases.loadMore}>
                      {query.isFetchingNextPage ? 'Loading…' : 'Show more'}
                    </Button>
                  </div>
                )}
              </>
            )}
          </div>
          {current && (
            <CaseView
              key={current}
              id={current}
              me={me}
              className={selected === undefined ? 'max-lg:hidden' : ''}
              onLoad={cases.load}
              onFinished={() => show !== 'resolved' && finish(current)}
              onReopened={() => cases.unfinish(current)}
              onMerged={(into) => {
                if (into !== current) cases.finish(current);
                open(into);
                cases.load();
              }}
            />
          )}
        </div>
      )}
    </div>
  );
}

function Nothing({
  text,
  show,
  busy,
  onLook,
}: {
  text: string;
  show: Show | 'queue';
  busy: boolean;
  onLook: () => void;
}) {
  const [title, words] = text
    ? ['Nothing fits the search', 'It looks at users, cards, devices and addresses of the cases, as a whole.']
    : {
        open: [
          'The queue is empty',
          'Payments that are sent to review or declined gather here, an attack as one case.',
        ],
        mine: ['Nothing is with you', 'Take a case, or ask for the next one.'],
        unassigned: ['Every open case is with somebody', 'What comes new is with nobody at first.'],
        queue: ['Nothing of this queue', 'No case that is shown so fits what it asks for.'],
        resolved: ['Nothing is resolved yet', 'What you resolve can be read here again.'],
      }[show];
  return (
    <Empty
      icon={<Inbox />}
      title={title}
      action={
        <Button disabled={busy} onClick={onLook}>
          Look again
        </Button>
      }
    >
      {words}
    </Empty>
  );
}

/** Whoever is in the details scrolls them with the arrows. */
const reading = ({ target }: KeyboardEvent) => (target as HTMLElement).closest('[data-details]') !== null;
