import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type CaseOutcome, outcomesQuery, reasonWords } from '../../api/desk.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { capital, count, moneyShort, plural } from '../../lib/format.ts';
import { TEAM_WINDOWS } from '../../searches.ts';
import { Panel, Segmented } from '../../ui/bits.tsx';
import { Empty, Failed, LoadingRows } from '../../ui/states.tsx';
import { resolutionName } from '../queue/work.ts';

/** What cases turned out to be: by reason, and by who resolved them. */
export function Outcomes() {
  const { window = '30d' } = useSearch({ from: '/queue/team' });
  const navigate = useNavigate({ from: '/queue/team' });
  const { data, error, refetch } = useQuery(outcomesQuery(window));
  const total = (data ?? []).reduce((sum, { cases }) => sum + cases, 0);
  return (
    <Panel
      title="Resolved"
      note={data && plural(total, 'case')}
      aside={
        <Segmented
          label="Window"
          value={window}
          options={TEAM_WINDOWS.map((value) => ({ value, label: value }))}
          onChange={(value) => navigate({ search: { window: value }, replace: true })}
        />
      }
      flush
    >
      {error && !data ? (
        <Failed error={error} retry={() => void refetch()} />
      ) : !data ? (
        <LoadingRows rows={3} />
      ) : total === 0 ? (
        <Empty title="Nothing was resolved in this time">
          What is, is counted here by its reason and by who did it.
        </Empty>
      ) : (
        <div className="grid items-start gap-x-6 md:grid-cols-2">
          <Table
            title="By reason"
            first="Reason"
            total={total}
            rows={summed(data, ({ resolution, reason }) =>
              reason === null
                ? `${resolutionName(resolution)}, no reason given`
                : `${resolutionName(resolution)}: ${reasonWords(reason)}`,
            )}
          />
          <Table
            title="By analyst"
            first="Analyst"
            total={total}
            rows={summed(data, ({ byName, by }) => byName ?? (by === null ? 'Without a key' : 'A key that is gone'))}
          />
        </div>
      )}
    </Panel>
  );
}

interface Sum {
  name: string;
  cases: number;
  transactions: number;
  amount: number;
}

/** The commonest first. */
function summed(outcomes: readonly CaseOutcome[], nameOf: (outcome: CaseOutcome) => string): Sum[] {
  const sums = new Map<string, Sum>();
  for (const outcome of outcomes) {
    const name = nameOf(outcome);
    const sum = sums.get(name) ?? { name, cases: 0, transactions: 0, amount: 0 };
    sum.cases += outcome.cases;
    sum.transactions += outcome.transactions;
    sum.amount += outcome.amount;
    sums.set(name, sum);
  }
  return [...sums.values()].sort((a, b) => b.cases - a.cases || a.name.localeCompare(b.name));
}

function Table({ title, first, rows, total }: { title: string; first: string; rows: Sum[]; total: number }) {
  const base = useBaseCurrency();
  return (
    <table className="w-full">
      <caption className="sr-only">{title}</caption>
      <thead>
        <tr className="border-t border-line text-left text-xs text-muted">
          <th scope="col" className="px-4 py-2 font-medium">
            {first}
          </th>
          <th scope="col" className="px-2 py-2 text-right font-medium">
            Cases
          </th>
          <th scope="col" className="px-4 py-2 text-right font-medium">
            Money
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, cases, transactions, amount }) => (
          <tr key={name} className="border-t border-line">
            <th scope="row" className="px-4 py-1.5 text-left font-normal">
              {capital(name)}
              <span className="mt-1 block h-1 rounded-full bg-sunken" aria-hidden="true">
                <span className="block h-full rounded-full bg-ink" style={{ width: `${(cases / total) * 100}%` }} />
              </span>
            </th>
            <td className="num px-2 py-1.5 text-right" title={plural(transactions, 'payment')}>
              {count(cases)}
            </td>
            <td className="num px-4 py-1.5 text-right whitespace-nowrap text-muted">{moneyShort(amount, base)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
