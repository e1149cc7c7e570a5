import { useState } from 'react';
import type { Effect } from '../../api/backtests.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { count, humanize, moneyShort } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';

const FIRST = 10;

interface Segment {
  field: string;
  value: string;
  decisions: number;
  moved: number;
  amount: number;
  fraud: number;
  legitimate: number;
  unknown: number;
}

/** Where payments change sides: the largest parts; when asked all, kind by kind. */
export function Segments({ segments }: { segments: Effect['segments'] }) {
  const base = useBaseCurrency();
  const [all, setAll] = useState(false);
  const moved = (segments as unknown as Segment[]).filter((one) => one.moved > 0);
  if (moved.length === 0) return null;
  const shown = all ? moved : [...moved].sort((a, b) => b.moved - a.moved).slice(0, FIRST);
  return (
    <Panel title="Where" note="payments that change sides, by what they have in common" flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll */}
      <section className="overflow-x-auto" tabIndex={0} aria-label="Segments">
        <table className="w-full">
          <thead>
            <tr className="h-8 text-left text-xs text-muted [&_th]:px-2 [&_th]:font-medium">
              <th className="!pl-4">Part</th>
              <th className="text-right">Change sides</th>
              <th className="text-right">Fraud</th>
              <th className="text-right">Legitimate</th>
              <th className="text-right">Not known</th>
              <th className="!pr-4 text-right">Money</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <tr key={`${one.field} ${one.value}`} className="num h-9 border-t border-line text-right [&_td]:px-2">
                <td className="max-w-56 truncate !pl-4 text-left">
                  <span className="text-xs text-muted">{humanize(one.field)}</span> {one.value}
                </td>
                <td className="whitespace-nowrap">
                  {count(one.moved)} <span className="text-xs text-muted">of {count(one.decisions)}</span>
                </td>
                <td>{count(one.fraud)}</td>
                <td>{count(one.legitimate)}</td>
                <td>{count(one.unknown)}</td>
                <td className="!pr-4">{moneyShort(one.amount, base)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {moved.length > FIRST && (
        <div className="border-t border-line px-4 py-2">
          <Button small aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Fewer' : `All ${moved.length}`}
          </Button>
        </div>
      )}
    </Panel>
  );
}
