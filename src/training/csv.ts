import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { OutOfOrder } from './out-of-order.ts';

/** A file that cannot be read on. `line` counts from 1, the header included. */
export class FileError extends Error {
  override name = 'FileError';
  readonly line: number | undefined;
  constructor(message: string, line?: number) {
    super(line === undefined ? message : `line ${line}: ${message}`);
    this.line = line;
  }
}

export interface CsvHandler {
  /** Called once with the first row's fields; `typed` are columns whose cells are numbers in the file itself, not texts of such. */
  header(names: string[], typed?: ReadonlySet<string>): void;
  /** `fields` is reused for the next row. Throws an Error to say that the row is bad. */
  row(fields: string[], line: number): void;
}

export interface ReadOptions {
  /** Bad rows to skip before giving up. */
  maxErrors?: number;
  /** Called for each bad row that is skipped. */
  onError?: (error: FileError) => void;
  /** Bytes of the file read so far, of how many. */
  onProgress?: (bytes: number, total: number) => void;
  /** Awaited between pieces of the file, so that whoever takes the rows can hold it back. */
  between?: () => Promise<void>;
  /** Told at the end, in words, what was left out of cells. */
  say?: (text: string) => void;
}

export interface ReadSummary {
  rows: number;
  /** Bad rows that were skipped. */
  errors: number;
}

const CHUNK_BYTES = 256 * 1024;
/** A row longer than this is an unclosed quote. */
const MAX_ROW = 4 * 1024 * 1024;
const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const TAB = 9;

/**
 * Reads separated values, gzipped where the name ends in .gz: quoted fields with doubled quotes and newlines, LF or
 * CRLF, a byte order mark, blank lines; by commas, or by what the header has more of: semicolons, tabs, bars. Blanks around
 * names are left out, and around cells that no quotes hold. Memory is bounded by a chunk and a row. Throws `FileError` with the line.
 */
export async function readCsv(path: string, handler: CsvHandler, options: ReadOptions = {}): Promise<ReadSummary> {
  const total = (await stat(path)).size;
  if (total === 0) throw new FileError(`${path} is empty.`);
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const source: Readable = path.endsWith('.gz') ? file.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : file;
  // A pipe does not pass errors on.
  if (source !== file) file.on('error', (error) => source.destroy(error));
  try {
    return await parseCsv(source, handler, options, () => options.onProgress?.(file.bytesRead, total));
  } catch (error) {
    if (error instanceof FileError) throw new FileError(`${path}, ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw new FileError(`${path} ends in the middle of its gzip data: it was cut off.`);
    if (code?.startsWith('Z_'))
      throw new FileError(`${path} is called .gz and is no sound gzip file (${(error as Error).message}).`);
    throw error;
  } finally {
    file.destroy();
  }
}

/** The same over any chunks of UTF-8. */
export async function parseCsv(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  handler: CsvHandler,
  options: ReadOptions = {},
  onChunk?: () => void,
): Promise<ReadSummary> {
  const decoder = new StringDecoder('utf8');
  const parser = createParser(handler, options);
  for await (const chunk of chunks) {
    const text = decoder.write(chunk as Buffer);
    if (isOtherText(text, chunk)) parser.isOther();
    parser.push(text, false);
    onChunk?.();
    if (options.between) await options.between();
  }
  const end = decoder.end();
  if (end !== '') parser.isOther();
  parser.push(end, true);
  const trimmed = parser.trimmed();
  const cells =
    trimmed === 1 ? '1 cell has blanks around what it says' : `${trimmed} cells have blanks around what they say`;
  if (trimmed > 0) options.say?.(`${cells}, which are left out.`);
  return { rows: parser.rows(), errors: parser.errors() };
}

const SEPARATORS = [',', ';', '\t', '|'];

/** The line before the header by which spreadsheets say what separates. */
const SAID_SEPARATOR = /^sep=([,;\t|])\r?(?:\n|$)/i;

/** Of the header line, quoted names aside: what there is most of, commas where as many. */
function separatorOf(text: string): number {
  const line = text.replace(/"(?:[^"]|"")*"/g, '').split('\n', 1)[0];
  const count = (separator: string) => line.split(separator).length;
  return SEPARATORS.reduce((best, one) => (count(one) > count(best) ? one : best)).charCodeAt(0);
}

/** A header of another encoding would be read as one column of a strange name, and a file without newlines as a header alone. */
function refuseOtherText(names: readonly string[]): void {
  if (names[0].startsWith('PK\x03\x04'))
    throw new FileError('This is a ZIP archive or a workbook (.xlsx): unpack it, or save it as CSV in UTF-8.', 1);
  if (names[0].startsWith('\x1f')) throw new FileError('This is gzip: let its name end in .gz.', 1);
  if (names.join().includes('\0'))
    throw new FileError('This is UTF-16, or no text at all: save it as CSV in UTF-8.', 1);
  if (names.some((name) => name.includes('\r')))
    throw new FileError('Its lines end in carriage returns alone: save it with newlines.', 1);
}

const NO_SIGN = '\ufffd';

/**
 * Whether bytes of a chunk are no UTF-8. The sign that stands for such may be in a file by itself, as damage that was done before: that
 * is a text like any other.
 */
function isOtherText(text: string, chunk: Uint8Array): boolean {
  if (!text.includes(NO_SIGN)) return false;
  const own = Buffer.from(chunk).toString('latin1').split('\xef\xbf\xbd').length;
  // One that began in the chunk before.
  const begun = chunk[0] === 0xbf || chunk[0] === 0xbd ? 1 : 0;
  return text.split(NO_SIGN).length > own + begun;
}

function createParser(handler: CsvHandler, options: ReadOptions) {
  const { maxErrors = 0, onError } = options;
  const fields: string[] = [];
  let width = -1;
  let count = 0;
  let rest = '';
  /** The line that is being read, and the one that its row began in. */
  let line = 1;
  let rowLine = 1;
  let rows = 0;
  let errors = 0;
  let trimmed = 0;
  let rowTrimmed = 0;
  let first = true;
  let separator = 0;
  /** Bytes that are no UTF-8 were seen: a row that holds what stands for them would be one with others. */
  let isOther = false;

  function fail(error: unknown): void {
    // Said of the file as a whole, and no fault of the row.
    if (error instanceof OutOfOrder) throw error;
    const failure = error instanceof FileError ? error : new FileError((error as Error).message, rowLine);
    if (++errors > maxErrors) throw failure;
    onError?.(failure);
  }

  /** The fields gathered so far are a row. */
  function emit(): void {
    const got = count;
    count = 0;
    trimmed += rowTrimmed;
    rowTrimmed = 0;
    if (got === 1 && fields[0] === '') return;
    if (width < 0) {
      width = got;
      refuseOtherText(fields.slice(0, got));
      if (isOther) refuseDamage(fields.slice(0, got));
      handler.header(fields.slice(0, got).map((name) => name.trim()));
      return;
    }
    try {
      if (isOther) refuseDamage(fields.slice(0, got));
      if (got !== width) throw new FileError(`${got} fields where the header has ${width}`, rowLine);
      handler.row(fields, rowLine);
      rows++;
    } catch (error) {
      fail(error);
    }
  }

  function refuseDamage(cells: readonly string[]): void {
    const cell = cells.find((one) => one.includes(NO_SIGN));
    if (cell !== undefined)
      throw new FileError(
        `${JSON.stringify(cell.slice(0, 60))} holds bytes that are no UTF-8: save the file as that`,
        rowLine,
      );
  }

  /** Parses the rows that end in `text`; returns where the first that does not begins. */
  function parse(text: string, last: boolean): number {
    const { length } = text;
    const between = separator;
    let start = 0;
    let begin = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code === between) {
        take(text.slice(begin, i));
        begin = i + 1;
      } else if (code === NEWLINE) {
        take(text.slice(begin, i > begin && text.charCodeAt(i - 1) === RETURN ? i - 1 : i));
        endRow();
        start = begin = i + 1;
      } else if (code === QUOTE && (i === begin || text.slice(begin, i).trim() === '')) {
        const next = quotedField(text, i, last);
        if (next < 0) break;
        if (next >= length || text.charCodeAt(next) === NEWLINE) {
          endRow();
          start = next + 1;
        } else if (next === length - 1 && last) {
          fields[count++] = '';
          endRow();
          start = length;
        }
        begin = next + 1;
        i = next;
      }
    }
    if (last && start < length) {
      take(text.slice(begin));
      endRow();
      return length;
    }
    count = rowTrimmed = 0;
    line = rowLine;
    return Math.min(start, length);
  }

  /** A cell without quotes. */
  function take(text: string): void {
    if (isSolid(text.charCodeAt(0)) && isSolid(text.charCodeAt(text.length - 1))) {
      fields[count++] = text;
      return;
    }
    const cell = text.trim();
    if (cell.length < text.length && cell !== '') rowTrimmed++;
    fields[count++] = cell;
  }

  function endRow(): void {
    emit();
    line++;
    rowLine = line;
  }

  /** Takes the quoted field that opens at `open`; returns where what ends it stands, -1 if that is not in this text. */
  function quotedField(text: string, open: number, last: boolean): number {
    const close = closingQuote(text, open, last);
    if (close < 0) return -1;
    let next = close + 1;
    while (isBlank(text.charCodeAt(next))) next++;
    if (text.charCodeAt(next) === RETURN) next++;
    if (next >= text.length && !last) return -1;
    fields[count++] = text.slice(open + 1, close).replaceAll('""', '"');
    line += newlines(text, open + 1, close);
    const after = text.charCodeAt(next);
    if (next < text.length && after !== separator && after !== NEWLINE) {
      throw new FileError('a quoted field goes on after its closing quote', line);
    }
    return next;
  }

  /** No blank of any kind; those beyond ASCII are looked at one by one. */
  const isSolid = (code: number) => code > SPACE && code < 127;

  const isBlank = (code: number) => (code === SPACE || code === TAB) && code !== separator;

  function closingQuote(text: string, open: number, last: boolean): number {
    let at = text.indexOf('"', open + 1);
    while (at >= 0 && text.charCodeAt(at + 1) === QUOTE) at = text.indexOf('"', at + 2);
    if (at < 0 && last) throw new FileError('a quoted field is not closed', line);
    // At the end of a chunk it may be the first half of a doubled one.
    return at === text.length - 1 && !last ? -1 : at;
  }

  const tooLong = () => new FileError(`a row is longer than ${MAX_ROW} characters: is a quote left open?`, rowLine);

  return {
    push(chunk: string, last: boolean): void {
      let text = rest === '' ? chunk : rest + chunk;
      if (first && text.length > 0) {
        first = false;
        if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
      }
      // Told by the first line that is not blank, as far as it is there: a chunk may end within it.
      if (separator === 0) {
        const begin = text.search(/[^\r\n]/);
        if (!last && (begin < 0 || !hasLine(text.slice(begin)))) {
          rest = text;
          if (rest.length > MAX_ROW) throw tooLong();
          return;
        }
        const said = SAID_SEPARATOR.exec(text.slice(Math.max(0, begin)));
        if (said !== null) {
          text = text.slice(Math.max(0, begin) + said[0].length);
          rowLine = ++line;
        }
        separator = said === null ? separatorOf(text.slice(Math.max(0, begin))) : said[1].charCodeAt(0);
      }
      rest = text.slice(parse(text, last));
      if (rest.length > MAX_ROW) throw tooLong();
    },
    isOther(): void {
      isOther = true;
    },
    rows: () => rows,
    errors: () => errors,
    trimmed: () => trimmed,
  };
}

/** Whether a line ends in it, newlines in quotes aside. */
const hasLine = (text: string) => text.replace(/"(?:[^"]|"")*"?/g, '').includes('\n');

function newlines(text: string, from: number, to: number): number {
  let found = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) found++;
  return found;
}
