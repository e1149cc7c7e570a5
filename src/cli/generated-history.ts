import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { openRates } from '../app.ts';
import type { Config } from '../config.ts';
import { parseCsv } from '../training/csv.ts';
import { CSV_HEADER, toCsv } from '../training/generator/format.ts';
import { generate } from '../training/generator/generate.ts';
import type { GenerateOptions } from '../training/generator/transaction.ts';
import type { History } from '../training/history.ts';
import { createFiller } from '../training/history-file.ts';
import { MAPS } from '../training/layouts.ts';
import { createRowReader, type RowReader } from '../training/rows.ts';
import { createProgress } from './progress.ts';

/** What the shipped model is trained on. */
export const DEFAULT_STREAM = { transactions: 400_000, seed: 1, users: 8_000, days: 180 };

/** A stream of the generator; `first`: only so many of its rows. */
export type StreamOptions = GenerateOptions & { transactions: number; first?: number };

/** The generator's stream as the history that its CSV would be, and the hash of that CSV once it was read. */
export function generatedHistory(
  options: StreamOptions,
  config: Config,
  quiet: boolean | undefined,
): { history: History; sha256: () => string } {
  const hash = createHash('sha256');
  const history: History = async (onRow) => {
    const bar = createProgress('generating and replaying', options.first ?? options.transactions, {
      unit: 'rows',
      quiet,
    });
    const { fill, words } = createFiller(config);
    // The rates that ship, as a server has them: a model is to know payments without a rate, too.
    const { baseCurrency } = config;
    const rates = openRates({ baseCurrency, currencyRates: {}, ratesFile: undefined });
    const rules = { rates, ratesMaxAgeDays: 1 };
    let read: RowReader;
    let done = 0;
    const handler = {
      header: (names: string[]) => {
        read = createRowReader(names, MAPS.assay, rules);
      },
      row: (fields: string[], line: number) => {
        onRow(fill(read(fields, line)));
        if (++done % 1_000 === 0) bar.update(done);
      },
    };
    const text = Readable.from(generatedCsv(options, (piece) => hash.update(piece)));
    return { ...(await parseCsv(text, handler, {}).finally(bar.stop)), words };
  };
  return { history, sha256: () => hash.copy().digest('hex') };
}

/** The stream as `assay generate` writes it, in pieces; `seen` is told the text of each. */
export function* generatedCsv(options: StreamOptions, seen: (text: string) => void): Generator<Buffer> {
  const { first = options.transactions, ...stream } = options;
  let text = CSV_HEADER;
  let rows = 0;
  for (const row of generate(stream)) {
    if (rows++ === first) break;
    text += toCsv(row);
    if (text.length < 1 << 16) continue;
    seen(text);
    yield Buffer.from(text);
    text = '';
  }
  seen(text);
  yield Buffer.from(text);
}
