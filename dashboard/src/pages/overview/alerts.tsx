import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { alertsQuery } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { because, count } from '../../lib/format.ts';
import { live } from '../../live/live.ts';
import { useLiveRefresh } from '../../live/refresh.ts';
import { EntityLink, Money, Panel, Score, Time } from '../../ui/bits.tsx';
import { Choice } from '../../ui/field.tsx';
import { OutcomeWord } from '../../ui/outcome.tsx';
import { Failed, LoadingRows } from '../../ui/states.tsx';

const GROUPS = [
  { value: 'device', label: 'Device', of: (t: Transaction) => t.deviceId },
  { value: 'card', label: 'Card', of: (t: Transaction) => t.cardId },
  { value: 'ip', label: 'IP', of: (t: Transaction) => t.ip },
  { value: 'user', label: 'User', of: (t: Transaction) => t.userId },
  { value: 'merchant', label: 'Merchant', of: (t: Transaction) => t.merchantId },
  { value: 'country', label: 'Country', of: (t: Transaction) => t.country },
] as const;
type Group = (typeof GROUPS)[number]['value'];

/** Open alerts: the newest, and which entities or places gather most of them. */
export function Alerts() {
  const { data, error, refetch } = useQuery(alertsQuery());
  const [group, setGroup] = useState<Group>('device');
  const alerts = data?.data ?? [];
  // A long list is heavy, and one more alert does not change it much.
  useLiveRefresh(['alerts'], alerts.length < 50 ? 2_000 : 8_000, () => live.totals().alerts + live.totals().changes);
  return (
    <div className="grid gap-4 xl:grid-cols-3">
      <Panel
        title="Waiting for review"
        note={data && `${data.hasMore ? 'more than ' : ''}${count(alerts.length)} open`}
        className="xl:col-span-2"
        flush
        aside={
          <Link to="/queue" className="text-xs font-medium text-muted hover:text-ink hover:underline">
            Open the queue
          </Link>
        }
      >
        {error && !data ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : !data ? (
          <LoadingRows rows={5} />
        ) : alerts.length === 0 ? (
          <p className="px-4 py-10 text-center text-muted">Nothing waits. Reviews and declines gather here.</p>
        ) : (
          <ul className="pb-1">
            {alerts.slice(0, 7).map((alert) => (
              <li key={alert.id} className="border-t border-line">
                <Link
                  to="/decisions/$id"
                  params={{ id: alert.id }}
                  className="grid grid-cols-[6rem_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-1.5 hover:bg-sunken md:grid-cols-[5.25rem_1.5rem_minmax(0,1fr)_auto_4.25rem]"
                >
                  <OutcomeWord outcome={alert.decision} />
                  <span className="text-right max-md:hidden">
                    <span className="num font-medium">{alert.score}</span>
                    <span className="sr-only"> of 100</span>
                  </span>
                  <span className="truncate text-muted">{because(alert)}</span>
                  <span className="text-right">
                    <Money amount={alert.amount} currency={alert.currency} strong />
                  </span>
                  <span className="text-right text-xs text-muted max-md:hidden">
                    <Time at={alert.createdAt} />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel
        title="Most alerts"
        note="open ones"
        flush
        aside={
          <Choice
            label="By"
            hidden
            value={group}
            className="!h-7 text-xs"
            onChange={(event) => setGroup(event.target.value as Group)}
          >
            {GROUPS.map(({ value, label }) => (
              <option key={value} value={value}>
                by {label.length > 2 ? label.toLowerCase() : label}
              </option>
            ))}
          </Choice>
        }
      >
        <Table alerts={alerts} group={group} />
      </Panel>
    </div>
  );
}

function Table({ alerts, group }: { alerts: Transaction[]; group: Group }) {
  const of = GROUPS.find(({ value }) => value === group)!.of;
  const rows = new Map<string, { id: string; alerts: number; score: number }>();
  for (const alert of alerts) {
    const id = of(alert);
    if (!id) continue;
    const row = rows.get(id) ?? { id, alerts: 0, score: 0 };
    row.alerts++;
    row.score = Math.max(row.score, alert.score ?? 0);
    rows.set(id, row);
  }
  const top = [...rows.values()].sort((a, b) => b.alerts - a.alerts || b.score - a.score).slice(0, 6);
  if (top.length === 0) return <p className="px-4 py-8 text-center text-muted">No open alerts.</p>;
  return (
    <table className="w-full">
      <thead>
        <tr className="text-left text-xs text-muted">
          <th className="px-4 py-1 font-medium capitalize">{group}</th>
          <th className="py-1 text-right font-medium">Alerts</th>
          <th className="px-4 py-1 text-right font-medium">Highest score</th>
        </tr>
      </thead>
      <tbody>
        {top.map(({ id, alerts: n, score }) => (
          <tr key={id} className="h-8 border-t border-line">
            <td className="max-w-0 truncate px-4">
              {group === 'country' ? country(id) : <EntityLink type={group} id={id} />}
            </td>
            <td className="num w-16 text-right font-medium">{n}</td>
            <td className="w-28 px-4 text-right">
              <Score score={score} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function country(code: string): string {
  try {
    return new Intl.DisplayNames(undefined, { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}
