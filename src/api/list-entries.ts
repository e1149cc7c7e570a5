import { setImmediate as breathe } from 'node:timers/promises';
import { AssayError } from '../domain/errors.ts';
import type { ListHead } from '../domain/policy.ts';
import type { ListEntryData } from '../domain/records.ts';
import { type CardRule, screen } from '../intake/card-numbers.ts';
import { unfit, unfitId } from '../intake/text.ts';
import { parseTime } from '../intake/time.ts';
import { type EntryInput, readEntries } from '../policy/lists/csv.ts';
import type { Entries, EntryDetail } from '../policy/lists/entries.ts';
import { entryValue, takenAs } from '../policy/lists/values.ts';

/** An entry as it came; `line` where it came as CSV. */
export interface Sent {
  value: string;
  expiresAt?: string | null;
  note?: string | null;
  line?: number;
}

export interface Refused {
  value: string;
  message: string;
  line?: number;
}

/** Entries of one record, and characters: a record has a bound of its own. */
const PART_ENTRIES = 10_000;
const PART_CHARACTERS = 600_000;
const MAX_NOTE = 500;
/** Warnings of single entries. */
const MOST_TOLD = 20;
/** What a body of half a million is read by, so that others have their turn. */
const ENTRIES_A_TURN = 2_000;
/** What is looked at of a list before others have theirs: a few milliseconds. */
const SCANNED_A_TURN = 20_000;

/** A page of entries, newest first; `next` is where the next one begins. */
export async function pageInTurns(
  entries: Entries,
  q: string,
  before: number | undefined,
  limit: number,
): Promise<{ data: EntryDetail[]; next: number | undefined }> {
  const data: EntryDetail[] = [];
  const serials: number[] = [];
  for (let from = before; ; await breathe()) {
    const found = entries.scan(q, from, limit + 1 - data.length, SCANNED_A_TURN);
    data.push(...found.data);
    serials.push(...found.serials);
    if (found.stopped === undefined) break;
    from = found.stopped;
  }
  return { data: data.slice(0, limit), next: data.length > limit ? serials[limit - 1] : undefined };
}

/** Rows of a CSV body that cannot be read. */
export const unreadable = new WeakMap<object, Refused[]>();

/** A CSV body in the form of the JSON one. Throws `invalid_request` for its header, and where no row can be read. */
export async function rowsOf(text: string): Promise<{ entries: EntryInput[] }> {
  const body: { entries: EntryInput[] } = { entries: [] };
  const refused: Refused[] = [];
  try {
    let read = 0;
    for (const row of readEntries(text)) {
      if ('message' in row) refused.push({ value: '', ...row });
      else body.entries.push(row);
      if (++read % ENTRIES_A_TURN === 0) await breathe();
    }
  } catch (error) {
    throw unfitCsv((error as Error).message);
  }
  const [first] = refused;
  if (body.entries.length === 0 && first) throw unfitCsv(`No row can be read. Line ${first.line}: ${first.message}`);
  unreadable.set(body, refused);
  return body;
}

const unfitCsv = (message: string) => new AssayError('invalid_request', message, { errors: [{ path: '', message }] });

/** The entries as they may be kept, and how many are another. Throws `card_number` with the places of the first. */
export async function withoutCards(
  { type }: ListHead,
  entries: Sent[],
  cards: CardRule | undefined,
): Promise<{ entries: Sent[]; replaced: number }> {
  if (cards === undefined || cards.numbers === 'allow') return { entries, replaced: 0 };
  // Other values are what they say they are, as those fields of a transaction.
  const names = type === 'card' || type === 'text' ? ['note', 'value'] : ['note'];
  let replaced = 0;
  const kept: Sent[] = [];
  for (const [i, entry] of entries.entries()) {
    if (i % ENTRIES_A_TURN === ENTRIES_A_TURN - 1) await breathe();
    const { body } = screen({ note: entry.note, value: entry.value }, cards, `/entries/${i}`, names);
    const isSame = body.note === entry.note && body.value === entry.value;
    kept.push(isSame ? entry : { ...entry, ...body });
    if (!isSame) replaced++;
  }
  return { entries: kept, replaced };
}

/** Entries as records hold them, in parts that fit one, and what is to be told of them; `untold`: when those end that do not say, milliseconds. */
export async function partsOf(
  type: ListHead['type'],
  sent: readonly Sent[],
  untold: number | null,
): Promise<{ parts: ListEntryData[][]; refused: Refused[]; told: string[] }> {
  const refused: Refused[] = [];
  const told: string[] = [];
  let others = 0;
  let unzoned = 0;
  const parts: ListEntryData[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const [i, entry] of sent.entries()) {
    if (i % ENTRIES_A_TURN === ENTRIES_A_TURN - 1) await breathe();
    const read = readEntry(type, entry, untold);
    if ('message' in read) {
      refused.push({ value: entry.value, message: read.message, ...(entry.line ? { line: entry.line } : {}) });
      continue;
    }
    if (read.unzoned) unzoned++;
    const warning = takenAs(type, entry.value, read.data[0]);
    if (warning !== undefined && told.length < MOST_TOLD) told.push(warning);
    else if (warning !== undefined) others++;
    const size = read.data[0].length + (read.data[2]?.length ?? 0) + 32;
    if (characters + size > PART_CHARACTERS || parts.at(-1)!.length >= PART_ENTRIES) {
      parts.push([]);
      characters = 0;
    }
    characters += size;
    parts.at(-1)!.push(read.data);
  }
  if (others > 0) told.push(`${others} further entries are listed as another value than they were sent as.`);
  if (unzoned > 0) told.push(`expiresAt of ${unzoned} of them has no offset and is read as UTC.`);
  return { parts, refused, told };
}

function readEntry(
  type: ListHead['type'],
  entry: Sent,
  untold: number | null,
): { data: ListEntryData; unzoned: true | undefined } | { message: string } {
  const fault = type === 'text' ? unfit(entry.value) : unfitId(entry.value.trim());
  if (fault) return { message: `It ${fault}.` };
  const read = entryValue(type, entry.value);
  if ('refused' in read) return { message: read.refused };
  const note = entry.note ?? '';
  if (note.length > MAX_NOTE || unfit(note))
    return { message: `The note must be Unicode of at most ${MAX_NOTE} characters.` };
  const instant = typeof entry.expiresAt === 'string' ? parseTime(entry.expiresAt) : undefined;
  const until = typeof entry.expiresAt === 'string' ? instant?.time : entry.expiresAt;
  if (typeof entry.expiresAt === 'string' && until === undefined)
    return { message: 'expiresAt must be an RFC 3339 time.' };
  const expiresAt = until === undefined ? untold : until;
  return { data: note === '' ? [read.value, expiresAt] : [read.value, expiresAt, note], unzoned: instant?.unzoned };
}
