import type { Case } from '../../api/cases.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { ago, moneyShort, plural } from '../../lib/format.ts';
import { KindIcon } from '../../ui/kind.tsx';
import { EntityName, Outcomes, ResolutionBadge } from './parts.tsx';
import { AT_RISK } from './work.ts';

interface Props {
  item: Case;
  selected: boolean;
  /** Somebody else was faster. */
  elsewhere: string | undefined;
  onSelect: () => void;
}

export function Item({ item, selected, elsewhere, onSelect }: Props) {
  const base = useBaseCurrency();
  return (
    <li data-id={item.id} className="border-b border-line last:border-b-0">
      <button
        type="button"
        aria-current={selected ? 'true' : undefined}
        onClick={onSelect}
        className={`relative block w-full px-4 py-2.5 text-left outline-offset-[-2px] hover:bg-sunken aria-[current]:bg-sunken ${selected ? 'before:absolute before:inset-y-0 before:left-0 before:w-0.5 before:bg-ink' : ''}`}
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
        <span className="mt-1 flex items-center gap-2.5 pl-6 text-xs text-muted">
          <Outcomes {...item} />
          <span className="num">score {item.score}</span>
          {item.disputes > 0 && <span className="num truncate">{plural(item.disputes, 'dispute')}</span>}
          <span className="num ml-auto whitespace-nowrap">
            {ago(new Date(item.status === 'resolved' ? (item.resolvedAt ?? item.openedAt) : item.openedAt), new Date())}
          </span>
        </span>
        {(elsewhere || item.status === 'resolved' || item.assignee) && (
          <span className="mt-1 flex items-center gap-2 pl-6 text-xs">
            {item.status === 'resolved' && <ResolutionBadge resolution={item.resolution} />}
            {elsewhere ? (
              <em className="text-review not-italic">Now {elsewhere}</em>
            ) : (
              item.assignee && <span className="truncate">{item.assignee}</span>
            )}
          </span>
        )}
      </button>
    </li>
  );
}
