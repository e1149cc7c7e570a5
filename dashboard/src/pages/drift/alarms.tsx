import { Link } from '@tanstack/react-router';
import type { Drift, DriftAlarm, DriftSeries } from '../../api/drift.ts';
import { merchantOf, seriesWords } from '../../lib/drift-words.ts';
import { localMinute, percent, signed } from '../../lib/format.ts';
import { Panel, Time } from '../../ui/bits.tsx';
import { Empty } from '../../ui/states.tsx';
import { StateBadge } from '../ledgers/rate-bar.tsx';
import { figure, ThenAndNow } from './then-and-now.tsx';

const LINK = 'font-medium text-info hover:underline';

/** What rang within the window, the newest first: what, since when, how it is now and was then, and which payments. */
export function Alarms({ drift }: { drift: Drift }) {
  const { alarms, features, others, baseline } = drift;
  const known = new Map([...features, ...others].map((one) => [one.name, one]));
  return (
    <Panel title="Alarms" note="of this window, the newest first" className="mb-4">
      {alarms.length === 0 ? (
        <Empty title="None rang">
          {baseline.kind === 'own'
            ? 'Nothing is further from the weeks before than they are from each other.'
            : 'None can ring before four weeks are known.'}
        </Empty>
      ) : (
        <ul>
          {alarms.map((alarm) => (
            <Alarm key={`${alarm.series} ${alarm.level} ${alarm.at}`} alarm={alarm} series={known.get(alarm.series)} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Alarm({ alarm, series }: { alarm: DriftAlarm; series: DriftSeries | undefined }) {
  const words = seriesWords(alarm.series);
  const merchant = merchantOf(alarm.series);
  const isNotice = alarm.level === 'notice';
  return (
    <li className="border-line py-3 first:pt-0 last:pb-0 not-last:border-b">
      <div className="mb-1 flex flex-wrap items-center gap-x-3 gap-y-1">
        <StateBadge tone={isNotice ? 'near' : 'bad'}>{isNotice ? 'Notice' : 'Alarm'}</StateBadge>
        <h3 className="min-w-0 font-medium break-words">{words}</h3>
        <span className="text-xs text-muted">
          since <Time at={alarm.since} long />
        </span>
        <span className="ml-auto flex flex-wrap gap-x-3 text-xs">
          {merchant !== undefined && (
            <Link to="/entities/$type/$id" params={{ type: 'merchant', id: merchant }} className={LINK}>
              The merchant
            </Link>
          )}
          <Link to="/transactions" search={{ from: localMinute(alarm.since) }} className={LINK}>
            Payments since then
          </Link>
        </span>
      </div>
      <p className="num mb-2 text-xs text-muted">{said(alarm)}</p>
      {!isNotice && series && <ThenAndNow groups={series.groups} name={words} />}
    </li>
  );
}

function said({ mean, missing, psi, sigmas }: DriftAlarm): string {
  const parts = [`mean ${figure(mean.then)} then, ${figure(mean.now)} now`];
  if (missing && missing.now !== missing.then)
    parts.push(`missing ${percent(missing.then ?? 0)} then, ${percent(missing.now ?? 0)} now`);
  if (typeof psi === 'number') parts.push(`PSI ${psi.toFixed(2)}`);
  if (sigmas !== undefined) parts.push(`${signed(sigmas, 1)} deviations of the daily means`);
  return parts.join(' · ');
}
