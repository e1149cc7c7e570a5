import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { type CsvHandler, FileError, type ReadOptions, type ReadSummary } from './csv.ts';
import { comparePlaces, contentOf, type Place } from './row-order.ts';

/** Characters of rows that are held and sorted at once; beyond, they go to a file of their own and are merged. */
const RUN_CHARACTERS = 64 * 1024 * 1024;

interface Sortable extends Place {
  line: number;
  /** The cells as JSON. */
  content: string;
}

type Read = (handler: CsvHandler, options: ReadOptions) => Promise<ReadSummary>;

export interface SortRequest {
  read: Read;
  placeOf(header: string[]): (fields: readonly string[]) => Place;
  options: ReadOptions;
  handler: CsvHandler;
  /** For tests: smaller runs. */
  runCharacters?: number;
}

/**
 * Reads a file of any size in the order of its rows' places: sorted runs on disk, merged. Memory is bounded by a run. Resolves with the
 * SHA-256 of the sorted rows as plain comma-separated values: the same for every order of the same rows.
 */
export async function readSorted(request: SortRequest): Promise<ReadSummary & { sha256: string }> {
  const { read, placeOf, options, handler, runCharacters = RUN_CHARACTERS } = request;
  const folder = await mkdtemp(join(tmpdir(), 'assay-sort-'));
  try {
    const runs: string[] = [];
    let held: Sortable[] = [];
    let characters = 0;
    let writing = Promise.resolve();
    const flush = () => {
      const rows = held.sort(compare);
      const path = join(folder, `${runs.length}.jsonl`);
      runs.push(path);
      held = [];
      characters = 0;
      writing = writing.then(() => writeRun(path, rows));
      return writing;
    };
    let place: (fields: readonly string[]) => Place;
    const hash = createHash('sha256');
    const gather: CsvHandler = {
      header(names, typed) {
        place = placeOf(names);
        hash.update(csvLine(names));
        handler.header(names, typed);
      },
      row(fields, line) {
        const content = contentOf(fields);
        held.push({ ...place(fields), line, content });
        characters += content.length + 64;
      },
    };
    const between = async () => {
      if (characters > runCharacters) await flush();
    };
    // What is no row at all is told here, what is wrong with a row when it is read.
    const { errors } = await read(gather, { ...options, between });
    const summary = { rows: 0, errors };
    const take = async (row: Sortable) => {
      const fields = JSON.parse(row.content) as string[];
      hash.update(csvLine(fields));
      try {
        handler.row(fields, row.line);
        summary.rows++;
      } catch (error) {
        const failure = error instanceof FileError ? error : new FileError((error as Error).message, row.line);
        if (++summary.errors > (options.maxErrors ?? 0)) throw failure;
        options.onError?.(failure);
      }
      if (summary.rows % 4096 === 0) await options.between?.();
    };
    if (runs.length === 0) for (const row of held.sort(compare)) await take(row);
    else {
      if (held.length > 0) await flush();
      await writing;
      for await (const row of merged(runs)) await take(row);
    }
    await options.between?.();
    return { ...summary, sha256: hash.digest('hex') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const compare = (a: Sortable, b: Sortable) => comparePlaces(a, b, (one) => (one as Sortable).content);

async function writeRun(path: string, rows: Sortable[]): Promise<void> {
  const out = createWriteStream(path);
  // JSON has no infinity: what is no time is null.
  for (const { time, id, line, content } of rows)
    if (!out.write(`${JSON.stringify([time, id, line])}\t${content}\n`)) await once(out, 'drain');
  out.end();
  await finished(out);
}

async function* rowsOf(path: string): AsyncGenerator<Sortable> {
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    // Within JSON a tab is escaped.
    const cut = text.indexOf('\t');
    const [time, id, line] = JSON.parse(text.slice(0, cut)) as [number | null, string, number];
    yield { time: time ?? Number.NEGATIVE_INFINITY, id, line, content: text.slice(cut + 1) };
  }
}

/** One run after another into a heap of their first rows: a row costs as many comparisons as the logarithm of the runs. */
async function* merged(paths: readonly string[]): AsyncGenerator<Sortable> {
  const heap: { row: Sortable; rest: AsyncGenerator<Sortable> }[] = [];
  const sink = (from: number) => {
    let at = from;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && compare(heap[child].row, heap[least].row) < 0) least = child;
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least], heap[at]];
      at = least;
    }
  };
  for (const path of paths) {
    const rest = rowsOf(path);
    const { value, done } = await rest.next();
    if (!done) heap.push({ row: value, rest });
  }
  for (let at = heap.length >> 1; at >= 0; at--) sink(at);
  while (heap.length > 0) {
    yield heap[0].row;
    const { value, done } = await heap[0].rest.next();
    if (!done) heap[0].row = value;
    else {
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
    }
    if (heap.length > 0) sink(0);
  }
}

/** A row as plain comma-separated values. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map((text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join()}\n`;
}
