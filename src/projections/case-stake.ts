import { type AlertRow, type CaseFold, dueOf } from './case-fold.ts';
import { NotWhole } from './case-joining.ts';

/** What became of an alert's payment. Throws `NotWhole` where an open case is not loaded whole: an alert may have joined it a moment before. */
export function reassess(
  fold: CaseFold,
  transactionId: string,
  now: Pick<AlertRow, 'amountAtRisk' | 'disputes' | 'worked'>,
): void {
  const alert = fold.alerts.get(transactionId);
  const row = alert && fold.cases.get(alert.caseId);
  if (!alert || !row) return;
  const { amountAtRisk, disputes, worked } = alert;
  if (amountAtRisk === now.amountAtRisk && disputes === now.disputes && worked === now.worked) return;
  if (row.status === 'open' && !fold.whole.has(row.id)) throw new NotWhole([row.id]);
  const before = { ...alert };
  Object.assign(alert, now);
  fold.touchedAlerts.add(transactionId);
  fold.touchedCases.add(row.id);
  row.disputes += alert.disputes - before.disputes;
  const alerts = [...fold.alerts.values()].filter(({ caseId }) => caseId === row.id);
  row.due = dueOf(row, alerts);
  // Added up anew in order, so that sums do not gather the errors of what came and went; of what is retired the sum is all that is left.
  if (alerts.length < row.transactions) row.amountAtRisk += alert.amountAtRisk - before.amountAtRisk;
  else
    row.amountAtRisk = alerts
      .sort((a, b) => a.sequence - b.sequence)
      .reduce((sum, { amountAtRisk }) => sum + amountAtRisk, 0);
}
