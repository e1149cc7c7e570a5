import type { Case } from '../../api/cases.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { ago, moneyShort, plural } from '../../lib/format.ts';
import { KindIcon } from '../../ui/kind.tsx';
import { Due } from './due.tsx';
import { caseName, EntityName, Outcomes, ResolutionBadge } from './parts.tsx';
import { AT_RISK } from './work.ts';

interface Props {
  item: Case;
  selected: boolean;
  /** Somebody else was faster. */
  elsewhere: string | undefined;
  onSelect: () => void;
  /** Among those that something is done to together; undefined where this key does nothing. */
  chosen: boolean | undefined;
  onChoose: () => void;
}

export function Item({ item, selected, elsewhere, onSelect, chosen, onChoose }: Props) {
  const base = useBaseCurrency();
  const isResolved = item.status === 'resolved';
  const third = elsewhere || isResolved || item.asked || item.assignee || item.dueAt || item.awaitingSince;
  const disputes = item.disputes > 0 && (
    <span className="num whitespace-nowrap text-muted">{plural(item.disputes, 'dispute')}</span>
  );
  return (
    <li data-id={item.id} className="relative border-b border-line last:border-b-0">
      {chosen !== undefined && (
        <label
          className="absolute top-0 left-0 z-1 flex h-10 w-10 cursor-pointer items-center justify-center max-lg:h-12"
          title="Choose (v)"
        >
          <input
            type="checkbox"
            checked={chosen}
            onChange={onChoose}
            aria-label={`Choose ${caseName(item)}`}
            className="size-3.5 accent-(--accent)"
          />
        </label>
      )}
      <button
        type="button"
        aria-current={selected ? 'true' : undefined}
        onClick={onSelect}
        className={`relative block w-full py-2.5 pr-4 ${chosen === undefined ? 'pl-4' : 'pl-10'} text-left outline-offset-[-2px] hover:bg-sunken aria-[current]:bg-sunken ${selected ? 'before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-ink' : ''}`}
      >
        <span className="flex items-center gap-2">
          <KindIcon kind={item.entity.type} />
          <span className="sr-only">{item.entity.type}</span>
          <span className="flex min-w-0 flex-1 font-medium">
            <EntityName entity={item.entity} />
          </span>
          <span className="num font-medium whitespace-nowrap" title={AT_RISK}>
            {item.amount > 0 && moneyShort(item.amountAtRisk, base)}
          </span>
        </span>
        <span className={`mt-1 flex items-center gap-2.5 text-xs text-muted ${chosen === undefined ? 'pl-6' : ''}`}>
          <Outcomes {...item} />
          <span className="num whitespace-nowrap">score {item.score}</span>
          {!third && disputes}
          <span className="num ml-auto whitespace-nowrap">
            {ago(new Date(isResolved ? (item.resolvedAt ?? item.openedAt) : item.openedAt), new Date())}
          </span>
        </span>
        {third && (
          <span className={`mt-1 flex items-center gap-2 text-xs ${chosen === undefined ? 'pl-6' : ''}`}>
            {isResolved && <ResolutionBadge resolution={item.resolution} />}
            {item.status === 'open' && item.asked && (
              <span className="whitespace-nowrap text-review">{item.asked.resolution}, unconfirmed</span>
            )}
            {elsewhere ? (
              <em className="text-review not-italic">Now {elsewhere}</em>
            ) : (
              item.assignee && <span className="truncate">{item.assignee}</span>
            )}
            {disputes}
            <span className="ml-auto flex">
              <Due of={item} />
            </span>
          </span>
        )}
      </button>
    </li>
  );
}
