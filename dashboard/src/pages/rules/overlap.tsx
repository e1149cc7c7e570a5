import type { RuleWindow } from '../../api/backtests.ts';
import { percent } from '../../lib/format.ts';

/** The rules that hit the same payments most, each with its share of this rule's hits: as a bar and in words. */
export function Overlap({ hits, beside }: { hits: number; beside: RuleWindow['overlap'] }) {
  if (hits === 0 || beside.length === 0) return <span className="text-muted">–</span>;
  return (
    <ul className="w-36 space-y-1 text-xs">
      {beside.map(({ id, hits: shared }) => (
        <li key={id}>
          <span className="flex justify-between gap-2">
            <span className="id truncate">{id}</span>
            <span className="num text-muted">{percent(shared / hits)}</span>
          </span>
          <span aria-hidden="true" className="block h-1 overflow-hidden rounded-full bg-sunken">
            <span className="block h-full rounded-full bg-info" style={{ width: `${(100 * shared) / hits}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
