import type { Proof } from '../../api/proof.ts';
import { count, percent, plural } from '../../lib/format.ts';
import { Panel } from '../../ui/bits.tsx';

const STATES = [
  ['fraud', 'Fraud, reported', 'bg-decline-fill'],
  ['legitimate', 'Legitimate, confirmed', 'bg-approve-fill'],
  ['presumed', 'Presumed legitimate: nobody complained in time', 'bg-info'],
  ['silent', 'Nothing said yet', 'bg-faint'],
] as const;
const OF: Record<Proof['delays'][number]['of'], string> = {
  held: 'Payments that a person held',
  other: 'All others',
};

/** How much labels know by now, and how late they come. */
export function Known({ proof: { labels, delays } }: { proof: Proof }) {
  const executed = STATES.reduce((sum, [name]) => sum + labels[name], 0);
  const expected = labels.fraud + labels.awaitedFrauds;
  return (
    <Panel title="What labels know by now">
      {executed === 0 ? (
        <p className="text-muted text-pretty">
          No payment of this window was executed. Labels come by <code className="id">POST /api/labels/batch</code>, by{' '}
          <code className="id">assay labels import</code> from files of chargebacks, and from resolved cases.
        </p>
      ) : (
        <>
          <p className="text-pretty">
            {expected === 0 ? (
              'No fraud has been reported among these payments, and none is expected by what labels were like so far.'
            ) : (
              <>
                About <strong className="num font-semibold">{percent(labels.fraud / expected)}</strong> of the frauds
                are known: {count(labels.fraud)} reported, about {count(labels.awaitedFrauds)} still to come.
              </>
            )}
          </p>
          <div
            role="img"
            aria-label={STATES.map(([name, words]) => `${words}: ${count(labels[name])}`).join('; ')}
            className="my-3 flex h-2.5 gap-px overflow-hidden rounded-full bg-sunken"
          >
            {STATES.map(([name, , fill]) => (
              <span key={name} className={fill} style={{ width: `${(labels[name] / executed) * 100}%` }} />
            ))}
          </div>
          <dl className="grid gap-1">
            {STATES.map(([name, words, fill]) => (
              <div key={name} className="flex items-baseline gap-2">
                <span className={`size-2 shrink-0 rounded-[2px] ${fill}`} aria-hidden="true" />
                <dt className="min-w-0 text-muted">{words}</dt>
                <dd className="num ml-auto">{count(labels[name])}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {delays.map((one) => (
        <Delay key={one.of} delay={one} />
      ))}
    </Panel>
  );
}

function Delay({ delay: { of, basis, frauds, known } }: { delay: Proof['delays'][number] }) {
  return (
    <table className="mt-4 w-full table-fixed text-right">
      <caption className="mb-1 text-left text-xs text-muted">
        <span className="font-medium text-ink">{OF[of]}</span>: share of frauds that is known so many days on,{' '}
        {basis === 'own' ? `by ${plural(frauds, 'fraud')} so far` : 'taken to come evenly, for too few are known'}
      </caption>
      <thead>
        <tr className="border-b border-line text-2xs text-muted">
          {known.map(({ days }) => (
            <th key={days} scope="col" className="num py-1 font-medium">
              {days}
              <span className="sr-only"> days</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          {known.map(({ days, share }) => (
            <td key={days} className="num py-1">
              {percent(share)}
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}
