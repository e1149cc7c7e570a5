import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { type Behind, behindQuery } from '../../api/ledgers.ts';
import { count, plural } from '../../lib/format.ts';
import { EntityLink, Money, Panel, Time } from '../../ui/bits.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';

const WORDS: Record<string, string> = {
  executed: 'Executed',
  fraud: 'Fraud',
  unlabelled: 'Counted as no fraud so far',
  assumedExecuted: 'Counted as executed',
  assumedRemote: 'Counted as remote',
  payersOwn: 'Fraud of the payer’s own',
  withoutRate: 'Left out: no rate into euros',
  otherInstruments: 'Left out: another instrument',
  unknownInstrument: 'Left out: an unknown instrument',
  settled: 'Settled',
  fraudReports: 'Reports of fraud',
  fraudDisputes: 'Disputes for fraud',
  otherDisputes: 'Other disputes',
  unknownBrand: 'Left out: an unknown brand',
  authorizations: 'Authorizations',
  enumerated: 'Looks like card testing',
  assumedAuthorized: 'Counted as authorizations',
  untold: 'Never counted as card testing',
};
/** Those that were tried, whether they were executed or not. */
const TRIED = new Set(['authorizations', 'enumerated', 'assumedAuthorized', 'untold']);
const INSTRUMENTS: Record<string, string> = { card: 'cards', credit_transfer: 'credit transfers' };

interface Props {
  ledger: string;
  period: string;
  part: string;
  /** Of the exemption an instrument, of schemes a merchant; '' is nobody. */
  of: string | undefined;
  onClose: () => void;
}

/** The payments that a figure counts, the newest first. */
export function BehindFigure({ ledger, period, part, of, onClose }: Props) {
  const isTra = ledger === 'tra';
  const narrowed = of === undefined ? {} : isTra ? { instrument: of } : { merchantId: of === '(none)' ? '' : of };
  const { data, error, refetch } = useQuery(behindQuery(ledger, { part, period, ...narrowed }));
  const whose =
    of === undefined ? '' : isTra ? `, ${INSTRUMENTS[of] ?? of}` : `, ${of === '(none)' ? 'no merchant' : of}`;
  return (
    <div id="behind" className="mt-4 scroll-mt-4">
      <Panel
        title={`${WORDS[part] ?? part}${whose}`}
        note={
          data &&
          (data.total > data.data.length
            ? `the newest ${count(data.data.length)} of ${count(data.total)}`
            : plural(data.total, 'payment'))
        }
        aside={
          <IconButton label="Close these payments" onClick={onClose}>
            <X className="size-4" />
          </IconButton>
        }
        flush
      >
        {error && !data ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : !data ? (
          <LoadingRows rows={4} />
        ) : (
          <Rows rows={data.data} inEuros={isTra} isTried={TRIED.has(part)} />
        )}
      </Panel>
    </div>
  );
}

function Rows({ rows, inEuros, isTried }: { rows: Behind[]; inEuros: boolean; isTried: boolean }) {
  if (rows.length === 0) return <p className="px-4 pb-4 text-muted">No payment is behind it any more.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className="relative max-h-[32rem] overflow-auto" aria-label="Payments behind the figure" tabIndex={0}>
      <table className="w-full text-left">
        <thead>
          <tr className="border-y border-line text-xs text-muted [&>th]:px-2 [&>th]:py-2 [&>th]:font-medium">
            <th className="pl-4!">Payment</th>
            <th className="max-sm:hidden">{isTried ? 'Tried' : 'Executed'}</th>
            <th className="max-md:hidden">Merchant</th>
            <th className="text-right last:pr-4!">Amount</th>
            {inEuros && <th className="pr-4! text-right">Counted</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, at, executedAt, merchantId, amount, currency, counted }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a payment stands there once for each of its reports
            <tr key={`${id} ${i}`} className="border-line not-last:border-b hover:bg-sunken [&>td]:px-2 [&>td]:py-1.5">
              <td className="max-w-56 pl-4!">
                <Link
                  to="/decisions/$id"
                  params={{ id }}
                  className="id block truncate decoration-faint underline-offset-3 hover:underline"
                >
                  {id}
                </Link>
              </td>
              <td className="text-xs text-muted max-sm:hidden">
                <Time at={isTried ? at : (executedAt ?? at)} />
              </td>
              <td className="max-w-40 max-md:hidden">
                {merchantId === null ? (
                  <span className="text-muted">–</span>
                ) : (
                  <EntityLink type="merchant" id={merchantId} className="block" />
                )}
              </td>
              <td className="text-right last:pr-4!">
                <Money amount={amount} currency={currency} />
              </td>
              {inEuros && (
                <td className="pr-4! text-right">
                  {counted == null ? <span className="text-muted">–</span> : <Money amount={counted} currency="EUR" />}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
