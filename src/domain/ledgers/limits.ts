/**
 * What payments are held to, as dated data: of each list the newest that applies from a day on, `YYYY-MM-DD`. To be checked against its
 * source before anybody relies on it: schemes publish theirs to acquirers, who pass them on.
 */
interface Dated {
  readonly from: string;
  readonly source: string;
}

/** Instruments that the exemption for low risk knows. */
export const TRA_INSTRUMENTS = ['card', 'credit_transfer'] as const;
export type TraInstrument = (typeof TRA_INSTRUMENTS)[number];

export interface TraLimits extends Dated {
  /** By instrument: amounts up to so many euros, and the fraud rate that they ask for, in hundred-thousandths. */
  readonly bands: Readonly<Record<TraInstrument, readonly (readonly [upTo: number, rate: number])[]>>;
}

export const TRA_LIMITS: readonly TraLimits[] = [
  {
    from: '2019-09-14',
    source: 'Commission Delegated Regulation (EU) 2018/389, Annex, in force since 2019-09-14; read 2026-11',
    bands: {
      card: [
        [100, 130],
        [250, 60],
        [500, 10],
      ],
      credit_transfer: [
        [100, 15],
        [250, 10],
        [500, 5],
      ],
    },
  },
];

export const SCHEME_LEDGERS = ['vamp', 'mastercard'] as const;
export type SchemeLedgerName = (typeof SCHEME_LEDGERS)[number];

/** A limit is reached where the rate and the count both are. */
export interface Reach {
  /** Basis points. */
  readonly rate: number;
  readonly minimum: number;
}

export interface SchemeProgram extends Dated {
  readonly over: Reach;
  /** The harder of two, where there are two. */
  readonly high?: Reach;
}

export interface SchemeRules {
  readonly brand: string;
  /** Whether payments in person are left out. */
  readonly isRemoteOnly: boolean;
  /** Whether a report of fraud counts beside the dispute that may follow it: such a payment then counts twice. */
  readonly countsReports: boolean;
  /** Whether it is the month before whose settled payments are divided by. */
  readonly isOverMonthBefore: boolean;
  readonly programs: readonly SchemeProgram[];
  /** What an acquirer is held to over all of its merchants together; absent: nothing is known here. */
  readonly portfolio?: readonly SchemeProgram[];
  /** Of enumerated authorizations over all, for an acquirer as for a merchant; absent: the scheme has no such limit, or none is known here. */
  readonly enumeration?: readonly SchemeProgram[];
}

/**
 * By what card testing is told here: so many cards within so long from one device or address, and so much of it refused by issuers or
 * stopped before. Assay's own: Visa counts by a score of its own (Visa Account Attack Intelligence), which it tells acquirers.
 */
export const CARD_TESTING = { withinMs: 3_600_000, cards: 5, failed: 0.5 } as const;

export const SCHEME_RULES: Readonly<Record<SchemeLedgerName, SchemeRules>> = {
  vamp: {
    ...{ brand: 'visa', isRemoteOnly: true, countsReports: true, isOverMonthBefore: false },
    programs: [
      {
        from: '2025-06-01',
        over: { rate: 220, minimum: 1_500 },
        source:
          'Visa Acquirer Monitoring Program, excessive merchants outside Latin America (150 there) and MENA, advisory until 2025-10-01; as acquirers publish it, read 2026-11',
      },
      {
        from: '2026-04-01',
        over: { rate: 150, minimum: 1_500 },
        source:
          'Visa Acquirer Monitoring Program, excessive merchants outside MENA, since 2026-04-01; as acquirers publish it, read 2026-11',
      },
    ],
    portfolio: [
      {
        from: '2025-06-01',
        over: { rate: 70, minimum: 1_500 },
        source:
          'acquirers: excessive from 0.7% (Checkout.com, “thresholds under VAMP”), from a count of 1,500 (as Visa’s fact sheet of 2025 is quoted), read 2026-12',
      },
      {
        from: '2026-01-01',
        over: { rate: 50, minimum: 1_500 },
        high: { rate: 70, minimum: 1_500 },
        source:
          'acquirers: above standard from 0.5%, excessive from 0.7% (Checkout.com, “thresholds under VAMP”), from a count of 1,500 (as Visa’s fact sheet of 2025 is quoted), read 2026-12',
      },
    ],
    enumeration: [
      {
        from: '2025-06-01',
        over: { rate: 2_000, minimum: 300_000 },
        source:
          'enumeration: 20% of authorizations and 300,000 of them, everywhere (Complete Merchant Solutions, “What is VAMP”, 2025-10-06), read 2026-12',
      },
    ],
  },
  mastercard: {
    ...{ brand: 'mastercard', isRemoteOnly: false, countsReports: false, isOverMonthBefore: true },
    programs: [
      {
        from: '2020-01-01',
        over: { rate: 150, minimum: 100 },
        high: { rate: 300, minimum: 300 },
        source:
          'Mastercard Excessive Chargeback Program: ECM from 100 chargebacks and 1.5%, high (HECM) from 300 and 3%; as acquirers publish it, read 2026-11',
      },
    ],
  },
};

/** Reasons by which the payer is the fraudster: [scheme, code of a fraud report]. Nobody else was robbed of the payment's authority. */
export const PAYERS_OWN: readonly (readonly [scheme: string, code: string])[] = [['mastercard', '54']];

/** The newest that applies on a day, `YYYY-MM-DD`; undefined before the first. */
export function inForce<T extends Dated>(list: readonly T[], day: string): T | undefined {
  return list.findLast(({ from }) => from <= day);
}
