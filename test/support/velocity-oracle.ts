import type { Transaction } from '../../src/domain/transaction.ts';

/** What was told of a payment that had been decided: the slow reading of its truth. */
export interface Past {
  transaction: Transaction;
  /** Breaks ties in time. */
  order: number;
  label: 'fraud' | 'legitimate' | undefined;
  outcomes: Set<string>;
}

/** Newest events of an entity that are exactly known. */
export const KEPT = 512;

export interface VelocityCall {
  name: string;
  entity: string;
  counterpart?: string;
  windowMs?: number;
  outcome?: string;
}

const network = (ip: string | undefined) => ip && `${ip.split('.').slice(0, 3).join('.')}.0/24`;
const lower = (text: string | undefined) => text?.toLowerCase();

/** How a payment names an entity or a word, read from its own fields. */
const NAMES: Record<string, (of: Transaction) => string | undefined> = {
  user: (of) => of.userId,
  card: (of) => of.cardId,
  device: (of) => of.deviceId,
  ip: (of) => of.ip,
  merchant: (of) => of.merchantId,
  email: (of) => lower(of.email?.split('@')[1]),
  network: (of) => network(of.ip),
  mailbox: (of) => lower(of.email),
  bin: (of) => of.cardBin,
  payee: (of) => of.payeeId,
  country: (of) => lower(of.country),
  category: (of) => lower(of.productCategory),
  channel: (of) => lower(of.channel),
  location: (of) => lower(of.customerLocation),
};

const named = new WeakMap<Transaction, Record<string, string | undefined>>();

/** Undefined where it names none. */
export function nameOf(of: Transaction, what: string): string | undefined {
  let names = named.get(of);
  if (names === undefined) {
    names = Object.fromEntries(Object.entries(NAMES).map(([one, read]) => [one, read(of) || undefined]));
    named.set(of, names);
  }
  return names[what];
}

/** What an entity did before a payment, over the whole past. */
export interface OwnPast {
  /** Up to the payment's time, in order of time. */
  before: Past[];
  /** Times of all that is learnt, later than the payment too: what is kept are the newest of these. */
  times: number[];
  /** Those of the windows that were asked for. */
  inside: Map<number, Past[]>;
}

/** Undefined where the payment names no such entity. */
export function ownPast(past: readonly Past[], payment: Transaction, entity: string): OwnPast | undefined {
  const name = nameOf(payment, entity);
  if (name === undefined) return undefined;
  const own = past.filter(
    ({ transaction: of }) => nameOf(of, entity) === name && (of.type ?? 'payment') === (payment.type ?? 'payment'),
  );
  own.sort((a, b) => a.transaction.time - b.transaction.time || a.order - b.order);
  const before = own.filter(({ transaction: of }) => of.time <= payment.time);
  return { before, times: own.map(({ transaction: of }) => of.time), inside: new Map() };
}

/** (T − w, T] of an entity's past. */
function insideOf(own: OwnPast, payment: Transaction, windowMs: number): Past[] {
  let inside = own.inside.get(windowMs);
  if (inside === undefined) {
    inside = own.before.filter(({ transaction: of }) => of.time > payment.time - windowMs);
    own.inside.set(windowMs, inside);
  }
  return inside;
}

/** What a call means, word for word; NaN where it is unknown. */
export function velocity(call: VelocityCall, own: OwnPast | undefined, payment: Transaction): number {
  if (own === undefined) return Number.NaN;
  const inside = call.windowMs === undefined ? own.before : insideOf(own, payment, call.windowMs);
  const amounts = () =>
    [...inside.map(({ transaction: of }) => of.amountBase), payment.amountBase].filter((one) => one !== null);
  const counterpart = (of: Transaction) => nameOf(of, call.counterpart!);
  switch (call.name) {
    case 'count':
      if (call.outcome === undefined) return inside.length + 1;
      return inside.filter((one) => one.label === call.outcome || one.outcomes.has(call.outcome!)).length;
    case 'sum':
      return amounts().reduce((a, b) => a + b, 0);
    case 'mean':
      return amounts().reduce((a, b) => a + b, 0) / amounts().length;
    case 'max':
      return amounts().length === 0 ? Number.NaN : Math.max(...amounts());
    case 'distinct':
      return new Set(
        [...inside.map((one) => counterpart(one.transaction)), counterpart(payment)].filter((one) => one !== undefined),
      ).size;
    case 'sinceLast':
      return inside.length === 0 ? Number.NaN : (payment.time - inside.at(-1)!.transaction.time) / 1000;
    case 'isFirst': {
      const met = counterpart(payment);
      if (met === undefined) return Number.NaN;
      return inside.some((one) => counterpart(one.transaction) === met) ? 0 : 1;
    }
    case 'frauds':
      return inside.filter((one) => one.label === 'fraud').length;
    case 'km': {
      const last = inside.findLast((one) => one.transaction.latitude !== undefined)?.transaction;
      return last === undefined || payment.latitude === undefined ? Number.NaN : km(last, payment);
    }
    default:
      throw new Error(`no reading of ${call.name}`);
  }
}

/** Whether the answer may rest on more than an entity's newest events: then, and only then, it may be marked. */
export function reachesBeyond(call: VelocityCall, own: OwnPast | undefined, payment: Transaction): boolean {
  if (own === undefined || own.times.length <= KEPT) return false;
  const oldestKept = own.times[own.times.length - KEPT];
  return call.windowMs === undefined || payment.time - call.windowMs < oldestKept;
}

/** By the angle between two vectors from the earth's middle, not by the haversine. */
function km(a: Transaction, b: Transaction): number {
  const [x, y] = [vector(a), vector(b)];
  const across = Math.hypot(x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]);
  return 6371.0088 * Math.atan2(across, x[0] * y[0] + x[1] * y[1] + x[2] * y[2]);
}

function vector({ latitude, longitude }: Transaction): [number, number, number] {
  const [up, round] = [(latitude! * Math.PI) / 180, (longitude! * Math.PI) / 180];
  return [Math.cos(up) * Math.cos(round), Math.cos(up) * Math.sin(round), Math.sin(up)];
}
