import type { Estimate, Measure, Proof } from '../../api/proof.ts';
import { useBaseCurrency } from '../../api/session.ts';
import { count, moneyShort, percent } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';
import type { Names } from './names.ts';
import { Whisker } from './whisker.tsx';

const ROWS: readonly [measure: Measure, label: string, means: string][] = [
  ['recall', 'Recall', 'Of all frauds, the share that would have been flagged'],
  ['precision', 'Precision', 'Of what would have been flagged, the share that is fraud'],
  ['moneySaved', 'Money saved', 'Amount of the frauds among what would have been flagged'],
  ['customersHurt', 'Customers hurt', 'Good payments among what would have been flagged'],
];
const isShare = (measure: Measure) => measure === 'recall' || measure === 'precision';

type Side = 'against' | 'challenger' | 'atSameReviews';

/** Each measure of both sides on one scale: the value, its 95% interval, and the bounds beyond what has labels. */
export function Figures({ proof, names }: { proof: Proof; names: Names }) {
  const sides: [side: Side, name: string, color: string][] = [
    ['against', names.against, 'var(--edge)'],
    ['challenger', names.challenger, 'var(--info)'],
    ...(proof.atSameReviews
      ? ([['atSameReviews', 'at as many reviews', 'var(--approve-fill)']] as [Side, string, string][])
      : []),
  ];
  return (
    <Panel
      title="By labels, as they stand"
      note="dot: value; bar: 95% of what it will have been; thin line: whatever was not executed had been"
    >
      <dl className="mb-3 flex flex-wrap gap-x-6 gap-y-1 text-xs">
        {sides.map(([side, name, color]) => (
          <div key={side} className="flex items-center gap-1.5">
            <span className="size-2 rounded-full" style={{ background: color }} aria-hidden="true" />
            <dt className="text-muted">{side === 'atSameReviews' ? `${names.challenger} ${name}` : name} flags</dt>
            <dd className="num font-medium">{count(proof[side]?.flagged ?? 0)}</dd>
          </div>
        ))}
      </dl>
      <div className="grid gap-x-8 gap-y-5 lg:grid-cols-2">
        {ROWS.map(([measure, label, means]) => (
          <OneMeasure key={measure} {...{ measure, label, means, proof, sides }} />
        ))}
      </div>
    </Panel>
  );
}

interface MeasureProps {
  measure: Measure;
  label: string;
  means: string;
  proof: Proof;
  sides: [side: Side, name: string, color: string][];
}

function OneMeasure({ measure, label, means, proof, sides }: MeasureProps) {
  const currency = useBaseCurrency();
  const text = (value: number) =>
    isShare(measure)
      ? percent(value)
      : measure === 'moneySaved'
        ? moneyShort(value, currency)
        : count(Math.round(value));
  const all = sides.map(([side]) => proof[side]?.[measure]);
  const most = isShare(measure)
    ? 1
    : Math.max(1e-9, ...all.map((one) => Math.max(one?.high ?? 0, one?.interval?.[1] ?? 0)));
  const difference = proof.difference[measure];
  const signs = (value: number) =>
    `${value < 0 ? '−' : '+'}${isShare(measure) ? (Math.abs(value) * 100).toFixed(1) : text(Math.abs(value))}`;
  const unit = isShare(measure) ? ' points' : '';
  return (
    <section>
      <h3 className="flex flex-wrap items-baseline gap-x-2 font-medium">
        {label}
        <span className="text-xs font-normal text-muted">{means}</span>
      </h3>
      <ul className="mt-1.5 grid gap-1.5">
        {sides.map(([side, name, color], i) => (
          <li key={side} className="grid grid-cols-[minmax(0,1fr)_9.5rem] items-center gap-x-3">
            <Whisker estimate={all[i]} most={most} color={color} says={`${label}, ${name}: ${inWords(all[i], text)}`} />
            <span className="num text-right text-xs whitespace-nowrap" aria-hidden="true">
              {all[i]?.value == null ? (
                <span className="text-muted">not known</span>
              ) : (
                <>
                  <span className="text-sm font-medium">{text(all[i].value)}</span>{' '}
                  <span className="text-muted">
                    {all[i].interval && `${text(all[i].interval[0])} – ${text(all[i].interval[1])}`}
                  </span>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      <p className="num mt-1 text-xs text-muted">
        {difference.value === null || !difference.interval
          ? 'No difference can be told yet.'
          : `Difference${proof.atSameReviews ? ' at as many reviews' : ''}: ${signs(difference.value)} (${signs(difference.interval[0])} to ${signs(difference.interval[1])})${unit}${beyond(difference, signs)}`}
      </p>
    </section>
  );
}

function beyond({ interval, low, high }: Estimate, text: (value: number) => string): string {
  if (low === null || high === null || !interval) return '';
  const isWider = low < interval[0] - 1e-9 || high > interval[1] + 1e-9;
  return isWider ? `; whatever was not executed had been, ${text(low)} to ${text(high)}` : '';
}

function inWords(one: Estimate | undefined, text: (value: number) => string): string {
  if (one?.value == null) return 'not known';
  const between = one.interval ? `, 95% between ${text(one.interval[0])} and ${text(one.interval[1])}` : '';
  const bounds =
    one.low !== null && one.high !== null ? `, in any case between ${text(one.low)} and ${text(one.high)}` : '';
  return `${text(one.value)}${between}${bounds}`;
}
