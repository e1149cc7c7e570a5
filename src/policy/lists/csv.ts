import { unguarded } from '../../domain/formula-guard.ts';

/** An entry as a client sends it, its value not yet looked at. */
export interface EntryInput {
  value: string;
  expiresAt?: string;
  note?: string;
}

/** A row that cannot be read; the first line is the header's, 1. */
export interface UnreadRow {
  line: number;
  message: string;
}

const COLUMNS = ['value', 'expiresAt', 'note'];
/** What a list that was read as CSV shows beside these: it may come back, and changes nothing. */
const SHOWN = ['by', 'at', 'other'];

/**
 * Entries of a CSV text (RFC 4180) whose header names `value`, `expiresAt` and `note` in any order; `value` alone is needed.
 * The first step throws an Error that says what is wrong with the header.
 */
export function* readEntries(text: string): Generator<EntryInput | UnreadRow, undefined> {
  const rows = readRows(text.replace(/^\ufeff/, ''));
  const { value: header } = rows.next();
  const names = header?.cells.map((name) => name.trim()) ?? [];
  if (!names.includes('value')) throw new Error('The first line must be a header that names the column value.');
  const strange = names.find((name) => !COLUMNS.includes(name) && !SHOWN.includes(name));
  if (strange !== undefined) throw new Error(`There is no column ${strange}: there are ${COLUMNS.join(', ')}.`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`The header names ${twice} twice.`);
  for (const { cells, line, open } of rows) {
    if (cells.length === 1 && cells[0] === '') continue;
    if (open) yield { line, message: 'A quotation mark is not closed.' };
    else if (cells.length !== names.length)
      yield { line, message: `It has ${cells.length} cells, and the header ${names.length}.` };
    else {
      const entry: EntryInput = { value: unguarded(cells[names.indexOf('value')]) };
      for (const name of ['expiresAt', 'note'] as const) {
        const cell = names.includes(name) ? cells[names.indexOf(name)] : '';
        if (cell !== '') entry[name] = unguarded(cell);
      }
      yield entry;
    }
  }
}

interface Row {
  cells: string[];
  line: number;
  /** Its last quotation mark is not closed. */
  open: boolean;
}

function* readRows(text: string): Generator<Row, undefined> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const row: Row = { cells: [], line, open: false };
    for (;;) {
      let cell = '';
      if (text[at] === '"') {
        at++;
        for (;;) {
          const end = text.indexOf('"', at);
          cell += text.slice(at, end < 0 ? text.length : end);
          at = end < 0 ? text.length : end + 1;
          row.open = end < 0;
          if (text[at] !== '"' || row.open) break;
          cell += '"';
          at++;
        }
        line += cell.split('\n').length - 1;
      }
      const rest = /[,\r\n]|$/g;
      rest.lastIndex = at;
      const end = rest.exec(text)!.index;
      cell += text.slice(at, end);
      at = end;
      row.cells.push(cell);
      if (text[at] !== ',') break;
      at++;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    line++;
    yield row;
  }
}

const QUOTED = /[",\r\n]/;

/** Entries as such a text, `value,expiresAt,note`; times as RFC 3339. */
export function* writeEntries(
  entries: Iterable<{ value: string; expiresAt: number | null; note: string }>,
): Generator<string> {
  const cell = (text: string) => (QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  yield `${COLUMNS.join(',')}\r\n`;
  for (const { value, expiresAt, note } of entries) {
    const until = expiresAt === null ? '' : new Date(expiresAt).toISOString();
    yield `${cell(value)},${until},${cell(note)}\r\n`;
  }
}
