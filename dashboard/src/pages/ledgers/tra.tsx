import type { ReactNode } from 'react';
import type { TraLedger, TraRow } from '../../api/ledgers.ts';
import { money, plural } from '../../lib/format.ts';
import { periodBeside, periodWords } from '../../lib/period.ts';
import { Panel } from '../../ui/bits.tsx';
import { FigureLink } from './figure-link.tsx';
import { RateBar, rateText, StateBadge, type Tone } from './rate-bar.tsx';

const NAMES: Record<TraRow['instrument'], string> = { card: 'Cards', credit_transfer: 'Credit transfers' };
const STATES: Record<TraRow['state'], [tone: Tone, words: string, means: string]> = {
  within: ['good', 'Within', 'At the limit or below it'],
  over: ['near', 'Over', 'Over in this quarter, not in the one before'],
  stopped: ['bad', 'Stopped', 'Over in two quarters: no exemption until one is within again'],
  empty: ['none', 'No payments', 'Nothing was executed'],
};

/** One rate an instrument, against the limit of each band. */
export function Tra({ ledger }: { ledger: TraLedger }) {
  const instruments = [...Map.groupBy(ledger.rows, ({ instrument }) => instrument)];
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      {instruments.map(([instrument, rows]) => (
        <Instrument key={instrument} instrument={instrument} rows={rows} quarter={ledger.quarter} />
      ))}
    </div>
  );
}

interface InstrumentProps {
  instrument: TraRow['instrument'];
  rows: TraRow[];
  quarter: string;
}

function Instrument({ instrument, rows, quarter }: InstrumentProps) {
  const name = NAMES[instrument];
  const [{ payments, value, fraudPayments, fraudValue, rate, rateBefore }] = rows;
  const behind = (part: string, n: number) => (
    <FigureLink part={part} of={instrument} says={`${name}, ${part}`} none={n === 0}>
      {plural(n, 'payment')}
    </FigureLink>
  );
  const figures: [string, string, ReactNode][] = [
    ['Executed', money(value, 'EUR'), behind('executed', payments)],
    ['Fraud', money(fraudValue, 'EUR'), behind('fraud', fraudPayments)],
    ['Rate', rateText(rate), `${rateText(rateBefore)} in ${periodWords(periodBeside(quarter, -1))}`],
  ];
  return (
    <Panel title={name} note="remote payments of every amount">
      <dl className="mb-3 grid grid-cols-3 gap-3">
        {figures.map(([term, figure, note]) => (
          <div key={term} className="min-w-0">
            <dt className="text-xs text-muted">{term}</dt>
            <dd className="num text-lg font-semibold break-words">{figure}</dd>
            <dd className="num text-xs text-muted">{note}</dd>
          </div>
        ))}
      </dl>
      <table className="w-full text-left">
        <caption className="sr-only">{name} against the limit of each band</caption>
        <thead>
          <tr className="border-y border-line text-xs text-muted [&>th]:py-2 [&>th]:pr-3 [&>th]:font-medium">
            <th>Up to</th>
            <th className="text-right">Limit</th>
            <th className="w-2/5">Rate against it</th>
            <th className="pr-0! text-right">State</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ band, limit, state }) => {
            const [tone, words, means] = STATES[state];
            return (
              <tr key={band} className="border-line not-last:border-b [&>td]:py-2 [&>td]:pr-3">
                <td className="num whitespace-nowrap">{money(band, 'EUR')}</td>
                <td className="num text-right">{rateText(limit)}</td>
                <td>
                  <RateBar rate={rate} limit={limit} tone={tone} />
                </td>
                <td className="pr-0! text-right">
                  <StateBadge tone={tone} title={means}>
                    {words}
                  </StateBadge>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}
