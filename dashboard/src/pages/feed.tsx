import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUp, Pause, Play, Search } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Outcome } from '../api/types.ts';
import { count, latency, plural } from '../lib/format.ts';
import { leaveOnEscape, useHotkeys } from '../lib/hotkeys.ts';
import { useNarrow } from '../lib/use-narrow.ts';
import { live, useLiveStatus, useLiveVersion } from '../live/live.ts';
import type { FeedRow, GapRow, RingRow } from '../live/ring.ts';
import { Kbd, Money, PageHeader, Score, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { LabelBadge, OUTCOMES, OutcomeMark, OutcomeWord, TypeBadge } from '../ui/outcome.tsx';
import { Empty } from '../ui/states.tsx';
import { useSeed } from './overview/right-now.tsx';

const ROW = 34;
/** On a phone score, time and reason stand in a line of their own. */
const NARROW_ROW = 54;
/** A window, until the stream brings others: each takes more than two kilobytes, and all are under Transactions. */
const SEED = 20;
const OUTCOME_NAMES = ['approve', 'review', 'decline'] as const;

/** Every decision as it is made, newest first. Scrolled down or paused, the list stands still and counts what came. */
export function Feed() {
  useLiveVersion();
  useSeed(SEED);
  const { state } = useLiveStatus();
  const [outcomes, setOutcomes] = useState<ReadonlySet<Outcome>>(new Set(OUTCOME_NAMES));
  const [text, setText] = useState('');
  const [held, setHeld] = useState<{ rows: readonly RingRow[]; total: number; paused: boolean }>();
  const height = useNarrow() ? NARROW_ROW : ROW;
  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const rows = filtered(held?.rows ?? live.rows(), outcomes, text.trim().toLowerCase());
  const arrived = held ? live.totals().decisions - held.total : 0;

  const hold = (paused: boolean) => setHeld({ rows: [...live.rows()], total: live.totals().decisions, paused });
  const release = () => {
    setHeld(undefined);
    scroller.current?.scrollTo({ top: 0 });
  };
  useHotkeys({
    p: () => (held ? release() : hold(true)),
    '/': () => search.current?.focus(),
  });

  return (
    <div className="flex h-[calc(100dvh-2.5rem-var(--bar))] min-h-96 flex-col max-lg:h-[calc(100dvh-5.75rem-var(--bar))]">
      <PageHeader title="Live feed">
        <fieldset className="flex gap-1 max-sm:w-full max-sm:[&>label]:flex-1 max-sm:[&>label]:justify-center">
          <legend className="sr-only">Outcomes shown</legend>
          {OUTCOME_NAMES.map((outcome) => (
            <Toggle
              key={outcome}
              outcome={outcome}
              on={outcomes.has(outcome)}
              onChange={() => {
                const next = new Set(outcomes);
                if (!next.delete(outcome)) next.add(outcome);
                setOutcomes(next);
              }}
            />
          ))}
        </fieldset>
        <div className="relative max-sm:flex-1">
          <Search className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-muted" />
          <input
            ref={search}
            type="search"
            data-own-search
            aria-label="Filter by user, card, device, merchant, country or id"
            placeholder="User, card, device, country…"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={leaveOnEscape}
            className="control w-64 pl-8 max-sm:w-full"
          />
        </div>
        <Button
          aria-pressed={held?.paused === true}
          onClick={() => (held ? release() : hold(true))}
          icon={held ? <Play className="size-3.5" /> : <Pause className="size-3.5" />}
        >
          {held ? 'Go on' : 'Pause'}
          <span className="max-lg:hidden">
            <Kbd>p</Kbd>
          </span>
        </Button>
      </PageHeader>
      <div className="panel relative flex min-h-0 flex-1 flex-col overflow-hidden">
        {held && arrived > 0 && (
          <button
            type="button"
            onClick={release}
            className="absolute top-11 left-1/2 z-10 flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full bg-accent px-3.5 text-xs font-medium text-on-accent shadow-lg"
          >
            <ArrowUp className="size-3.5" />
            <span className="num">{count(arrived)}</span> new
          </button>
        )}
        <Head />
        {rows.length === 0 ? (
          <div className="flex flex-1 items-center justify-center">
            {live.rows().length > 0 ? (
              <Empty title="Nothing fits the filters">What fits appears here as it is decided.</Empty>
            ) : (
              <Empty
                title={
                  state === 'live'
                    ? 'Waiting for the first decision'
                    : state === 'refused'
                      ? 'Sign in to see this'
                      : 'Not connected'
                }
              >
                {state === 'live'
                  ? 'Send payments to the API, or start the sample stream on “Try it”.'
                  : state === 'refused'
                    ? 'This server asks for an API key that may read; enter one under Settings.'
                    : 'The feed goes on where it stopped as soon as the server answers.'}
              </Empty>
            )}
          </div>
        ) : (
          <List
            // Another height is another list: what is measured once stays as it was.
            key={height}
            height={height}
            rows={rows}
            scroller={scroller}
            onScroll={(top) => {
              if (top > 4 && !held) hold(false);
              else if (top <= 0 && held && !held.paused) setHeld(undefined);
            }}
          />
        )}
      </div>
    </div>
  );
}

function filtered(rows: readonly RingRow[], outcomes: ReadonlySet<Outcome>, text: string): readonly RingRow[] {
  if (outcomes.size === OUTCOME_NAMES.length && text === '') return rows;
  return rows.filter((row) => {
    if (row.kind === 'gap') return true;
    if (row.decision ? !outcomes.has(row.decision) : false) return false;
    if (text === '') return true;
    const { id, userId, cardId, deviceId, merchantId, country, ip, category } = row;
    return [id, userId, cardId, deviceId, merchantId, country, ip, category].some((value) =>
      value?.toLowerCase().includes(text),
    );
  });
}

function Toggle({ outcome, on, onChange }: { outcome: Outcome; on: boolean; onChange: () => void }) {
  const { past } = OUTCOMES[outcome];
  return (
    <label className="flex h-8 cursor-pointer items-center gap-1.5 rounded-[7px] border border-line px-2.5 text-xs font-medium text-muted select-none has-checked:bg-surface has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-info max-sm:h-10">
      <input type="checkbox" checked={on} onChange={onChange} className="sr-only" />
      <OutcomeMark outcome={on ? outcome : undefined} />
      {past}
    </label>
  );
}

const GRID =
  'grid items-center gap-x-3 px-4 grid-cols-[5.75rem_minmax(0,1fr)_auto] md:grid-cols-[5.5rem_5.75rem_5.5rem_7rem_minmax(0,1fr)_4.5rem] xl:gap-x-4 xl:grid-cols-[4rem_5.25rem_4.75rem_6rem_minmax(0,1.3fr)_minmax(0,1fr)_minmax(0,1.6fr)_3.75rem] 2xl:grid-cols-[4rem_5.25rem_4.75rem_6rem_minmax(0,1.2fr)_minmax(0,1fr)_7.5rem_minmax(0,1.8fr)_3.75rem]';

function Head() {
  return (
    <div className={`${GRID} h-9 shrink-0 border-b border-line text-xs font-medium text-muted`} aria-hidden="true">
      <span className="max-md:hidden">Time</span>
      <span>Decision</span>
      <span className="max-md:hidden">Score</span>
      <span className="text-right max-md:order-3">Amount</span>
      <span className="max-md:order-2">User</span>
      <span className="max-xl:hidden">Card</span>
      <span className="max-2xl:hidden">Where</span>
      <span className="max-xl:hidden">Reason</span>
      <span className="text-right max-md:hidden">Latency</span>
    </div>
  );
}

function List({
  height,
  rows,
  scroller,
  onScroll,
}: {
  /** Of a row, pixels. */
  height: number;
  rows: readonly RingRow[];
  scroller: React.RefObject<HTMLDivElement | null>;
  onScroll: (top: number) => void;
}) {
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
  });
  return (
    <section
      ref={scroller}
      aria-label="Decisions, newest first"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto outline-offset-[-2px]"
      onScroll={(event) => onScroll(event.currentTarget.scrollTop)}
    >
      <ol className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[rows.length - 1 - item.index];
          // Keyed by place and not by row, so that a fast stream changes texts and makes no elements.
          return (
            <li
              key={item.index}
              className="absolute inset-x-0"
              style={{ transform: `translateY(${item.start}px)`, height }}
            >
              {row.kind === 'gap' ? <Gap row={row} /> : <Line row={row} />}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Gap({ row }: { row: GapRow }) {
  return (
    <p className="flex h-full items-center justify-center border-b border-line bg-sunken text-xs text-muted">
      {plural(row.missed, 'decision')} went by faster than this page could follow; all are under Transactions.
    </p>
  );
}

function Line({ row }: { row: FeedRow }) {
  const navigate = useNavigate();
  const open = (event: React.MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    void navigate({ to: '/decisions/$id', params: { id: row.id } });
  };
  const tint = row.decision === 'decline' ? 'bg-decline-soft/45' : row.decision === 'review' ? 'bg-review-soft/45' : '';
  return (
    // A plain anchor: a router link for each of a thousand lines a second costs more than the line.
    <a
      href={`/decisions/${encodeURIComponent(row.id)}`}
      onClick={open}
      className={`${GRID} h-full border-b border-line outline-offset-[-2px] hover:bg-sunken ${tint}`}
    >
      <span className="text-xs text-muted max-md:hidden">
        <Time at={row.at} />
      </span>
      <OutcomeWord outcome={row.decision} status={row.status} />
      <span className="max-md:hidden">
        <Score score={row.score} outcome={row.decision} />
      </span>
      <span className="text-right max-md:order-3">
        <Money amount={row.amount} currency={row.currency} strong />
      </span>
      <span className="flex min-w-0 items-center gap-2 max-md:order-2">
        <span className="id truncate">{row.userId}</span>
        <TypeBadge type={row.type} />
        {row.label && <LabelBadge label={row.label} />}
      </span>
      <span className="id truncate text-muted max-xl:hidden">{row.cardId ?? '–'}</span>
      <span className="truncate text-muted max-2xl:hidden">
        {[row.country, row.category].filter(Boolean).join(' · ') || '–'}
      </span>
      <span className="truncate text-muted max-xl:hidden">{row.reason ?? ''}</span>
      <span className="num text-right text-xs text-muted max-md:hidden">{latency(row.latencyMs)}</span>
      <span className="order-4 col-span-3 -mt-2 flex min-w-0 gap-x-2 text-xs text-muted md:hidden">
        <span className="num whitespace-nowrap">{row.score === undefined ? 'no score' : `score ${row.score}`}</span>
        <Time at={row.at} />
        <span className="truncate">{row.reason ?? ''}</span>
      </span>
    </a>
  );
}
