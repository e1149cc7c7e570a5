import { useNavigate } from '@tanstack/react-router';
import { Search, SlidersHorizontal, X } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { useBaseCurrency } from '../../api/session.ts';
import { localMinute } from '../../lib/format.ts';
import { FILTER_NAMES, type FilterName, PAYMENT_FILTERS, type TransactionSearch } from '../../payment-filters.ts';
import { Button } from '../../ui/button.tsx';
import { Choice, Field } from '../../ui/field.tsx';
import { filterWords } from './filter-words.ts';

/** Those that are at hand; the others unfold. */
const FIRST: readonly FilterName[] = ['decision', 'labelState', 'status', 'minScore'];
const FURTHER = FILTER_NAMES.filter((name) => !FIRST.includes(name));

/** Filters live in the address, so that a view can be shared and the back button works. */
export function Filters({ search, children }: { search: TransactionSearch; children?: React.ReactNode }) {
  const navigate = useNavigate({ from: '/transactions' });
  const [more, setMore] = useState(false);
  const set = (change: Partial<TransactionSearch>) =>
    void navigate({ search: { ...search, ...change }, replace: true });
  return (
    <div className="mb-4 grid gap-3">
      <search className="grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap">
        <Box search={search} set={set} />
        {FIRST.map((name) => (
          <div key={name} className={name === 'decision' || more ? '' : 'max-sm:hidden'}>
            <One name={name} search={search} set={set} />
          </div>
        ))}
        <Button icon={<SlidersHorizontal className="size-3.5" />} aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? 'Fewer filters' : 'More filters'}
        </Button>
        {children}
      </search>
      {more && (
        <search
          aria-label="More filters"
          className="panel grid grid-cols-2 items-start gap-x-3 gap-y-2.5 p-4 md:grid-cols-4 xl:grid-cols-6"
        >
          {FURTHER.map((name) => (
            <One key={name} name={name} search={search} set={set} />
          ))}
        </search>
      )}
    </div>
  );
}

interface Part {
  search: TransactionSearch;
  set: (change: Partial<TransactionSearch>) => void;
}

function Box({ search, set }: Part) {
  const [text, setText] = useState(search.q ?? '');
  useEffect(() => setText(search.q ?? ''), [search.q]);
  return (
    <form
      className="relative max-sm:col-span-2 sm:w-56"
      onSubmit={(event) => {
        event.preventDefault();
        set({ q: text.trim() || undefined });
      }}
    >
      <Search className="pointer-events-none absolute bottom-2.25 left-2.5 size-3.5 text-muted max-sm:bottom-3.25" />
      <Field
        label="User or transaction id"
        type="search"
        value={text}
        placeholder="Whole id, then Enter"
        className="pl-8"
        onChange={(event) => setText(event.target.value)}
      />
    </form>
  );
}

/** One filter; what is written counts once it is left or Enter is pressed. */
function One({ name, search, set }: Part & { name: FilterName }) {
  const { label, words, kind, hint, most } = PAYMENT_FILTERS[name];
  const base = useBaseCurrency();
  const given = search[name];
  const shown = given === undefined ? '' : kind === 'time' ? localMinute(String(given)) : String(given);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  if (words)
    return (
      <Choice
        label={label}
        value={shown}
        className="w-full"
        onChange={(event) => set({ [name]: event.target.value || undefined })}
      >
        <option value="">Any</option>
        {Object.entries(words).map(([value, said]) => (
          <option key={value} value={value}>
            {said}
          </option>
        ))}
      </Choice>
    );
  const take = (value: string) => {
    const clean = value.trim();
    const number = Number(clean);
    if (clean === '' || kind !== 'number') set({ [name]: clean || undefined });
    else if (number >= 0 && number <= (most ?? 0)) set({ [name]: number });
  };
  if (kind === 'time')
    return <Field label={label} type="datetime-local" value={shown} onChange={(event) => take(event.target.value)} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    take(text);
  };
  const isMoney = name === 'minAmount' || name === 'maxAmount';
  return (
    <form onSubmit={submit} className={name === 'minScore' ? 'sm:w-24' : ''}>
      <Field
        label={isMoney ? `${label}, ${base}` : label}
        type={kind === 'number' ? 'number' : 'text'}
        {...(kind === 'number' ? { min: 0, max: most, step: 'any', inputMode: 'decimal' as const } : {})}
        value={text}
        placeholder={isMoney ? undefined : hint}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => text !== shown && take(text)}
      />
    </form>
  );
}

/** What is in force, each to be taken away by itself. */
export function Chips({ search }: { search: TransactionSearch }) {
  const navigate = useNavigate({ from: '/transactions' });
  const names = (['q', ...FILTER_NAMES] as const).filter((name) => search[name] !== undefined);
  if (names.length === 0) return null;
  const go = (next: TransactionSearch) => void navigate({ search: next, replace: true });
  return (
    <ul aria-label="Filters in force" className="flex flex-wrap items-center gap-1.5">
      {names.map((name) => {
        const said = filterWords(name, search[name]!);
        return (
          <li key={name}>
            <button
              type="button"
              aria-label={`Take away ${said}`}
              className="inline-flex max-w-72 items-center gap-1.5 rounded-full border border-line bg-sunken py-1 pr-2 pl-3 text-xs hover:border-edge max-sm:min-h-9"
              onClick={() => go({ ...search, [name]: undefined })}
            >
              <span className="truncate">{said}</span>
              <X className="size-3 shrink-0 text-muted" aria-hidden="true" />
            </button>
          </li>
        );
      })}
      <li>
        <Button kind="quiet" onClick={() => go({})}>
          Clear all
        </Button>
      </li>
    </ul>
  );
}
