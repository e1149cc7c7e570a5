import type { Transaction } from '../../api/types.ts';
import { because } from '../../lib/format.ts';
import { Money, Time } from '../../ui/bits.tsx';
import { OutcomeWord } from '../../ui/outcome.tsx';

interface Props {
  item: Transaction;
  selected: boolean;
  /** Somebody else was faster. */
  elsewhere: string | undefined;
  onSelect: () => void;
}

export function Item({ item, selected, elsewhere, onSelect }: Props) {
  return (
    <li data-id={item.id} className="border-b border-line last:border-b-0">
      <button
        type="button"
        aria-current={selected ? 'true' : undefined}
        onClick={onSelect}
        className={`relative block w-full px-4 py-2.5 text-left outline-offset-[-2px] hover:bg-sunken aria-[current]:bg-sunken ${selected ? 'before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-ink' : ''}`}
      >
        <span className="flex items-baseline gap-2">
          <OutcomeWord outcome={item.decision} />
          <span className="num text-xs text-muted">{item.score}</span>
          <span className="ml-auto">
            <Money amount={item.amount} currency={item.currency} strong />
          </span>
        </span>
        <span className="mt-0.5 line-clamp-1 text-muted">
          {elsewhere ? <em className="text-review not-italic">Already {elsewhere}</em> : because(item)}
        </span>
        <span className="mt-0.5 flex items-baseline gap-2 text-xs text-muted">
          <span className="id min-w-0 truncate">{item.userId}</span>
          <span className="ml-auto">
            <Time at={item.createdAt} />
          </span>
        </span>
      </button>
    </li>
  );
}
