import { Download } from 'lucide-react';
import { useState } from 'react';
import type { Page } from '../api/types.ts';
import { download, toCsv } from '../lib/csv.ts';
import { count } from '../lib/format.ts';
import { Button } from './button.tsx';
import { failed, told } from './toast.tsx';

const MAX_ROWS = 20_000;

/**
 * Everything that a list would show, page after page, as one file. Put together here and not from the server's CSV pages,
 * because the columns of those differ from page to page.
 */
export function ExportButton<T extends object>({
  of,
  columns,
  page,
  disabled,
}: {
  /** "transactions": what the rows are, and the name of the file. */
  of: string;
  columns: readonly string[];
  page: (cursor: string | undefined) => Promise<Page<T>>;
  disabled: boolean;
}) {
  const [done, setDone] = useState<number>();

  async function save(): Promise<void> {
    const rows: T[] = [];
    let cursor: string | undefined;
    setDone(0);
    try {
      do {
        const next = await page(cursor);
        rows.push(...next.data);
        cursor = next.nextCursor ?? undefined;
        setDone(rows.length);
      } while (cursor && rows.length < MAX_ROWS);
      download(`${of}.csv`, toCsv(columns, rows), 'text/csv;charset=utf-8');
      told(
        'Exported',
        `${count(rows.length)} ${of}${cursor ? ', the newest ones; narrow the filters for the rest' : ''}`,
      );
    } catch (error) {
      failed('Not exported', error);
    } finally {
      setDone(undefined);
    }
  }

  return (
    <Button
      icon={<Download className="size-3.5" />}
      disabled={disabled || done !== undefined}
      onClick={() => void save()}
    >
      {done === undefined ? 'Export CSV' : `Exporting ${count(done)}…`}
    </Button>
  );
}
