import { readFile } from 'node:fs/promises';
import { isCardNumber } from '../domain/cards.ts';
import { currencyCode } from '../domain/currency.ts';
import { DISPUTE_STATUSES, type DisputeStatus } from '../domain/dispute.ts';
import { nearest } from '../domain/nearest.ts';
import { DISPUTE_KINDS, type DisputeKind } from '../domain/reason-codes.ts';
import { type TimeReader, timeReader } from '../intake/time-format.ts';
import { doubledHourNote, midnight, zoneOf } from '../intake/zone.ts';
import { cellReader } from '../training/cells.ts';
import { type ColumnMap, readColumnMap } from '../training/column-map.ts';
import { FileError } from '../training/csv.ts';
import type { FigureReader } from '../training/figure.ts';
import { fileNumbers } from '../training/file-numbers.ts';
import { columnFinder, refuseLookalikes } from '../training/header.ts';
import { contradiction } from '../training/row-numbers.ts';
import { readTable } from '../training/table.ts';

/** What a file may tell of a dispute; under these names where no map says otherwise. */
export const DISPUTE_FIELDS = [
  ...['transactionId', 'id', 'kind', 'scheme', 'reasonCode', 'amount', 'currency', 'reportedAt', 'status'],
  ...['cardId', 'cardBin', 'cardLast4', 'transactionAmount', 'transactionCurrency', 'transactionDate'],
] as const;
type Name = (typeof DISPUTE_FIELDS)[number];

/** A map as histories have it, and what a file of disputes needs beside. */
export interface LabelMap extends ColumnMap {
  /** The file's words for ours, such as `{"status": {"CBK REV": "reversed"}}`. */
  words?: Record<string, Record<string, string>>;
  /** What is the same in every row, such as `{"scheme": "visa"}`. */
  constants?: Record<string, string>;
}

export interface CardOfRow {
  cardId?: string;
  bin?: string;
  last4?: string;
  amount: number;
  currency?: string;
  /** The day of the payment, milliseconds: its first moment and the one after it. */
  from: number;
  to: number;
}

export interface DisputeRow {
  line: number;
  transactionId?: string;
  /** Where no transaction is named. */
  card?: CardOfRow;
  id?: string;
  kind: DisputeKind;
  scheme: string;
  reasonCode: string;
  amount?: number;
  currency?: string;
  /** RFC 3339. */
  reportedAt: string;
  status: DisputeStatus;
}

/** What is wrong with a row; `field` and `value` as the file calls them. */
export interface RowFault {
  line: number;
  field?: string;
  value?: string;
  message: string;
}

/** Throws an Error that says what is wrong with the map or with the file as a whole. */
export async function readLabelMap(path: string | undefined): Promise<LabelMap> {
  if (path === undefined) return { columns: {} };
  const map: LabelMap = await readColumnMap(path, { keys: ['words', 'constants'], checkFields: () => {} });
  for (const key of ['fraudValue', 'schema'] as const)
    if (map[key] !== undefined) throw new Error(`${path}: ${key} is of histories, and says nothing of a dispute.`);
  const { words = {}, constants = {} } = JSON.parse(await readFile(path, 'utf8')) as LabelMap;
  for (const name of [...Object.keys(map.columns), ...Object.keys(words), ...Object.keys(constants)])
    if (!(DISPUTE_FIELDS as readonly string[]).includes(name)) {
      const meant = nearest(name, DISPUTE_FIELDS);
      throw new Error(
        `${path}: ${name} is nothing that a dispute has${meant ? `; ${meant} is` : `: ${DISPUTE_FIELDS.join(', ')}`}.`,
      );
    }
  return { ...map, words, constants };
}

const KIND_WORDS: Record<string, DisputeKind> = {
  ...{ chargeback: 'dispute', tc15: 'dispute', dispute: 'dispute' },
  ...{ early_warning: 'early_warning', fraud_report: 'early_warning', tc40: 'early_warning', safe: 'early_warning' },
};
const STATUS_WORDS: Record<string, DisputeStatus> = {
  ...{ open: 'open', won: 'won', lost: 'lost', reversed: 'reversed', reversal: 'reversed' },
};
const plain = (text: string) => text.toLowerCase().replaceAll(/[\s-]+/g, '_');

/**
 * Reads all rows; what is wrong with one is told of it alone, and `say` what was assumed of them all. A number of a card goes by
 * `token` and never further.
 */
export async function readDisputes(
  path: string,
  map: LabelMap,
  token: (digits: string) => string,
  say: (text: string) => void,
): Promise<{ rows: DisputeRow[]; faults: RowFault[] }> {
  const rows: DisputeRow[] = [];
  const faults: RowFault[] = [];
  let cardNumbers = 0;
  let unzoned = 0;
  /** Rows that say nothing of it, by field. */
  const open = new Map<Name, number>();
  const columnsOf = (name: Name) => [map.columns[name] ?? name].flat();
  const amountColumns = (['amount', 'transactionAmount'] as const).map((name) => columnsOf(name)[0]);
  const [ofAmount, ofTransaction] = amountColumns.map(await fileNumbers(path, amountColumns, map, say));
  let clean: (fields: string[]) => void = () => {};
  const times = timeReader(map);
  const zone = map.timeZone === undefined ? undefined : zoneOf(map.timeZone);
  let columnOf: Partial<Record<Name, number[]>> = {};
  const called = (name: Name) => columnsOf(name).join(' + ');

  function header(names: string[]): void {
    const { at, told } = columnFinder(names);
    columnOf = {};
    for (const name of DISPUTE_FIELDS) {
      const columns = [map.columns[name] ?? name].flat();
      const places = columns.map(at);
      if (places.every((place) => place >= 0)) columnOf[name] = places;
      else if (map.columns[name] !== undefined)
        throw new FileError(
          `the map names the column ${columns[places.indexOf(-1)]}, and the header has ${names.join(', ')}`,
        );
    }
    const has = (name: Name) => columnOf[name] !== undefined || map.constants?.[name] !== undefined;
    for (const name of ['scheme', 'reasonCode', 'reportedAt'] as const)
      if (!has(name)) throw new FileError(`there is no column ${name}; a map names it, or sets it in "constants"`);
    if (!has('transactionId') && !((has('cardId') || has('cardLast4')) && has('transactionDate')))
      throw new FileError(
        'rows name their payment by transactionId, or by cardId or cardBin and cardLast4, transactionDate and amount',
      );
    const bound = new Map(Object.entries({ ...mapped(map.constants), ...columnOf }));
    refuseLookalikes(names, map, bound, DISPUTE_FIELDS);
    clean = cellReader(names, map.missing ? { missing: map.missing } : {});
    told().forEach(say);
  }

  function row(fields: string[], line: number): void {
    clean(fields);
    const found: RowFault[] = [];
    let isUnzoned = false;
    const left: Name[] = [];
    const text = (name: Name): string | undefined => {
      const written =
        columnOf[name]
          ?.map((at) => fields[at].trim())
          .join(' ')
          .trim() || map.constants?.[name];
      return written === undefined ? undefined : (map.words?.[name]?.[written] ?? written) || undefined;
    };
    const wrong = (name: Name, message: string) =>
      void found.push({ line, field: called(name), value: shown(text(name) ?? ''), message });
    const needed = (name: Name) => {
      const written = text(name);
      if (written === undefined) wrong(name, 'is empty');
      return written ?? '';
    };
    const currencyOf = (name: Name) => {
      const written = text(name);
      const code = written === undefined ? undefined : currencyCode(written);
      if (written !== undefined && code === undefined) wrong(name, 'is no ISO 4217 currency');
      return code;
    };
    /** With the currency that stands beside it, or with it. */
    const amountOf = (name: Name, beside: Name, { read, hint }: FigureReader) => {
      const code = currencyOf(beside);
      const written = text(name);
      if (written === undefined) return { currency: code };
      const figure = read(written);
      const value = figure === undefined ? Number.NaN : Number(figure.plain);
      if (!(value >= 0 && value <= 1e12)) {
        const more = hint(written);
        wrong(name, `is no amount such as 12.50${more === undefined ? '' : `; ${more}`}`);
      }
      const said = figure?.currencies;
      const currency = code ?? (said?.length === 1 ? said[0] : undefined);
      const fault =
        said === undefined || (text(beside) !== undefined && code === undefined)
          ? undefined
          : contradiction(said, currency);
      if (fault !== undefined) wrong(name, fault);
      return { value, currency };
    };
    const timeOf = (name: Name, reader: TimeReader) => {
      const written = needed(name);
      const instant = written === '' ? undefined : reader.read(written);
      if (written !== '' && !instant) wrong(name, reader.fault);
      if (instant?.unzoned) isUnzoned = true;
      return instant;
    };
    const wordOf = <T extends string>(name: Name, words: Record<string, T>, all: readonly T[], fallback: T): T => {
      const written = text(name);
      if (written === undefined) {
        left.push(name);
        return fallback;
      }
      const word = plain(written);
      if (Object.hasOwn(words, word)) return words[word];
      wrong(name, `is none of ${all.join(', ')}; a map says which, in "words"`);
      return fallback;
    };

    const transactionId = text('transactionId');
    const { value: amount, currency } = amountOf('amount', 'currency', ofAmount);
    const reported = timeOf('reportedAt', times);
    const told = {
      ...{ kind: wordOf('kind', KIND_WORDS, DISPUTE_KINDS, 'dispute'), scheme: needed('scheme') },
      ...{ reasonCode: needed('reasonCode'), status: wordOf('status', STATUS_WORDS, DISPUTE_STATUSES, 'open') },
    };
    const card = transactionId === undefined ? cardOf() : undefined;
    if (found.length > 0) {
      faults.push(...found);
      return;
    }
    if (isUnzoned) unzoned++;
    if (amount !== undefined && currency === undefined) left.push('currency');
    for (const name of left) open.set(name, (open.get(name) ?? 0) + 1);
    rows.push({
      ...{ line, ...told, reportedAt: new Date(reported!.time).toISOString() },
      ...defined({
        transactionId,
        card,
        id: text('id'),
        amount,
        currency: amount === undefined ? undefined : currency,
      }),
    });

    function cardOf(): CardOfRow {
      let cardId = text('cardId');
      let [bin, last4] = [text('cardBin'), text('cardLast4')];
      const digits = cardId?.replaceAll(/[\s-]/g, '');
      if (digits !== undefined && isCardNumber(digits)) {
        cardNumbers++;
        [cardId, bin, last4] = [token(digits), digits.slice(0, 6), digits.slice(-4)];
      } else if (cardId === undefined) {
        if (bin === undefined && last4 === undefined) wrong('transactionId', 'is empty, and no card is named');
        else if (!/^\d{6,8}$/.test(bin ?? '')) wrong('cardBin', 'needs 6 to 8 digits beside cardLast4');
        else if (!/^\d{4}$/.test(last4 ?? '')) wrong('cardLast4', 'needs 4 digits beside cardBin');
      }
      const { value, currency: paidIn = currency } = amountOf(
        'transactionAmount',
        'transactionCurrency',
        ofTransaction,
      );
      const paid = value ?? amount;
      if (paid === undefined)
        wrong('amount', 'is empty: without a transactionId it has to be the amount of the payment');
      const { time = 0, offsetMinutes = 0 } = timeOf('transactionDate', times) ?? {};
      const local = time + offsetMinutes * 60_000;
      const day = Math.floor(local / DAY_MS) * DAY_MS;
      // A day on which the clock changes has 23 or 25 hours. An offset that is not the zone's is that of the whole day.
      const offsetOf = zone?.(local) === offsetMinutes ? zone : () => offsetMinutes;
      return {
        ...{ amount: paid ?? 0, from: midnight(offsetOf, day), to: midnight(offsetOf, day + DAY_MS) },
        ...defined({ cardId, bin, last4, currency: paidIn }),
      };
    }
  }

  await readTable(
    path,
    { header, row },
    {
      say,
      maxErrors: Number.POSITIVE_INFINITY,
      onError: ({ message, line }) => faults.push({ line: line ?? 0, message: message.replace(/^line \d+: /, '') }),
    },
  );
  faults.sort((a, b) => a.line - b.line);
  if (cardNumbers > 0) say(`${cardNumbers} rows name a card by its number; it is not sent anywhere.`);
  if (unzoned > 0) say(`Rows with times without an offset, which are taken as of UTC: ${unzoned}.`);
  const doubled = map.timeZone === undefined ? undefined : doubledHourNote(map.timeZone);
  if (doubled !== undefined) say(doubled);
  for (const [name, count] of open) say(`Rows that leave ${name} open: ${count}. ${TAKEN_AS[name]}.`);
  return { rows, faults };
}

/** What a row that leaves a field open is taken as. */
const TAKEN_AS: Partial<Record<Name, string>> = {
  kind: 'Each is a dispute',
  status: 'Each is open',
  currency: 'Their amounts are in the currency of the payment',
};

/** Fields that stand in no column. */
const mapped = (constants: Record<string, string> = {}): Record<string, number[]> =>
  Object.fromEntries(Object.keys(constants).map((name) => [name, []]));

const DAY_MS = 86_400_000;
const MAX_SHOWN = 80;

/** A value as it is told; never a card's number. */
function shown(value: string): string {
  const digits = value.replaceAll(/[\s-]/g, '');
  if (isCardNumber(digits)) return `${digits.slice(0, 6)}…${digits.slice(-4)}`;
  return value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
