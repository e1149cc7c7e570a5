import type { Mirror } from '../../journal/mirror/mirror.ts';
import type { Meters } from './meters.ts';

export function measureMirror({ gauge }: Meters, mirror: Pick<Mirror, 'stats'>): void {
  gauge(
    'assay_journal_mirror_lag_seconds',
    'Age of the oldest record that the mirror of the journal lacks',
    () => mirror.stats().lagSeconds,
  );
  gauge(
    'assay_journal_mirror_lag_records',
    'Records that the mirror of the journal lacks',
    () => mirror.stats().lagRecords,
  );
  gauge(
    'assay_journal_mirror_damaged_records',
    'Parts of the mirror that fail their checksum and could not be mended',
    () => mirror.stats().damaged,
  );
}
