import { inForce, TRA_INSTRUMENTS, TRA_LIMITS, type TraInstrument } from './limits.ts';
import { executedMinor, type LedgerPayment } from './payment.ts';

/**
 * `over`: this quarter; `stopped`: this one and the one before, or, while this one runs, the two before it, so that the exemption may not
 * be used; `empty`: nothing executed.
 */
export const TRA_STATES = ['within', 'over', 'stopped', 'empty'] as const;

/** One instrument against one band. Amounts in euros, rates as shares. */
export interface TraRow {
  instrument: TraInstrument;
  /** Payments of up to so many euros. */
  band: number;
  payments: number;
  value: number;
  fraudPayments: number;
  fraudValue: number;
  rate: number | null;
  limit: number;
  /** Of the quarter before. */
  rateBefore: number | null;
  state: (typeof TRA_STATES)[number];
}

/** How many payments, and what of the value they are, in euros. */
export interface Share {
  payments: number;
  value: number;
}

/** What is not known for certain, of this quarter. */
export interface TraEstimated {
  /** Counted as no fraud, though disputes may still come, or stand. */
  unlabelled: Share;
  /** Counted as executed, though nobody told what became of them. */
  assumedExecuted: Share;
  /** Counted as remote, though nobody said so. */
  assumedRemote: Share;
  /** Left out of the frauds. */
  payersOwn: Share;
  /** Left out: no rate into euros. */
  withoutRate: number;
  /** Left out: paid with neither card nor credit transfer, or nobody said with what. */
  otherInstruments: number;
  unknownInstrument: number;
}

/** The figures that a payment of the quarter counts to, each of which opens to its payments. */
export const TRA_PARTS = [
  'executed',
  'fraud',
  'unlabelled',
  'assumedExecuted',
  'assumedRemote',
  'payersOwn',
  'withoutRate',
  'otherInstruments',
  'unknownInstrument',
] as const;
export type TraPart = (typeof TRA_PARTS)[number];
export interface TraCounted {
  parts: TraPart[];
  instrument: LedgerPayment['instrument'];
  /** Of euros; absent where it is left out. */
  cents?: bigint;
}

export interface TraOptions {
  /** Edges of the two quarters before, of this one, and its end, milliseconds. */
  edges: readonly [first: number, before: number, from: number, to: number];
  /** The day from which limits are looked up, `YYYY-MM-DD`. */
  day: string;
  /** As of when: what is younger than `maturityDays` may still turn out to be fraud. */
  now: number;
  maturityDays: number;
  /** Cents; undefined where there is no rate. */
  eurosOf: (minor: number, payment: LedgerPayment) => bigint | undefined;
}

class Sum {
  payments = 0;
  cents = 0n;
  add(cents: bigint): void {
    this.payments++;
    this.cents += cents;
  }
  share(): Share {
    return { payments: this.payments, value: Number(this.cents) / 100 };
  }
}

/** By instrument the most euros that a payment may have for the exemption; 0: it may not be used. */
export type ExemptUpTo = Readonly<Record<TraInstrument, number>>;

const perInstrument = () => ({ card: new Sum(), credit_transfer: new Sum() });
const perQuarter = () => ({ all: perInstrument(), fraud: perInstrument() });
const isOver = (all: Sum, fraud: Sum, limit: number) => fraud.cents * 100_000n > all.cents * BigInt(limit);

/**
 * The fraud rate of Article 19 of Delegated Regulation (EU) 2018/389: one an instrument, over remote payments of every amount, by the
 * date of execution for both parts of the fraction.
 */
export function createTra({ edges, day, now, maturityDays, eurosOf }: TraOptions) {
  const [first, before, from, to] = edges;
  const quarters = [perQuarter(), perQuarter(), perQuarter()];
  const [unlabelled, assumedExecuted, assumedRemote, payersOwn] = [new Sum(), new Sum(), new Sum(), new Sum()];
  const leftOut = { withoutRate: 0, otherInstruments: 0, unknownInstrument: 0 };
  const limits = inForce(TRA_LIMITS, day) ?? TRA_LIMITS[0];

  return {
    /** Undefined: of no figure of this quarter. */
    add(payment: LedgerPayment): TraCounted | undefined {
      const { executedAt, remote, instrument, truth } = payment;
      if (executedAt === undefined || executedAt < first || executedAt >= to || remote === 'no') return undefined;
      const isNow = executedAt >= from;
      const leave = (part: keyof typeof leftOut): TraCounted | undefined => {
        if (!isNow) return undefined;
        leftOut[part]++;
        return { parts: [part], instrument };
      };
      if (instrument === null) return leave('unknownInstrument');
      if (instrument === 'other') return leave('otherInstruments');
      const cents = eurosOf(executedMinor(payment), payment);
      if (cents === undefined) return leave('withoutRate');
      const quarter = quarters[isNow ? 2 : executedAt >= before ? 1 : 0];
      quarter.all[instrument].add(cents);
      const isFraud = truth.kind === 'fraud' && !payment.isPayersOwn;
      if (isFraud) quarter.fraud[instrument].add(cents);
      if (!isNow) return undefined;
      const isOpen = truth.kind === 'open' && truth.since + maturityDays * 86_400_000 > now;
      const said: [is: boolean, part: TraPart, sum?: Sum][] = [
        [isFraud, 'fraud'],
        [truth.kind === 'fraud' && !isFraud, 'payersOwn', payersOwn],
        [truth.kind === 'disputed' || isOpen, 'unlabelled', unlabelled],
        [payment.events.length === 0, 'assumedExecuted', assumedExecuted],
        [remote === 'assumed', 'assumedRemote', assumedRemote],
      ];
      const parts: TraPart[] = ['executed'];
      for (const [is, part, sum] of said)
        if (is) {
          sum?.add(cents);
          parts.push(part);
        }
      return { parts, instrument, cents };
    },

    result(): { rows: TraRow[]; estimated: TraEstimated; source: string } {
      const rows = TRA_INSTRUMENTS.flatMap((instrument) =>
        limits.bands[instrument].map((band) => row(instrument, band)),
      );
      const estimated = {
        unlabelled: unlabelled.share(),
        assumedExecuted: assumedExecuted.share(),
        assumedRemote: assumedRemote.share(),
        payersOwn: payersOwn.share(),
        ...leftOut,
      };
      return { rows, estimated, source: limits.source };
    },

    /**
     * Of bands that the quarter before, which is over, kept with payments of its own, and that this one keeps as far as it went. Stricter
     * than Article 20, which stops the exemption after a second quarter.
     */
    exemptUpTo(): ExemptUpTo {
      const [, was, is] = quarters;
      const most = (of: TraInstrument) => {
        const keeps = ({ all, fraud }: typeof is, limit: number) => !isOver(all[of], fraud[of], limit);
        const kept = limits.bands[of].filter(([, limit]) => keeps(was, limit) && keeps(is, limit));
        return was.all[of].cents === 0n ? 0 : Math.max(0, ...kept.map(([band]) => band));
      };
      return { card: most('card'), credit_transfer: most('credit_transfer') };
    },
  };

  function row(instrument: TraInstrument, [band, limit]: readonly [number, number]): TraRow {
    const [earlier, was, is] = quarters.map(({ all, fraud }) => ({ all: all[instrument], fraud: fraud[instrument] }));
    const over = ({ all, fraud }: typeof is) => isOver(all, fraud, limit);
    const rate = ({ all, fraud }: typeof is) => (all.cents === 0n ? null : Number(fraud.cents) / Number(all.cents));
    // What was stopped stays so until a quarter is over that is within (Article 20).
    const isStopped = over(was) && (over(is) || (now < to && over(earlier)));
    const [value, fraudValue] = [is.all.share(), is.fraud.share()];
    return {
      ...{ instrument, band, payments: value.payments, value: value.value },
      ...{ fraudPayments: fraudValue.payments, fraudValue: fraudValue.value },
      ...{ rate: rate(is), limit: limit / 100_000, rateBefore: rate(was) },
      state: isStopped ? 'stopped' : is.all.cents === 0n ? 'empty' : over(is) ? 'over' : 'within',
    };
  }
}
