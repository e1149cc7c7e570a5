import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus, Scale } from 'lucide-react';
import { type Rule, rulesQuery } from '../../api/policy.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { Panel } from '../../ui/bits.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { useRights } from './rights.ts';
import { RuleTable } from './rule-table.tsx';
import { Starters } from './starters.tsx';
import { PolicyHeader } from './tabs.tsx';

/** What is decided beside the model, by whom it was written, and what it does. */
export function Rules() {
  const { data, error, refetch } = useQuery(rulesQuery());
  const { draft } = useRights();
  useLiveRefresh(['rules'], 1_500, () => live.totals().policies);
  const rules = data?.data ?? [];
  return (
    <>
      <PolicyHeader
        title="Rules"
        note="Live ones decide beside the model; those in shadow only say what they would do."
      >
        {draft && (
          <Link to="/rules/new" className={buttonClass('primary')}>
            <Plus className="size-4" /> New rule
          </Link>
        )}
      </PolicyHeader>
      <div className="grid gap-4">
        <Panel flush className="overflow-hidden">
          {error && !data ? (
            <Failed error={error} retry={() => void refetch()} />
          ) : !data ? (
            <LoadingRows rows={5} />
          ) : rules.length === 0 ? (
            <Teach mayWrite={draft} />
          ) : (
            <RuleTable rules={rules.toSorted(inOrder)} />
          )}
        </Panel>
        {data && <Starters taken={rules} open={rules.length === 0} />}
      </div>
    </>
  );
}

const MODE_ORDER = { live: 0, shadow: 1, off: 2 };
const inOrder = (a: Rule, b: Rule): number =>
  MODE_ORDER[a.mode] - MODE_ORDER[b.mode] || b.priority - a.priority || a.name.localeCompare(b.name);

function Teach({ mayWrite }: { mayWrite: boolean }) {
  return (
    <Empty
      icon={<Scale />}
      title="No rules yet: the model decides alone"
      action={
        mayWrite && (
          <Link to="/rules/new" className={buttonClass('plain')}>
            Write the first rule
          </Link>
        )
      }
    >
      A rule says when, and what then: <code className="id">count("card", "1h", "refused") &gt;= 5</code> → decline.
      Write it, look at what it would have done, let it run in shadow for a while, and make it live once you trust it.
      Every version is kept, so that each can be brought back.
    </Empty>
  );
}
