import type { Webhooks } from '../../projections/webhooks/webhooks.ts';
import type { Meters } from './meters.ts';

export function measureWebhooks({ gauge, gauges, counters }: Meters, webhooks: Pick<Webhooks, 'stats'>): void {
  counters('assay_webhook_deliveries_total', 'Attempts of this process by what became of them', 'outcome', () => {
    const { delivered, failed } = webhooks.stats();
    return { delivered, failed };
  });
  gauges(
    'assay_webhooks',
    'Those that this process delivers, by how it goes; paused ones, which nobody does, are told by every process',
    'state',
    () => {
      const { held, failing, paused } = webhooks.stats();
      return { delivering: held - failing, failing, paused };
    },
  );
  gauge(
    'assay_webhook_lag_records',
    'Records after what the one furthest behind of this process was told',
    () => webhooks.stats().lagRecords,
  );
}
