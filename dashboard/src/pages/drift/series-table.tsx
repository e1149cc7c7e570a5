import { ChevronRight } from 'lucide-react';
import { Fragment, useState } from 'react';
import type { DriftSeries } from '../../api/drift.ts';
import { seriesWords } from '../../lib/drift-words.ts';
import { percent, plural } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import { Button } from '../../ui/button.tsx';
import { StateBadge, type Tone } from '../ledgers/rate-bar.tsx';
import { figure, ThenAndNow } from './then-and-now.tsx';

const STATES: Record<DriftSeries['state'], [tone: Tone, words: string]> = {
  drifted: ['bad', 'Drifted'],
  stable: ['good', 'Stable'],
  learning: ['none', 'Learning'],
  few: ['none', 'Too few'],
};
const FIRST = 12;

/** Everything that is looked at, what has moved most first; each opens to its picture. */
export function SeriesTable({ title, note, series }: { title: string; note: string; series: DriftSeries[] }) {
  const [all, setAll] = useState(false);
  const [opened, setOpened] = useState<string>();
  const sorted = series.toSorted((a, b) => rank(b) - rank(a) || a.name.localeCompare(b.name));
  const shown = all ? sorted : sorted.slice(0, FIRST);
  return (
    <Panel title={title} note={note}>
      {series.length === 0 && <p className="text-muted">Nothing was decided in this window.</p>}
      {series.length > 0 && (
        <table className="w-full text-left">
          <caption className="sr-only">{title}</caption>
          <thead>
            <tr className="border-b border-line text-xs text-muted [&>th]:py-2 [&>th]:pr-3 [&>th]:font-medium">
              <th>What</th>
              <th className="text-right">PSI</th>
              <th className="text-right max-sm:hidden">Mean, then → now</th>
              <th className="text-right max-md:hidden">Missing, then → now</th>
              <th className="pr-0! text-right">State</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <Fragment key={one.name}>
                <Row
                  series={one}
                  isOpen={opened === one.name}
                  toggle={() => setOpened(opened === one.name ? undefined : one.name)}
                />
                {opened === one.name && (
                  <tr>
                    <td colSpan={5} className="pb-3">
                      <ThenAndNow groups={one.groups} name={seriesWords(one.name)} />
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      )}
      {series.length > FIRST && (
        <div className="mt-3">
          <Button onClick={() => setAll(!all)}>{all ? 'Fewer' : `All ${plural(series.length, 'row')}`}</Button>
        </div>
      )}
    </Panel>
  );
}

const rank = ({ state, psi }: DriftSeries) => (state === 'drifted' ? 1_000 : 0) + (psi ?? -1);

function Row({ series, isOpen, toggle }: { series: DriftSeries; isOpen: boolean; toggle: () => void }) {
  const { name, psi, mean, missing, state } = series;
  const [tone, words] = STATES[state];
  return (
    <tr className="border-line not-last:border-b [&>td]:py-1.5 [&>td]:pr-3">
      <td className="min-w-0">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={toggle}
          title={name}
          className="flex min-h-8 items-center gap-1.5 text-left break-words hover:text-info"
        >
          <ChevronRight className={`size-3.5 shrink-0 text-faint transition-transform ${isOpen ? 'rotate-90' : ''}`} />
          <span className="min-w-0 [overflow-wrap:anywhere]">{seriesWords(name)}</span>
        </button>
      </td>
      <td className="num text-right">{psi === null ? '–' : psi.toFixed(2)}</td>
      <td className="num text-right whitespace-nowrap max-sm:hidden">
        {figure(mean.then)} → {figure(mean.now)}
      </td>
      <td className="num text-right whitespace-nowrap max-md:hidden">
        {missing.then === null ? '–' : percent(missing.then)} → {missing.now === null ? '–' : percent(missing.now)}
      </td>
      <td className="pr-0! text-right">
        <StateBadge tone={tone}>{words}</StateBadge>
      </td>
    </tr>
  );
}
