import { currencyCode } from '../domain/currency.ts';
import type { FieldError } from '../domain/errors.ts';
import { DEFAULT_CURRENCY } from '../intake/money.ts';
import type { ColumnMap } from './column-map.ts';
import { EXACT, type Figure, figureReader } from './figure.ts';
import { numberKinds } from './number-style.ts';
import type { NumberOf } from './usual-rows.ts';

/** Reads the numbers of a file's rows by their fields. */
export interface RowNumbers {
  has(field: string): boolean;
  /** Undefined for a field that is none, and for a text that is none so written. */
  read(field: string, text: string): Figure | undefined;
  usual: NumberOf;
  /** What else there is to say of a text that was not read. */
  hint(field: string, text: string): string | undefined;
}

/** `typed`: columns whose cells are numbers in the file itself, in which nothing stands between thousands. */
export function rowNumbers(
  header: readonly string[],
  map: ColumnMap,
  columns: ReadonlyMap<string, number[]>,
  typed: ReadonlySet<string> = new Set(),
): RowNumbers {
  const kindOf = numberKinds(map.schema);
  const written = figureReader(map);
  const fields = new Map(
    [...columns].flatMap(([field, at]) => {
      const kind = kindOf(field);
      const reader = typed.has(header[at[0]]) ? EXACT : written;
      return kind === undefined ? [] : [[field, { ...kind, reader }] as const];
    }),
  );
  return {
    has: (field) => fields.has(field),
    read(field, text) {
      const known = fields.get(field);
      const figure = known?.reader.read(text);
      return known?.money || figure?.currencies === undefined ? figure : undefined;
    },
    usual: (name) => (fields.get(name)?.reader ?? EXACT).usual,
    hint: (field, text) => fields.get(field)?.reader.hint(text),
  };
}

/** Which currencies the numbers of a row name, by their fields. */
export type Named = [field: string, currencies: readonly string[]][];

/**
 * The row's currency by the sign of its amount where nothing else says it, and a fault for each number that names another. A sign of several
 * currencies is taken as the default if that is one of them: then it is true that nobody said so.
 */
export function settleCurrency(body: Record<string, unknown>, named: Named, faults: FieldError[]): boolean {
  const said = named.find(([field]) => field === 'amount')?.[1];
  if (body.currency === undefined && said?.length === 1) [body.currency] = said;
  const isOpen = body.currency === undefined && said?.includes(DEFAULT_CURRENCY) === true;
  const currency = body.currency ?? (isOpen ? DEFAULT_CURRENCY : undefined);
  for (const [field, currencies] of named) {
    const message = contradiction(currencies, currency);
    if (message !== undefined) faults.push({ path: `/${field}`, message });
  }
  return isOpen;
}

const SHOWN = 3;

/** What is wrong where a number names these currencies; undefined where nothing is, or where the currency is refused by itself. */
export function contradiction(currencies: readonly string[], currency: unknown): string | undefined {
  const few =
    currencies.length <= SHOWN ? currencies.join(' or ') : `${currencies.slice(0, SHOWN).join(', ')} or another`;
  if (currency === undefined)
    return `may be of ${few}: say which in a column of currency, or under "constants" in the map`;
  const code = typeof currency === 'string' ? currencyCode(currency) : undefined;
  return code === undefined || currencies.includes(code) ? undefined : `is of ${few}, and the currency is ${code}`;
}
