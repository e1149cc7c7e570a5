import { useNavigate } from '@tanstack/react-router';
import { Search, SlidersHorizontal, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { TransactionSearch } from '../../searches.ts';
import { Button } from '../../ui/button.tsx';
import { Choice, Field } from '../../ui/field.tsx';

/** Filters live in the address, so that a view can be shared and the back button works. */
export function Filters({ search }: { search: TransactionSearch }) {
  const navigate = useNavigate({ from: '/transactions' });
  const [text, setText] = useState(search.q ?? '');
  // Narrow screens show the list first.
  const [more, setMore] = useState(false);
  useEffect(() => setText(search.q ?? ''), [search.q]);
  const set = (change: Partial<TransactionSearch>) =>
    void navigate({ search: { ...search, ...change }, replace: true });
  const filtered = Object.values(search).some((value) => value !== undefined);
  return (
    <search className="mb-4 grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap">
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
      <Button
        className="col-span-2 sm:hidden"
        icon={<SlidersHorizontal className="size-3.5" />}
        aria-expanded={more}
        onClick={() => setMore(!more)}
      >
        {more ? 'Fewer filters' : 'More filters'}
      </Button>
      <div className={`contents ${more ? '' : 'max-sm:hidden'}`}>
        <Choice
          label="Decision"
          value={search.decision ?? ''}
          className="max-sm:w-full"
          onChange={(event) => set({ decision: (event.target.value || undefined) as TransactionSearch['decision'] })}
        >
          <option value="">Any</option>
          <option value="approve">Approved</option>
          <option value="review">Review</option>
          <option value="decline">Declined</option>
        </Choice>
        <Choice
          label="Status"
          value={search.status ?? ''}
          className="max-sm:w-full"
          onChange={(event) => set({ status: (event.target.value || undefined) as TransactionSearch['status'] })}
        >
          <option value="">Any</option>
          <option value="pending">Pending</option>
          <option value="finalized">Finalized</option>
          <option value="processing">Processing</option>
          <option value="failed">Failed</option>
        </Choice>
        <Choice
          label="Score from"
          value={search.minScore ?? ''}
          className="max-sm:w-full"
          onChange={(event) => set({ minScore: Number(event.target.value) || undefined })}
        >
          <option value="">Any</option>
          {[5, 10, 20, 30, 50, 70, 90].map((score) => (
            <option key={score} value={score}>
              {score}
            </option>
          ))}
        </Choice>
        <div className="max-sm:col-span-2 max-sm:grid max-sm:gap-2 sm:contents">
          <Field
            label="From"
            type="datetime-local"
            className="sm:w-46"
            value={search.from ?? ''}
            onChange={(event) => set({ from: event.target.value || undefined })}
          />
          <Field
            label="To"
            type="datetime-local"
            className="sm:w-46"
            value={search.to ?? ''}
            onChange={(event) => set({ to: event.target.value || undefined })}
          />
        </div>
      </div>
      {filtered && (
        <Button
          kind="quiet"
          icon={<X className="size-3.5" />}
          onClick={() => void navigate({ search: {}, replace: true })}
        >
          Clear
        </Button>
      )}
    </search>
  );
}
