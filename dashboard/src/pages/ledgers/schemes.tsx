import type { ReactNode } from 'react';
import type { SchemeLedger, SchemeRow } from '../../api/ledgers.ts';
import { count } from '../../lib/format.ts';
import { useNarrow } from '../../lib/use-narrow.ts';
import { EntityLink, Panel } from '../../ui/bits.tsx';
import { Empty } from '../../ui/states.tsx';
import { FigureLink } from './figure-link.tsx';
import { RateBar, rateText, StateBadge, type Tone } from './rate-bar.tsx';

const STATES: Record<SchemeRow['state'], [tone: Tone, words: string, means: string]> = {
  within: ['good', 'Within', 'Below the limit'],
  below_minimum: ['near', 'Below minimum', 'The rate is reached, the count from which it matters is not'],
  over: ['bad', 'Over', 'Rate and count are reached'],
  high: ['bad', 'High', 'The harder of both limits is reached'],
  unknown: ['none', 'Unknown', 'A count, and nothing to divide it by'],
  no_limit: ['none', 'No limit', 'There was no programme in this month'],
};
type Numbers = readonly (readonly [title: string, field: keyof SchemeRow, part?: string])[];
/** What is held against a limit; of a count that adds others up each of these opens. */
interface Measure {
  title: string;
  numbers: Numbers;
  of: (row: SchemeRow) => Pick<SchemeRow, 'rate' | 'limit' | 'minimum' | 'state'>;
}
const DISPUTES: Measure = {
  title: 'Merchants',
  numbers: [
    ['Count', 'count'],
    ['Reports', 'fraudReports', 'fraudReports'],
    ['Fraud', 'fraudDisputes', 'fraudDisputes'],
    ['Other', 'otherDisputes', 'otherDisputes'],
    ['Settled', 'settledCount', 'settled'],
  ],
  of: (row) => row,
};
const TESTING: Measure = {
  title: 'Card testing',
  numbers: [
    ['Enumerated', 'enumerated', 'enumerated'],
    ['Authorizations', 'authorizations', 'authorizations'],
  ],
  of: ({ enumeratedRate: rate = null, enumeratedLimit: limit = null, enumeratedMinimum: minimum = null, ...row }) => ({
    ...{ rate, limit, minimum },
    state: row.enumeratedState ?? 'no_limit',
  }),
};
const MOST = 200;

/** Merchants, those with the most disputes first; all of them together as an acquirer has them; and where the scheme has a limit for it, card testing. */
export function Schemes({ ledger, name }: { ledger: SchemeLedger; name: string }) {
  const { rows, portfolio } = ledger;
  if (rows.length === 0)
    return (
      <Panel title="Merchants" flush>
        <Empty title="Nothing in this month">
          No payment of {name} has an event “settled” in the month that counts, and no dispute was reported.
        </Empty>
      </Panel>
    );
  const tested = rows.filter(({ authorizations = 0 }) => authorizations > 0);
  tested.sort((a, b) => (b.enumerated ?? 0) - (a.enumerated ?? 0) || b.authorizations! - a.authorizations!);
  return (
    <div className="grid gap-4">
      {portfolio && (
        <div className="grid gap-4 lg:grid-cols-2">
          <Portfolio title="All merchants together" row={portfolio} measure={DISPUTES} note="as an acquirer is held" />
          <Portfolio title="Card testing, of all" row={portfolio} measure={TESTING} note="an estimate" />
        </div>
      )}
      <Merchants rows={rows} measure={DISPUTES} />
      {tested.length > 0 && <Merchants rows={tested} measure={TESTING} />}
    </div>
  );
}

function limitText({ limit, minimum }: Pick<SchemeRow, 'limit' | 'minimum'>): string | undefined {
  return limit === null ? undefined : `limit ${rateText(limit)} from a count of ${count(minimum ?? 0)}`;
}

function Badge({ state }: { state: SchemeRow['state'] }) {
  const [tone, words, means] = STATES[state];
  return (
    <StateBadge tone={tone} title={means}>
      {words}
    </StateBadge>
  );
}

interface PortfolioProps {
  title: string;
  row: SchemeRow;
  measure: Measure;
  note: string;
}

function Portfolio({ title, row, measure, note }: PortfolioProps) {
  const held = measure.of(row);
  return (
    <Panel title={title} note={note} aside={<Badge state={held.state} />}>
      <dl className="mb-3 flex flex-wrap gap-x-6 gap-y-2">
        <Term term="Rate">{rateText(held.rate)}</Term>
        {measure.numbers.map(([term, field, part]) => (
          <Term key={term} term={term}>
            <Figure {...{ row, field, part }} says={`${title}, ${term}`} />
          </Term>
        ))}
      </dl>
      <RateBar rate={held.rate} limit={held.limit} tone={STATES[held.state][0]} />
      <p className="mt-1 text-xs text-muted first-letter:uppercase">
        {limitText(held) ?? 'There was no programme in this month.'}
      </p>
    </Panel>
  );
}

function Term({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-muted">{term}</dt>
      <dd className="num text-lg font-semibold">{children}</dd>
    </div>
  );
}

function Merchants({ rows, measure }: { rows: SchemeRow[]; measure: Measure }) {
  const { title, numbers } = measure;
  const narrow = useNarrow();
  const rest = rows.length > MOST && (
    <p className="border-t border-line px-4 py-3 text-xs text-muted">
      The first {MOST} of {count(rows.length)}; all of them are in the CSV.
    </p>
  );
  if (narrow)
    return (
      <Panel title={title} note={limitText(measure.of(rows[0]))} flush>
        <ul>
          {rows.slice(0, MOST).map((row) => {
            const held = measure.of(row);
            return (
              <li key={row.merchantId ?? ''} className="border-t border-line px-4 py-2.5">
                <p className="flex items-center gap-3">
                  <span className="min-w-0 flex-1">
                    <Merchant row={row} />
                  </span>
                  <span className="num font-medium">{rateText(held.rate)}</span>
                  <Badge state={held.state} />
                </p>
                <dl className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-xs">
                  {numbers.map(([term, field, part]) => (
                    <div key={term} className="flex gap-1.5">
                      <dt className="text-muted">{term}</dt>
                      <dd className="num">
                        <Figure {...{ row, field, part }} of={row.merchantId ?? '(none)'} says={term} />
                      </dd>
                    </div>
                  ))}
                </dl>
              </li>
            );
          })}
        </ul>
        {rest}
      </Panel>
    );
  return (
    <Panel title={title} note={limitText(measure.of(rows[0]))} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section className="relative overflow-x-auto" aria-label={`${title}, table`} tabIndex={0}>
        <table className="w-full text-left">
          <thead>
            <tr className="border-y border-line text-xs text-muted [&>th]:px-2 [&>th]:py-2 [&>th]:font-medium">
              <th className="pl-4!">Merchant</th>
              <th>State</th>
              <th className="text-right">Rate</th>
              <th className="w-1/4">Against the limit</th>
              {numbers.map(([title]) => (
                <th key={title} className="text-right last:pr-4!">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST).map((row) => {
              const held = measure.of(row);
              return (
                <tr
                  key={row.merchantId ?? ''}
                  className="border-line not-last:border-b hover:bg-sunken [&>td]:px-2 [&>td]:py-2"
                >
                  <td className="max-w-40 pl-4!">
                    <Merchant row={row} />
                  </td>
                  <td>
                    <Badge state={held.state} />
                  </td>
                  <td className="num text-right">{rateText(held.rate)}</td>
                  <td>
                    <RateBar rate={held.rate} limit={held.limit} tone={STATES[held.state][0]} />
                  </td>
                  {numbers.map(([title, field, part]) => (
                    <td key={title} className="num text-right last:pr-4!">
                      <Figure {...{ row, field, part }} of={row.merchantId ?? '(none)'} says={title} />
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      {rest}
    </Panel>
  );
}

function Merchant({ row: { merchantId } }: { row: SchemeRow }) {
  if (merchantId === null) return <span className="text-muted">nobody named one</span>;
  return <EntityLink type="merchant" id={merchantId} className="block" />;
}

interface FigureProps {
  row: SchemeRow;
  field: keyof SchemeRow;
  /** Absent: it adds others up, which open each. */
  part: string | undefined;
  /** Whose; absent: everybody's. */
  of?: string;
  says: string;
}

function Figure({ row, field, part, of, says }: FigureProps) {
  const figure = Number(row[field] ?? 0);
  if (part === undefined) return count(figure);
  return (
    <FigureLink part={part} of={of} says={says} none={figure === 0}>
      {count(figure)}
    </FigureLink>
  );
}
