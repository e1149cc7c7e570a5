import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { CSV_HEADER, toCsv, toJsonLine } from '../training/generator/format.ts';
import { generate } from '../training/generator/generate.ts';
import type { GeneratedTransaction } from '../training/generator/transaction.ts';
import type { GenerateFlags } from './generate-flags.ts';
import { createProgress } from './progress.ts';

export interface FileSummary {
  file: string;
  rows: number;
  frauds: number;
  fraudRate: number;
  kinds: Record<string, number>;
  from: string | null;
  to: string | null;
  seconds: number;
  rowsPerSecond: number;
}

const CHUNK_CHARACTERS = 1 << 16;
/** Room for many pieces before the compressor, so that it never waits for the generator's next turn. */
const GZIP = { level: 5, chunkSize: 1 << 17, highWaterMark: 1 << 20 };

/** Writes the stream to a file (or standard output for `-`) and prints what it holds. */
export async function writeStream(flags: GenerateFlags, out: string): Promise<FileSummary> {
  const begun = performance.now();
  const tally: Tally = { rows: 0, frauds: 0, kinds: {}, first: undefined, last: undefined };
  const progress = createProgress('generate', flags.transactions, {
    unit: 'rows',
    quiet: flags.json || out === '-',
  });
  const json = /\.jsonl(\.gz)?$/.test(out);
  if (!json && out !== '-' && !/\.csv(\.gz)?$/.test(out))
    throw new Error(`${out}: the file must end in .csv, .csv.gz, .jsonl or .jsonl.gz.`);
  const chunks = Readable.from(
    lines(generate(flags), json, tally, (rows) => progress.update(rows)),
    { objectMode: false, highWaterMark: 4 * CHUNK_CHARACTERS },
  );
  try {
    if (out === '-') await toStandardOutput(chunks);
    else await toFile(chunks, out);
  } finally {
    progress.stop();
  }
  const summary = summarize(out, tally, (performance.now() - begun) / 1000);
  // Standard output carries the data where that was asked for.
  if (out !== '-') console.log(flags.json ? JSON.stringify(summary) : describe(summary));
  else if (flags.json) console.error(JSON.stringify(summary));
  return summary;
}

interface Tally {
  rows: number;
  frauds: number;
  kinds: Record<string, number>;
  first: number | undefined;
  last: number | undefined;
}

async function* lines(
  rows: Iterable<GeneratedTransaction>,
  json: boolean,
  tally: Tally,
  report: (rows: number) => void,
): AsyncGenerator<Buffer> {
  let text = json ? '' : CSV_HEADER;
  const line = json ? toJsonLine : toCsv;
  for (const row of rows) {
    tally.rows++;
    tally.first ??= row.time;
    tally.last = row.time;
    if (row.fraudKind) {
      tally.frauds++;
      tally.kinds[row.fraudKind] = (tally.kinds[row.fraudKind] ?? 0) + 1;
    }
    text += line(row);
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
    report(tally.rows);
    // Lets the compressor's thread have its next piece while this one makes another.
    await setImmediate();
  }
  if (text !== '') yield Buffer.from(text);
  report(tally.rows);
}

async function toStandardOutput(chunks: Readable): Promise<void> {
  try {
    await pipeline(chunks, process.stdout, { end: false });
  } catch (error) {
    // `assay generate --out - | head` closes the pipe early, and that is fine.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/** A file appears under its name only when it is whole. */
async function toFile(chunks: Readable, out: string): Promise<void> {
  const part = `${out}.part`;
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const stages: Writable[] = out.endsWith('.gz') ? [createGzip(GZIP)] : [];
    await pipeline([chunks, ...stages, createWriteStream(part)], { signal: stop.signal });
    await rename(part, out);
  } catch (error) {
    await rm(part, { force: true });
    if (!stop.signal.aborted) throw error;
    throw new Error(`Interrupted; ${out} was not written.`);
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}

function summarize(file: string, tally: Tally, seconds: number): FileSummary {
  const at = (time: number | undefined) => (time === undefined ? null : new Date(time).toISOString());
  return {
    file,
    rows: tally.rows,
    frauds: tally.frauds,
    fraudRate: tally.rows === 0 ? 0 : tally.frauds / tally.rows,
    kinds: tally.kinds,
    from: at(tally.first),
    to: at(tally.last),
    seconds: Math.round(seconds * 1000) / 1000,
    rowsPerSecond: Math.round(tally.rows / Math.max(seconds, 1e-3)),
  };
}

function describe(summary: FileSummary): string {
  const kinds = Object.entries(summary.kinds)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `  ${kind.padEnd(22)}${count}`);
  return [
    `${summary.file}: ${summary.rows} transactions from ${summary.from} to ${summary.to},`,
    `${summary.frauds} frauds (${(100 * summary.fraudRate).toFixed(2)}%), in ${summary.seconds} s (${summary.rowsPerSecond} a second)`,
    ...kinds,
  ].join('\n');
}
