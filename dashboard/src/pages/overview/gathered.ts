import type { Stats, Transaction } from '../../api/types.ts';

/** What gathers most alerts. `count` is of all payments, where that is known. */
export interface Gathered {
  type: string;
  id: string;
  alerts: number;
  count?: number;
}

const IDS = {
  device: (t: Transaction) => t.deviceId,
  card: (t: Transaction) => t.cardId,
  ip: (t: Transaction) => t.ip,
  user: (t: Transaction) => t.userId,
  merchant: (t: Transaction) => t.merchantId,
  country: (t: Transaction) => t.country,
} as const;

const most = (a: Gathered, b: Gathered) => b.alerts - a.alerts || a.id.localeCompare(b.id);

/** Of the window, where the server tells; else of the open alerts. */
export function topEntities(stats: Stats | undefined, alerts: readonly Transaction[], shown: number): Gathered[] {
  const all =
    stats?.topEntities ??
    (['device', 'card', 'ip', 'user', 'merchant'] as const).flatMap((type) => tally(alerts, type));
  return [...all].sort(most).slice(0, shown);
}

export function topPlaces(stats: Stats | undefined, alerts: readonly Transaction[], shown: number): Gathered[] {
  const told = stats?.places?.map(({ country, ...rest }) => ({ type: 'country', id: country, ...rest }));
  return [...(told ?? tally(alerts, 'country'))]
    .sort((a, b) => (b.count ?? 0) - (a.count ?? 0) || most(a, b))
    .slice(0, shown);
}

function tally(alerts: readonly Transaction[], type: keyof typeof IDS): Gathered[] {
  const rows = new Map<string, Gathered>();
  for (const alert of alerts) {
    const id = IDS[type](alert);
    if (id === undefined) continue;
    const row = rows.get(id) ?? { type, id, alerts: 0 };
    row.alerts++;
    rows.set(id, row);
  }
  return [...rows.values()];
}
