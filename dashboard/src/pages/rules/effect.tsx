import { Link } from '@tanstack/react-router';
import type { Effect, Moved, RuleEffect } from '../../api/backtests.ts';
import { useBaseCurrency } from '../../api/session.ts';
import type { Outcome } from '../../api/types.ts';
import { type Layer, Legend, TimeChart } from '../../charts/time-chart.tsx';
import { count, countShort, money, moneyShort, percent, plural } from '../../lib/format.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { OUTCOMES, OutcomeMark } from '../../ui/outcome.tsx';
import { BASIS_WORDS, MONEY_WORDS, precisionWords, sumsOf } from './figures.ts';

const ORDER: Outcome[] = ['decline', 'review', 'approve'];

/** How the decisions were shared out, and how they would be. */
export function WasAndWould({ effect: { was, would, decisions } }: { effect: Effect }) {
  return (
    <div className="grid gap-3">
      {(
        [
          ['As it was', was],
          ['As it would be', would],
        ] as const
      ).map(([label, shares]) => (
        <div key={label}>
          <p className="mb-1 text-xs text-muted">{label}</p>
          <div
            role="img"
            aria-label={`${label}: ${ORDER.map((outcome) => `${OUTCOMES[outcome].word} ${count(shares[outcome])}`).join(', ')}`}
            className="flex h-3 gap-px overflow-hidden rounded-full bg-sunken"
          >
            {ORDER.map((outcome) => (
              <span
                key={outcome}
                className="min-w-px"
                style={{
                  width: `${decisions ? (100 * shares[outcome]) / decisions : 0}%`,
                  background: OUTCOMES[outcome].css,
                }}
              />
            ))}
          </div>
          <p className="mt-1 flex flex-wrap gap-x-4 text-xs">
            {ORDER.map((outcome) => (
              <span key={outcome} className="inline-flex items-center gap-1.5">
                <OutcomeMark outcome={outcome} className="size-2" />
                <span className="text-muted">{OUTCOMES[outcome].word}</span>
                <span className="num font-medium">{count(shares[outcome])}</span>
                <span className="num text-muted">{percent(decisions ? shares[outcome] / decisions : 0)}</span>
              </span>
            ))}
          </p>
        </div>
      ))}
    </div>
  );
}

/** Which payments change sides, and what they were. */
export function MovedTable({ moved }: { moved: Moved[] }) {
  const base = useBaseCurrency();
  const shown = moved.filter((move) => move.count > 0).sort((a, b) => b.count - a.count);
  if (shown.length === 0) return <p className="text-muted">No payment changes sides.</p>;
  const most = Math.max(...shown.map((move) => move.count));
  return (
    <ul className="grid gap-3">
      {shown.map((move) => (
        <li key={`${move.from} ${move.to}`}>
          <p className="flex flex-wrap items-baseline gap-x-2">
            <span className="inline-flex items-center gap-1.5">
              <OutcomeMark outcome={move.from} className="size-2" /> {OUTCOMES[move.from].word}
              <span aria-hidden="true">→</span>
              <span className="sr-only">to</span>
              <OutcomeMark outcome={move.to} className="size-2" /> {OUTCOMES[move.to].word}
            </span>
            <span className="num ml-auto font-medium">{count(move.count)}</span>
            <span className="num text-muted">{moneyShort(move.amount, base)}</span>
          </p>
          <Truths {...move} share={move.count / most} />
        </li>
      ))}
    </ul>
  );
}

const TRUTHS = [
  { name: 'fraud', label: 'fraud', color: 'var(--decline-fill)' },
  { name: 'legitimate', label: 'legitimate', color: 'var(--approve-fill)' },
  { name: 'unknown', label: 'not known', color: 'var(--edge)' },
] as const;

/** A bar by label; a word and a number beside each colour. */
function Truths({ share = 1, ...by }: Pick<Moved, 'fraud' | 'legitimate' | 'unknown'> & { share?: number }) {
  const all = by.fraud + by.legitimate + by.unknown;
  return (
    <>
      <span
        className="mt-1 flex h-1.5 gap-px overflow-hidden rounded-full bg-sunken"
        style={{ width: `${Math.max(4, 100 * share)}%` }}
        aria-hidden="true"
      >
        {TRUTHS.map(({ name, color }) => (
          <span key={name} style={{ width: `${all ? (100 * by[name]) / all : 0}%`, background: color }} />
        ))}
      </span>
      <span className="num mt-0.5 flex flex-wrap gap-x-3 text-xs text-muted">
        {TRUTHS.map(({ name, label }) => (
          <span key={name}>
            <span className="text-ink">{count(by[name])}</span> {label}
          </span>
        ))}
      </span>
    </>
  );
}

/** Money in and out, with what each figure rests on. */
export function MoneyBars({ effect }: { effect: Effect }) {
  const base = useBaseCurrency();
  const sums = sumsOf(effect);
  const most = Math.max(1e-9, ...sums.map(({ amount }) => Math.abs(amount)));
  const { low, high } = effect.money;
  return (
    <div>
      <ul className="grid gap-2">
        {sums.map(({ name, amount, basis }) => {
          const { label, means, good } = MONEY_WORDS[name];
          const color = name === 'unknown' ? 'var(--edge)' : good ? 'var(--approve-fill)' : 'var(--decline-fill)';
          return (
            <li key={name} title={means}>
              <p className="flex flex-wrap items-baseline gap-x-2">
                <span>{label}</span>
                {basis && <span className="text-xs text-muted">{BASIS_WORDS[basis] ?? basis}</span>}
                <span className="num ml-auto font-medium">{money(amount, base)}</span>
              </p>
              <span className="mt-0.5 block h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
                <span
                  className="block h-full rounded-full"
                  style={{ width: `${(100 * Math.abs(amount)) / most}%`, background: color }}
                />
              </span>
            </li>
          );
        })}
      </ul>
      {(low.amount !== 0 || high.amount !== 0) && (
        <p className="mt-3 text-xs text-muted">
          All in all between <span className="num text-ink">{money(low.amount, base)}</span> and{' '}
          <span className="num text-ink">{money(high.amount, base)}</span>, whatever becomes of those not yet known.
        </p>
      )}
    </div>
  );
}

/** Each rule: what it hits, what it alone hits, and how often it is right. */
export function RuleEffects({ rules }: { rules: RuleEffect[] }) {
  const base = useBaseCurrency();
  if (rules.length === 0) return <p className="px-4 pb-4 text-muted">No rule is evaluated.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll
    <section className="overflow-x-auto" tabIndex={0} aria-label="Effect of each rule">
      <table className="w-full">
        <thead>
          <tr className="h-8 text-left text-xs text-muted [&_th]:px-2 [&_th]:font-medium">
            <th className="!pl-4">Rule</th>
            <th className="text-right">Hits</th>
            <th className="text-right">Alone</th>
            <th>Precision</th>
            <th className="!pr-4 text-right">Money</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.id} className="h-10 border-t border-line [&_td]:px-2">
              <td className="id max-w-56 truncate !pl-4">{rule.id}</td>
              <td className="num text-right">{count(rule.hits)}</td>
              <td className="num text-right text-muted">{count(rule.alone)}</td>
              <td className="min-w-36">
                <Precision precision={rule.precision} interval={rule.interval} />
              </td>
              <td className="num !pr-4 text-right">{moneyShort(rule.amount, base)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A point with its interval on a line from 0 to 1, and the figures beside it. */
export function Precision({ precision, interval }: Pick<RuleEffect, 'precision' | 'interval'>) {
  if (precision === null || precision === undefined)
    return <span className="text-xs text-muted">nothing is labelled</span>;
  return (
    <span className="inline-flex items-center gap-2">
      <svg viewBox="0 0 64 10" className="h-2.5 w-16 shrink-0" aria-hidden="true">
        <line x1="0" x2="64" y1="5" y2="5" className="stroke-line" strokeWidth="2" />
        {interval && (
          <line x1={64 * interval[0]} x2={64 * interval[1]} y1="5" y2="5" className="stroke-edge" strokeWidth="4" />
        )}
        <circle cx={3 + 58 * precision} cy="5" r="3" className="fill-ink" />
      </svg>
      <span className="num text-xs whitespace-nowrap">{precisionWords(precision, interval)}</span>
    </span>
  );
}

/** Payments that change sides, to look at. */
export function Samples({ samples }: { samples: Effect['samples'] }) {
  if (samples.length === 0) return null;
  return (
    <Panel title="Payments that change sides" note="some of them" flush>
      <ul>
        {(samples as unknown as Sample[]).map(({ id, from, to, amount, currency, at }) => (
          <li key={id} className="border-t border-line">
            <Link
              to="/decisions/$id"
              params={{ id }}
              className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 hover:bg-sunken"
            >
              <span className="id min-w-0 max-w-56 truncate">{id}</span>
              <span className="text-xs text-muted">
                <Time at={at} />
              </span>
              <span className="num text-xs">{money(amount, currency)}</span>
              <span className="ml-auto inline-flex items-center gap-1.5 text-xs">
                <OutcomeMark outcome={from} className="size-2" />
                {OUTCOMES[from].word} <span aria-hidden="true">→</span>
                <span className="sr-only">to</span>
                <OutcomeMark outcome={to} className="size-2" />
                {OUTCOMES[to].word}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

interface Sample {
  id: string;
  at: string;
  amount: number | null;
  currency: string;
  from: Outcome;
  to: Outcome;
}

/** Over time: what it was and what it would be, of reviews and declines together. */
export function OverTime({ series }: { series: Effect['series'] }) {
  const stopped = (side: unknown) => (side as Effect['was']).decline + (side as Effect['was']).review;
  const points = series.map(({ at, was, would }) => ({
    at: Date.parse(String(at)),
    was: stopped(was),
    would: stopped(would),
  }));
  if (points.length < 2) return null;
  const layers: Layer[] = [
    { name: 'As it was', color: 'var(--muted)', values: points.map(({ was }) => was), dashed: true },
    { name: 'As it would be', color: 'var(--review-fill)', values: points.map(({ would }) => would) },
  ];
  return (
    <Panel title="Over time" note="reviewed or declined" aside={<Legend items={layers} />}>
      <TimeChart
        times={points.map(({ at }) => at)}
        layers={layers}
        kind="lines"
        format={countShort}
        summary="Payments reviewed or declined, as it was and as it would be"
      />
    </Panel>
  );
}

/** What was assumed, where the figures are looked at. */
export function Notes({ notes, approximate }: Pick<Effect, 'notes' | 'approximate'>) {
  if (notes.length + approximate.length === 0) return null;
  return (
    <ul className="grid gap-1 text-xs text-muted text-pretty">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
      {approximate.length > 0 && (
        <li>
          Not exactly as of then:{' '}
          {approximate.map((name) => (
            <code key={name} className="id mr-1 rounded bg-sunken px-1">
              {name}
            </code>
          ))}
        </li>
      )}
    </ul>
  );
}

/** How much past the figures rest on. */
export function Basis({ effect: { decisions, from, to } }: { effect: Effect }) {
  return (
    <>
      {plural(decisions, 'decision')}
      {from && to && (
        <>
          , <Time at={from} /> to <Time at={to} />
        </>
      )}
    </>
  );
}
