import { Link } from '@tanstack/react-router';
import type { WholeCase } from '../../api/cases.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { moneyShort, plural } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { KindIcon } from '../../ui/kind.tsx';
import { EntityName } from './parts.tsx';
import { type Neighbour, useBeside } from './use-beside.ts';

const SHOWN = 6;

/** Open cases that share an entity with this one: perhaps the same attack. Nothing where there are none. */
export function Beside({ of, onMerge }: { of: WholeCase; onMerge: () => void }) {
  const { neighbours } = useBeside(of);
  const base = useBaseCurrency();
  if (neighbours.length === 0) return null;
  const proposed = new Set(of.proposedMerges.map(({ id }) => id));
  const isProposed = ({ one }: Neighbour) => proposed.has(one.id);
  const sorted = neighbours.toSorted((a, b) => Number(isProposed(b)) - Number(isProposed(a)));
  return (
    <Panel
      title="Open cases beside it"
      note={proposed.size > 0 ? 'a merge is proposed' : 'perhaps the same attack'}
      flush
      aside={
        <Button small needs={['review']} onClick={onMerge}>
          Merge…
        </Button>
      }
    >
      <ul>
        {sorted.slice(0, SHOWN).map(({ one, shared }) => (
          <li key={one.id} className="border-t border-line">
            <Link to="/queue" search={{ case: one.id }} className="block px-4 py-2 hover:bg-sunken">
              <span className="flex items-center gap-2">
                <KindIcon kind={one.entity.type} className="size-3.5" />
                <span className="flex min-w-0 flex-1">
                  <EntityName entity={one.entity} />
                </span>
                <span className="num text-xs text-muted">{moneyShort(one.amountAtRisk, base)}</span>
              </span>
              <span className="mt-0.5 block truncate text-xs text-muted">
                {plural(one.transactionCount, 'alert')}, shares {sharedWords(shared)}
              </span>
              {proposed.has(one.id) && (
                <span className="mt-0.5 block text-xs text-review">
                  An alert belonged to both{one.assignee ? `; ${one.assignee} works on it` : ''}
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
      {neighbours.length > SHOWN && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">and {neighbours.length - SHOWN} more</p>
      )}
    </Panel>
  );
}

/** "device d_1, card c_2" */
export const sharedWords = (shared: Neighbour['shared']): string =>
  shared.map(({ type, id }) => `${type} ${id ?? ''}`.trim()).join(', ');
