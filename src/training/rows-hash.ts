import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { CsvHandler } from './csv.ts';
import type { Dataset } from './dataset.ts';
import { csvLine } from './sorted-file.ts';
import { readTable, UNTOLD } from './table.ts';

/**
 * SHA-256 of a file's rows as plain comma-separated values, in the file's order: what `readSorted` tells of the same rows in another
 * order. Of a file that is written so already it is the SHA-256 of its text, told without looking at rows.
 */
export async function sha256OfRows(path: string): Promise<string> {
  return (await sha256OfText(path)) ?? sha256OfCells(path);
}

const QUOTE = 0x22;
const RETURN = 0x0d;
const NEWLINE = 0x0a;
const COMMA = 0x2c;

/** Undefined where the text is written otherwise: quotes, CRLF, blank lines, other separators, no newline at the end. */
async function sha256OfText(path: string): Promise<string | undefined> {
  if (path.endsWith('.parquet')) return undefined;
  const hash = createHash('sha256');
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    let last = NEWLINE;
    let isFirst = true;
    for await (const chunk of (path.endsWith('.gz') ? file.pipe(createGunzip()) : file) as AsyncIterable<Buffer>) {
      if (isFirst && (chunk[0] === 0xef || chunk.subarray(0, chunk.indexOf(NEWLINE)).indexOf(COMMA) < 0))
        return undefined;
      isFirst = false;
      if (chunk.indexOf(QUOTE) >= 0 || chunk.indexOf(RETURN) >= 0 || chunk.indexOf('\n\n') >= 0) return undefined;
      if (last === NEWLINE && chunk[0] === NEWLINE) return undefined;
      hash.update(chunk);
      last = chunk[chunk.length - 1];
    }
    return last === NEWLINE ? hash.digest('hex') : undefined;
  } finally {
    file.destroy();
  }
}

async function sha256OfCells(path: string): Promise<string> {
  const hash = createHash('sha256');
  const handler: CsvHandler = {
    header: (names) => void hash.update(csvLine(names)),
    row: (fields) => void hash.update(csvLine(fields)),
  };
  await readTable(path, handler, { ...UNTOLD, maxErrors: Number.POSITIVE_INFINITY });
  return hash.digest('hex');
}

/** SHA-256 of the numbers of rows that are a matrix already, in their order. */
export function sha256OfMatrix({ columns, times, labels }: Dataset): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of [times, labels, ...columns])
    hash.update(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
  return hash.digest('hex');
}
