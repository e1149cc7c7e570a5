import { toMajor, toMinor } from '../../domain/currency.ts';
import { movesMoney } from '../../domain/fields.ts';
import type { Transaction } from '../../domain/transaction.ts';

/** What a person could have told or done otherwise. Of one kind a payment has one at a time. */
export const KINDS = ['amount', 'device', 'network', 'place', 'channel', 'time'] as const;
export type Kind = (typeof KINDS)[number];

/** A change of some fields that belong together. */
export interface Move {
  kind: Kind;
  set: Partial<Transaction>;
  /** Of the changed fields, for people. */
  message: string;
}

/** What an earlier payment of the same user, which went well, says of how they pay. */
export type Earlier = Pick<
  Transaction,
  'deviceId' | 'ip' | 'country' | 'customerLocation' | 'latitude' | 'longitude' | 'channel'
>;

const PARTS = [0.9, 0.75, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WAITS_HOURS = [1, 6, 24, 72, 168];
const DAY_HOURS = [10, 14, 18];
const MOST_OF_A_KIND = 3;

/** The changes that are tried, of each kind the smallest first. */
export function movesOf(transaction: Transaction, earlier: readonly Earlier[]): Move[] {
  return [
    ...amounts(transaction),
    ...habits(transaction, earlier, 'device', ['deviceId'], 'a device that this user has paid with before'),
    ...habits(transaction, earlier, 'network', ['ip'], 'an address that this user has paid from before'),
    ...habits(
      transaction,
      earlier,
      'place',
      ['country', 'customerLocation', 'latitude', 'longitude'],
      'where this user has paid before',
    ),
    ...habits(transaction, earlier, 'channel', ['channel'], 'the way this user has paid before'),
    ...times(transaction),
  ];
}

function amounts(transaction: Transaction): Move[] {
  const { amount, type } = transaction;
  if (amount === null || !movesMoney(type)) return [];
  return PARTS.map((part) => amountMove(transaction, amount * part)).filter(({ set }) => set.amount !== amount);
}

/** Whole minor units, by the rate that the payment had. */
export function amountMove({ currency, baseRate }: Transaction, asked: number): Move {
  const amountMinor = toMinor(asked, currency) + 0;
  const amount = toMajor(amountMinor, currency);
  const amountBase = baseRate === null ? null : amount * baseRate;
  return { kind: 'amount', set: { amount, amountMinor, amountBase }, message: 'a smaller amount' };
}

/** The newest other values that the user's earlier payments have, whole: a country goes with its place. */
function habits(
  transaction: Transaction,
  earlier: readonly Earlier[],
  kind: Kind,
  fields: readonly (keyof Earlier)[],
  message: string,
): Move[] {
  const moves = new Map<string, Move>();
  const valuesOf = (one: Earlier) => fields.map((field) => one[field] ?? null);
  const own = JSON.stringify(valuesOf(transaction));
  for (const one of earlier) {
    const values = valuesOf(one);
    const name = JSON.stringify(values);
    if (moves.has(name) || name === own || values.every((value) => value === null)) continue;
    const set = Object.fromEntries(fields.map((field, i) => [field, values[i] ?? undefined]));
    moves.set(name, { kind, set, message });
    if (moves.size === MOST_OF_A_KIND) break;
  }
  return [...moves.values()];
}

/** By day, on the same local day before it was made; or after waiting, with nothing else in between. */
function times({ time, offsetMinutes }: Transaction): Move[] {
  const local = time + offsetMinutes * 60_000;
  const midnight = time - (((local % DAY_MS) + DAY_MS) % DAY_MS);
  const byDay = DAY_HOURS.map((hour) => midnight + hour * HOUR_MS).filter((at) => at < time);
  return [
    ...WAITS_HOURS.map((hours) => timeMove(time + hours * HOUR_MS, `made ${hours} h later, nothing else in between`)),
    ...byDay.reverse().map((at) => timeMove(at, 'made by day, earlier on the same day')),
  ];
}

const timeMove = (time: number, message: string): Move => ({ kind: 'time', set: { time, dated: true }, message });
