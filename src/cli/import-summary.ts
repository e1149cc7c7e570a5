import type { RowFault } from './label-file.ts';
import type { Answer } from './label-server.ts';
import { createProgress } from './progress.ts';

/** What came of each row: every one is in exactly one of these. */
export interface ImportSummary {
  rows: number;
  recorded: number;
  /** The same was told before. */
  known: number;
  /** Rows that were read and not told, for a dry run. */
  wouldRecord: number;
  /** What is wrong with a row, or why the server did not take it. */
  refused: RowFault[];
  /** No payment of that card, amount and day. */
  unmatched: RowFault[];
  /** More than one. */
  ambiguous: RowFault[];
  /** What was recorded and is not as one might think. */
  warnings: RowFault[];
}

const AT_ONCE = 8;

/** `faults`: of rows beside the `good` ones. */
export function summaryOf(good: number, faults: readonly RowFault[]): ImportSummary {
  const badRows = new Set(faults.map(({ line }) => line)).size;
  return {
    ...{ rows: good + badRows, recorded: 0, known: 0, wouldRecord: 0 },
    ...{ refused: [...faults], unmatched: [], ambiguous: [], warnings: [] },
  };
}

/** Several payments at once; what is told of one in the order of the file. */
export async function tellEach<T extends { id: string }>(
  all: readonly T[],
  summary: ImportSummary,
  tell: (one: T) => Promise<void>,
  quiet = false,
): Promise<void> {
  const bar = createProgress('labels', all.length, { unit: 'rows', quiet });
  let done = 0;
  const queue = [...Map.groupBy(all, ({ id }) => id).values()].values();
  const work = async () => {
    for (const group of queue)
      for (const one of group) {
        await tell(one);
        bar.update(++done);
      }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work)).finally(() => bar.stop());
  for (const list of [summary.refused, summary.warnings]) list.sort((a, b) => a.line - b.line);
}

/** Why the server did not take a row: by its fields, else in a word. */
export function refusalsOf({ status, body }: Answer, line: number, sent: object): RowFault[] {
  const errors = (body.errors ?? []) as { path: string; message: string }[];
  if (errors.length === 0) return [{ line, message: String(body.detail ?? `the server answered ${status}`) }];
  return errors.map(({ path, message }) => {
    const field = path.replace(/^\//, '');
    return { line, field, value: String((sent as Record<string, unknown>)[field] ?? ''), message };
  });
}
