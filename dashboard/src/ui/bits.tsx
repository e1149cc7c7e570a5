import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useBaseCurrency } from '../api/session.ts';
import type { Outcome } from '../api/types.ts';
import { fullTime, money, shortTime, utcTime } from '../lib/format.ts';
import { OUTCOMES } from './outcome.tsx';

/** In the reader's zone; UTC on hover. */
export function Time({ at, long = false }: { at: string | number; long?: boolean }) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span className="text-muted">–</span>;
  return (
    <time dateTime={date.toISOString()} title={utcTime(date)} className="num whitespace-nowrap">
      {long ? fullTime(date) : shortTime(date, new Date())}
    </time>
  );
}

export function Money({
  amount,
  currency,
  strong = false,
}: {
  amount: number | null;
  currency: string;
  strong?: boolean;
}) {
  return (
    <span
      className={`num whitespace-nowrap ${strong ? 'font-medium' : ''}`}
      title={amount === null ? 'No amount' : `${amount} ${currency}`}
    >
      {money(amount, currency)}
    </span>
  );
}

/** In its own currency, and beside it in the base currency where that is another; without a rate that is said. */
export function MoneyInBase({
  amount,
  currency,
  amountBase,
}: {
  amount: number | null;
  currency: string;
  amountBase?: number | null;
}) {
  const base = useBaseCurrency();
  const besides = amount !== null && currency !== base && amountBase !== undefined;
  return (
    <span className="inline-flex flex-wrap items-baseline justify-end gap-x-2">
      <Money amount={amount} currency={currency} />
      {besides && (
        <span className="num text-sm font-normal tracking-normal whitespace-nowrap text-muted">
          {amountBase === null ? `no rate into ${base}` : money(amountBase, base)}
        </span>
      )}
    </span>
  );
}

/** 0 to 100, with a bar as wide as the risk. */
export function Score({ score, outcome }: { score: number | undefined; outcome?: Outcome }) {
  if (score === undefined) return <span className="text-muted">–</span>;
  return (
    <span className="inline-flex items-center gap-2">
      <span className="num w-6 text-right font-medium">{score}</span>
      <span className="hidden h-1 w-10 overflow-hidden rounded-full bg-sunken sm:block" aria-hidden="true">
        <span
          className="block h-full rounded-full"
          style={{ width: `${score}%`, background: outcome ? OUTCOMES[outcome].css : 'var(--edge)' }}
        />
      </span>
    </span>
  );
}

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded border border-line bg-sunken px-1 font-sans text-2xs font-medium text-muted">
      {children}
    </kbd>
  );
}

export function EntityLink({ type, id, className = '' }: { type: string; id: string; className?: string }) {
  return (
    <Link
      to="/entities/$type/$id"
      params={{ type, id }}
      className={`id truncate hover:underline decoration-faint underline-offset-3 ${className}`}
      title={id}
    >
      {id}
    </Link>
  );
}

export function Panel({
  title,
  note,
  aside,
  children,
  className = '',
  flush = false,
}: {
  title?: ReactNode;
  note?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  flush?: boolean;
}) {
  return (
    <section className={`panel flex min-w-0 flex-col ${className}`}>
      {title && (
        <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-2.5 pb-1">
          <h2 className="text-sm font-semibold">{title}</h2>
          {note && <p className="text-xs text-muted">{note}</p>}
          {aside && <div className="ml-auto flex items-center gap-2">{aside}</div>}
        </header>
      )}
      <div className={flush ? 'min-w-0 flex-1' : 'min-w-0 flex-1 px-4 pt-1 pb-4'}>{children}</div>
    </section>
  );
}

/** `name` is what the tab says where the title is more than a word. */
export function PageHeader({
  title,
  name,
  note,
  children,
}: {
  title: ReactNode;
  name?: string;
  note?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-3">
      <title>{`${name ?? title} · Assay`}</title>
      <div className="min-w-0">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {note && <p className="mt-0.5 text-sm text-muted">{note}</p>}
      </div>
      {children && <div className="ml-auto flex flex-wrap items-center gap-2 max-sm:w-full">{children}</div>}
    </div>
  );
}

/** One of a few, as a row of radio buttons. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: ReactNode; title?: string }[];
  onChange: (value: T) => void;
}) {
  return (
    <fieldset className="inline-flex w-fit rounded-lg border border-line bg-sunken p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          title={option.title}
          className="relative flex h-7 cursor-pointer items-center rounded-md px-2.5 text-xs font-medium text-muted has-checked:bg-surface has-checked:text-ink has-checked:shadow-[0_1px_2px_rgb(0_0_0/0.08)] has-focus-visible:outline-2 has-focus-visible:outline-info hover:text-ink max-sm:h-9"
        >
          <input
            type="radio"
            className="absolute inset-0 cursor-pointer opacity-0"
            name={label}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
