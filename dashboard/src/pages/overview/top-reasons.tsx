import { Link } from '@tanstack/react-router';
import type { Stats } from '../../api/types.ts';
import { featureWords } from '../../lib/feature-words.ts';
import { count } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { LoadingBlock } from '../../ui/states.tsx';
import { within } from './figures.tsx';

/** What most often spoke for fraud, over reviews and declines. */
export function TopReasons({ data }: { data: Stats | undefined }) {
  const reasons = data?.topReasons.slice(0, 7) ?? [];
  const most = reasons[0]?.count ?? 1;
  return (
    <Panel title="Top reasons" note="over reviews and declines">
      {!data ? (
        <LoadingBlock height={200} />
      ) : reasons.length === 0 ? (
        <p className="flex h-57 items-center justify-center text-center text-muted">
          Nothing was reviewed or declined in this window.
        </p>
      ) : (
        <ol className="flex flex-col gap-2">
          {reasons.map(({ code, count: n }) => (
            <li key={code} title={code}>
              <div className="flex items-baseline gap-3">
                <Link
                  to="/transactions"
                  search={{ ...within(data), reason: code }}
                  className="min-w-0 flex-1 truncate hover:underline"
                >
                  {featureWords(code)}
                </Link>
                <span className="num text-xs font-medium">{count(n)}</span>
              </div>
              <div className="mt-0.5 h-1 rounded-full bg-sunken" aria-hidden="true">
                <div className="h-full rounded-full bg-edge" style={{ width: `${(n / most) * 100}%` }} />
              </div>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
