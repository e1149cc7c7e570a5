import type { SchemeLedger, SchemeRow } from '../../api/ledgers.ts';
import { count } from '../../lib/format.ts';
import { EntityLink, Panel } from '../../ui/bits.tsx';
import { Empty } from '../../ui/states.tsx';
import { FigureLink } from './figure-link.tsx';
import { RateBar, rateText, StateBadge, type Tone } from './rate-bar.tsx';

const STATES: Record<SchemeRow['state'], [tone: Tone, words: string, means: string]> = {
  within: ['good', 'Within', 'Below the limit'],
  below_minimum: ['near', 'Below minimum', 'The rate is reached, the count from which it matters is not'],
  over: ['bad', 'Over', 'Rate and count are reached'],
  high: ['bad', 'High', 'The harder of both limits is reached'],
  unknown: ['none', 'Unknown', 'Disputes, and no settled payments to divide by'],
  no_limit: ['none', 'No limit', 'There was no programme in this month'],
};
const NUMBERS = [
  ['Count', 'count'],
  ['Reports', 'fraudReports'],
  ['Fraud', 'fraudDisputes'],
  ['Other', 'otherDisputes'],
  ['Settled', 'settledCount'],
] as const;
const MOST = 200;

/** Merchants, those with the most disputes first. */
export function Schemes({ ledger, name }: { ledger: SchemeLedger; name: string }) {
  const { rows } = ledger;
  const [first] = rows;
  const limit =
    first?.limit == null ? undefined : `limit ${rateText(first.limit)} from a count of ${count(first.minimum ?? 0)}`;
  return (
    <Panel title="Merchants" note={limit} flush>
      {rows.length === 0 ? (
        <Empty title="Nothing in this month">
          No payment of {name} has an event “settled” in the month that counts, and no dispute was reported.
        </Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        <section className="relative overflow-x-auto" aria-label="Merchants, table" tabIndex={0}>
          <table className="w-full text-left">
            <thead>
              <tr className="border-y border-line text-xs text-muted [&>th]:px-2 [&>th]:py-2 [&>th]:font-medium">
                <th className="pl-4!">Merchant</th>
                <th>State</th>
                <th className="text-right">Rate</th>
                <th className="w-1/4 max-sm:hidden">Against the limit</th>
                {NUMBERS.map(([title]) => (
                  <th key={title} className="text-right last:pr-4!">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, MOST).map((row) => {
                const [tone, words, means] = STATES[row.state];
                return (
                  <tr
                    key={row.merchantId ?? ''}
                    className="border-line not-last:border-b hover:bg-sunken [&>td]:px-2 [&>td]:py-2"
                  >
                    <td className="max-w-40 pl-4!">
                      {row.merchantId === null ? (
                        <span className="text-muted">nobody named one</span>
                      ) : (
                        <EntityLink type="merchant" id={row.merchantId} className="block" />
                      )}
                    </td>
                    <td>
                      <StateBadge tone={tone} title={means}>
                        {words}
                      </StateBadge>
                    </td>
                    <td className="num text-right">{rateText(row.rate)}</td>
                    <td className="max-sm:hidden">
                      <RateBar rate={row.rate} limit={row.limit} tone={tone} />
                    </td>
                    {NUMBERS.map(([title, field]) => (
                      <td key={title} className="num text-right last:pr-4!">
                        <Figure field={field} title={title} row={row} />
                      </td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      )}
      {rows.length > MOST && (
        <p className="px-4 py-3 text-xs text-muted">
          The first {MOST} of {count(rows.length)}; all of them are in the CSV.
        </p>
      )}
    </Panel>
  );
}

const PARTS: Partial<Record<(typeof NUMBERS)[number][1], string>> = {
  ...{ settledCount: 'settled', fraudReports: 'fraudReports', fraudDisputes: 'fraudDisputes' },
  otherDisputes: 'otherDisputes',
};

/** The count adds others up, which open each. */
function Figure({ field, title, row }: { field: (typeof NUMBERS)[number][1]; title: string; row: SchemeRow }) {
  const part = PARTS[field];
  if (!part) return count(row[field]);
  return (
    <FigureLink part={part} of={row.merchantId ?? '(none)'} says={title} none={row[field] === 0}>
      {count(row[field])}
    </FigureLink>
  );
}
