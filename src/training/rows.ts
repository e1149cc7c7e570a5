import { holdsCardNumber } from '../domain/cards.ts';
import { AssayError, type FieldError } from '../domain/errors.ts';
import { FIELD_NAMES, type FieldName } from '../domain/fields.ts';
import { ownBoolean, ownNumber, ownTime } from '../domain/own-values.ts';
import { recent } from '../domain/recent.ts';
import type { Transaction } from '../domain/transaction.ts';
import { DEFAULT_CURRENCY } from '../intake/money.ts';
import type { Instant } from '../intake/time.ts';
import { type TimeReader, timeReader } from '../intake/time-format.ts';
import { type IntakeRules, screened, takeIn } from '../intake/transaction.ts';
import type { ColumnMap } from './column-map.ts';
import { createFarTimes } from './far-times.ts';
import { EVENT_COLUMNS, eventsOf, type FileEvent } from './file-events.ts';
import { bindHeader, noColumn, unusedTold } from './header.ts';
import { createNotes, type Notes } from './notes.ts';
import { createOtherWords } from './other-words.ts';
import { contradiction, type Named, rowNumbers, settleCurrency } from './row-numbers.ts';
import { createSeen, rowHash } from './seen.ts';
import { usualRows } from './usual-rows.ts';
import { type FileTruth, fieldValue, TRUTH_WORDS, truth } from './values.ts';

/** A row of a history file as the transaction that its body makes, and the truth about it. Reused for the next row: copy what you keep. */
export interface FileRow {
  /** As a client would have sent it, but for its time: see `bodyOf`. Ask before the next row is read: few who read a history do. */
  sent: () => Record<string, unknown>;
  /** The time as it stands in the file. */
  date: string;
  transaction: Transaction;
  /** `blocked` too where nothing is said and the issuer refused it: its truth is never learnt. */
  truth: FileTruth;
  fraud: boolean;
  /** When the truth arrived, milliseconds; NaN where the file does not say. */
  labelledAt: number;
  /** What became of it. */
  events: readonly FileEvent[];
  /** The very same row stood earlier in the file. */
  repeated: boolean;
}

/** What the intake took, card numbers gone from the body. */
interface Taken {
  body: Record<string, unknown>;
  transaction: Transaction;
}

export type RowReader = (fields: readonly string[], line: number) => FileRow;

/** Needed in any file; `id` too is needed for entries to be told apart, but is derived from the line where absent. */
const REQUIRED: FieldName[] = ['userId', 'transactionDate'];
/** With one of these for all rows, a file need not name users: see `isAlone`. */
const MONEYLESS: readonly (string | undefined)[] = ['registration', 'login'];
const NOTHING: readonly FileEvent[] = [];
const DAY_MS = 86_400_000;
/** Even a name that objects have of their own becomes a property: the intake is to see it. */
const PLAIN = { enumerable: true, writable: true, configurable: true };
const UNDATED = { id: '', receivedAt: 0 };
/** Characters of a bad value that are shown. */
const SHOWN = 60;

export interface RowOptions {
  notes?: Notes;
  /** Milliseconds: rows that say they are of a later day are told. */
  now?: number | undefined;
  /** Columns whose cells are numbers in the file itself. */
  typed?: ReadonlySet<string> | undefined;
  time?: TimeReader;
}

/**
 * Binds a map to the header of a file. Rows go through the intake that the API's bodies go through; a bad one throws an Error
 * with every field that is wrong and its value. Throws an Error where a needed column is missing.
 */
export function createRowReader(
  header: readonly string[],
  map: ColumnMap,
  rules: IntakeRules,
  { notes = createNotes(), now, typed, time = timeReader(map) }: RowOptions = {},
): RowReader {
  const columns = bindHeader(header, map);
  const missing = (field: string) => noColumn(header, map, field);
  const said = map.constants ?? {};
  const isMoneyless = MONEYLESS.includes(said.type);
  // Registrations of a file that names nobody are each of a customer of their own.
  const isAlone = !columns.has('userId') && isMoneyless;
  if (isAlone) notes.say('No column names the user: each row is a customer of its own.');
  for (const field of REQUIRED) if (!columns.has(field) && !(field === 'userId' && isAlone)) throw missing(field);
  if (!columns.has('amount') && !columns.has('type') && !isMoneyless) throw missing('amount');
  noteUnused(header, columns, notes);
  noteLacking(map, columns, notes);
  const ownChecks = checksOf(map, columns);
  const numbers = rowNumbers(header, map, columns, typed);
  const known = timeReader(map.timeZone === undefined ? {} : { timeZone: map.timeZone });
  const seen = createSeen();
  const constants = Object.entries(said).map(([name, text]) => [name, fieldValue(name as FieldName, text)] as const);
  const usual = constants.length > 0 ? () => undefined : usualRows(columns, rules, numbers.usual);
  const textOf = (fields: readonly string[], name: string): string => cellOf(columns.get(name))(fields);
  const idText = cellOf(columns.get('id'));
  const dateText = cellOf(columns.get('transactionDate'));
  const labelText = cellOf(columns.get('isFraud'));
  const knownText = cellOf(columns.get('labelledAt'));
  const truthOf = recent((text) => truth(text, map.fraudValue));
  const used = FIELD_NAMES.filter((name) => columns.has(name) && name !== 'transactionDate');
  const isNamed = columns.has('id');
  const metadata = [...columns.keys()].filter((name) => name.startsWith('metadata.'));

  /** What a client would have sent. A text that is no value of its field stays, for the intake to refuse it. */
  function sentBy(
    fields: readonly string[],
    id: string | undefined,
    faults: FieldError[] = [],
  ): Record<string, unknown> {
    const named: Named = [];
    const plainOf = (name: string, text: string) => {
      const figure = numbers.read(name, text);
      if (figure?.currencies !== undefined) named.push([name, figure.currencies]);
      return figure?.plain;
    };
    const valueFor = (name: FieldName, text: string) => {
      if (!numbers.has(name)) return fieldValue(name, text);
      const plain = plainOf(name, text);
      return plain === undefined ? text : Number(plain);
    };
    const body: Record<string, unknown> = id === undefined ? {} : { id };
    for (const [name, value] of constants) body[name] = value;
    for (const name of used) {
      const text = textOf(fields, name);
      if (text !== '') body[name] = valueFor(name, text);
    }
    if (isAlone) body.userId = body.id;
    const own: Record<string, string> = {};
    for (const name of metadata) {
      const text = textOf(fields, name);
      if (text !== '')
        Object.defineProperty(own, name.slice('metadata.'.length), { value: plainOf(name, text) ?? text, ...PLAIN });
    }
    if (Object.keys(own).length > 0) body.metadata = own;
    isDefaulted = named.length > 0 && settleCurrency(body, named, faults);
    return body;
  }

  const far = createFarTimes(now);
  notes.ask(far.told);
  const others = createOtherWords(map);
  notes.ask(others.told);
  const hasEvents = EVENT_COLUMNS.some((name) => columns.has(name));
  const instantOf = (text: string) => (known.read(text) ?? time.read(text))?.time;
  const screenedRules = { ...rules, cards: undefined };
  let unnamed = 0;
  /** The amount has a sign of several currencies, and nothing says which. */
  let isDefaulted = false;
  /** Of which currency the refund is, where it says one. */
  let refunded: readonly string[] | undefined;
  const refundOf = (text: string) => {
    const figure = numbers.read('refundedAmount', text);
    refunded = figure?.currencies;
    return Number(figure?.plain ?? Number.NaN);
  };
  const row = {} as FileRow;
  return (fields, line) => {
    const id = idText(fields) === '' ? `row-${++unnamed}` : undefined;
    const faults: FieldError[] = [];
    isDefaulted = false;
    refunded = undefined;
    const date = dateText(fields);
    const moment = time.read(date);
    if (moment === undefined)
      faults.push({ path: '/transactionDate', message: date === '' ? 'is required' : time.fault });
    for (const { field, what, of } of ownChecks) {
      const text = textOf(fields, field);
      if (text !== '' && Number.isNaN(of(numbers.has(field) ? (numbers.read(field, text)?.plain ?? '') : text)))
        faults.push({ path: `/${field}`, message: `must be ${what}` });
    }
    const taken = (moment && usual(fields, moment, id)) ?? take(sentBy(fields, id, faults), moment, faults);
    const label = labelText(fields);
    const told = truthOf(label);
    if (told === undefined) faults.push({ path: '/isFraud', message: `must be ${TRUTH_WORDS}` });
    if (told === 'legitimate' && map.fraudValue !== undefined) others.add(label);
    const labelledAt = labelled(knownText(fields), moment?.time, faults);
    const events = hasEvents
      ? eventsOf((column) => textOf(fields, column), instantOf, refundOf, moment?.time ?? Number.NaN, faults)
      : NOTHING;
    const transaction = taken && ('transaction' in taken ? taken.transaction : taken);
    const wrong = refunded && transaction && contradiction(refunded, transaction.currency);
    if (wrong !== undefined) faults.push({ path: '/refundedAmount', message: wrong });
    if (taken !== undefined && transaction !== undefined && faults.length === 0) {
      const repeated = isNamed ? seen(transaction.id, rowHash(fields)) : false;
      if (repeated !== 'other') {
        far.add(transaction.time, line);
        for (const warning of transaction.warnings) notes.add(warning, line);
        if (isDefaulted) notes.add(DEFAULTED, line);
        row.sent = 'transaction' in taken ? () => taken.body : () => sentBy(fields, id);
        row.date = date;
        row.transaction = transaction;
        row.truth = told === 'unlabelled' && events.some(({ type }) => type === 'refused') ? 'blocked' : told!;
        row.fraud = told === 'fraud';
        row.labelledAt = labelledAt;
        row.events = events;
        row.repeated = repeated;
        return row;
      }
      faults.push({ path: '/id', message: 'stands in an earlier row with other values' });
    }
    throw new Error(faults.map(({ path, message }) => faultOf(path, message, fields)).join('; '));
  };

  function take(sent: Record<string, unknown>, instant: Instant | undefined, faults: FieldError[]): Taken | undefined {
    try {
      const { body, warnings } = screened(sent, rules);
      const receipt = instant === undefined ? UNDATED : { id: '', receivedAt: instant.time, instant };
      const transaction = takeIn(body, receipt, screenedRules);
      if (warnings.length > 0) transaction.warnings.unshift(...warnings);
      return { body, transaction };
    } catch (error) {
      if (!(error instanceof AssayError) || error.errors === undefined) throw error;
      faults.push(...error.errors);
      return undefined;
    }
  }

  function labelled(text: string, at: number | undefined, faults: FieldError[]): number {
    if (text === '') return Number.NaN;
    const instant = known.read(text) ?? time.read(text);
    if (instant === undefined) faults.push({ path: '/labelledAt', message: known.fault });
    else if (at !== undefined && instant.time < at - DAY_MS)
      faults.push({ path: '/labelledAt', message: 'must not be more than 24 hours before the payment' });
    return instant?.time ?? Number.NaN;
  }

  /** `ip "1.2.3" must be …`: the value as it stands in the file, unless it is nobody's to read. */
  function faultOf(path: string, message: string, fields: readonly string[]): string {
    const name = path.slice(1);
    const text = textOf(fields, name);
    if (text === '') return `${name} ${message}`;
    const hint = numbers.hint(name, text);
    const value = holdsCardNumber(text)
      ? '(not shown)'
      : JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
    return `${name} ${value} ${message}${hint === undefined ? '' : `; ${hint}`}`;
  }
}

/** Reads what stands in these columns, by blanks where they are several; nothing where there is none. */
function cellOf(at: readonly number[] | undefined): (fields: readonly string[]) => string {
  if (at === undefined) return () => '';
  const [only] = at;
  return at.length === 1
    ? (fields) => fields[only]
    : (fields) =>
        at
          .map((index) => fields[index])
          .join(' ')
          .trim();
}

function noteUnused(header: readonly string[], columns: ReadonlyMap<string, number[]>, notes: Notes): void {
  const told = unusedTold(header, new Set([...columns.values()].flat()));
  if (told !== undefined) notes.say(told);
}

/** Of columns that a model or the environment asks for, those that the file lacks: to the model they are missing in each row. */
function noteLacking({ schema = {} }: ColumnMap, columns: ReadonlyMap<string, number[]>, notes: Notes): void {
  const lacking = Object.entries(schema).filter(([, { field }]) => [field].flat().some((one) => !columns.has(one)));
  if (lacking.length > 0)
    notes.say(`The schema's columns that the file lacks: ${lacking.map(([name]) => name).join(', ')}.`);
}

const DEFAULTED = `The sign of the amount is that of several currencies, and nothing says which: it is taken as ${DEFAULT_CURRENCY}.`;

const OWN_CHECKS: Readonly<Record<string, { what: string; of: (text: string) => number }>> = {
  number: { what: 'a number', of: ownNumber },
  place: { what: 'a number', of: ownNumber },
  boolean: { what: 'true or false, 1 or 0, yes or no', of: ownBoolean },
  time: { what: 'a date or an RFC 3339 time', of: ownTime },
};

/** How the texts of one's own columns are read; the intake checks the API's own fields. */
function checksOf({ schema = {} }: ColumnMap, columns: ReadonlyMap<string, number[]>) {
  return Object.values(schema).flatMap(({ type, field }) =>
    [field]
      .flat()
      .filter((one) => one.startsWith('metadata.') && columns.has(one) && OWN_CHECKS[type] !== undefined)
      .map((one) => ({ field: one, ...OWN_CHECKS[type] })),
  );
}

/** The body that a client would have sent. */
export function bodyOf({
  sent,
  date,
  transaction,
}: Pick<FileRow, 'sent' | 'date' | 'transaction'>): Record<string, unknown> {
  return { ...sent(), transactionDate: written(date, transaction.time, transaction.offsetMinutes) };
}

/** A time as RFC 3339: as it stands where it is that, with its offset. */
function written(text: string, time: number, offsetMinutes: number): string {
  if (/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text)) return text;
  if (offsetMinutes === 0) return new Date(time).toISOString();
  const local = new Date(time + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const away = Math.abs(offsetMinutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(away / 60))}:${two(away % 60)}`;
}
