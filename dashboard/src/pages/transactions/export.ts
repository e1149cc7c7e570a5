import { listTransactions, type TransactionFilter } from '../../api/queries.ts';
import type { Transaction } from '../../api/types.ts';
import { download, toCsv } from '../../lib/csv.ts';

const MAX_ROWS = 20_000;
const COLUMNS = [
  ...[
    'id',
    'createdAt',
    'transactionDate',
    'userId',
    'amount',
    'currency',
    'decision',
    'score',
    'probability',
    'status',
  ],
  ...[
    'label',
    'overridden',
    'finalizedAt',
    'merchantId',
    'cardId',
    'deviceId',
    'ip',
    'email',
    'country',
    'customerLocation',
  ],
  ...[
    'latitude',
    'longitude',
    'productCategory',
    'channel',
    'accountAgeDays',
    'latencyMs',
    'fraudExplanation',
    'metadata',
  ],
] as const;

/**
 * Everything that fits the filter, newest first, as one file. Put together here and not from the server's CSV pages,
 * because the columns of those differ from page to page.
 */
export async function exportTransactions(filter: TransactionFilter, progress: (rows: number) => void) {
  const rows: Transaction[] = [];
  let cursor: string | undefined;
  do {
    const page = await listTransactions(filter, cursor, 200);
    rows.push(...page.data);
    cursor = page.nextCursor ?? undefined;
    progress(rows.length);
  } while (cursor && rows.length < MAX_ROWS);
  download('transactions.csv', toCsv(COLUMNS, rows), 'text/csv;charset=utf-8');
  return { rows: rows.length, more: cursor !== undefined };
}
