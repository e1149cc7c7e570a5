import { isFraudReason } from '../reason-codes.ts';
import { createCardTesting, wasAuthorized } from './card-testing.ts';
import {
  CARD_TESTING,
  inForce,
  type Reach,
  SCHEME_RULES,
  type SchemeLedgerName,
  type SchemeProgram,
} from './limits.ts';
import { type LedgerPayment, settledAt } from './payment.ts';

/**
 * `below_minimum`: the rate is reached, the count is not; `high`: the harder limit; `unknown`: reports, and no settled payments to
 * divide by; `no_limit`: there was no programme yet.
 */
export const SCHEME_STATES = ['within', 'below_minimum', 'over', 'high', 'unknown', 'no_limit'] as const;
type State = (typeof SCHEME_STATES)[number];

/** One merchant of one brand, or all of them together as an acquirer has them. */
export interface SchemeRow extends Partial<Enumerated> {
  merchantId: string | null;
  brand: string;
  settledCount: number;
  fraudReports: number;
  fraudDisputes: number;
  otherDisputes: number;
  /** Of these, as the scheme adds them up. */
  count: number;
  /** From which on the rate matters; null where there was no programme. */
  minimum: number | null;
  rate: number | null;
  limit: number | null;
  state: State;
}

/** Authorizations that look like card testing over all, where the scheme has a limit for them. */
export interface Enumerated {
  authorizations: number;
  enumerated: number;
  enumeratedMinimum: number | null;
  enumeratedRate: number | null;
  enumeratedLimit: number | null;
  enumeratedState: State;
}

/** What is not known for certain. */
export interface SchemeEstimated {
  /** Settled payments that count as remote, though nobody said so. */
  assumedRemote: number;
  /** Left out: settled payments by card, of which nobody says which brand. */
  unknownBrand: number;
  /** Counted as authorizations, though nobody told what the issuer answered; absent where the scheme has no limit of enumeration. */
  assumedAuthorized?: number;
  /** Counted as authorizations, and never as enumerated: nobody says which card it was, or neither device nor address. */
  untold?: number;
}

/** The figures that a payment counts to, each of which opens to its payments. */
export const SCHEME_PARTS = [
  'settled',
  'fraudReports',
  'fraudDisputes',
  'otherDisputes',
  'assumedRemote',
  'unknownBrand',
  'authorizations',
  'enumerated',
  'assumedAuthorized',
  'untold',
] as const;
export type SchemePart = (typeof SCHEME_PARTS)[number];

interface Span {
  from: number;
  to: number;
}

export interface SchemeOptions {
  name: SchemeLedgerName;
  /** The month of the reports, and that whose settled payments are divided by, milliseconds. */
  reported: Span;
  settled: Span;
  /** First day of the month, `YYYY-MM-DD`: limits are those of that day. */
  day: string;
}

const within = (time: number | undefined, { from, to }: Span) => time !== undefined && time >= from && time < to;

interface Counts {
  settled: number;
  reports: number;
  frauds: number;
  others: number;
  authorizations: number;
  enumerated: number;
}

/** A payment, and what it counts to. */
export type SchemeCounted = readonly [payment: LedgerPayment, parts: readonly SchemePart[]];

/** Counts of reports over counts of settled payments, by month: of report, and of settlement. What a dispute comes to changes neither. */
export function createSchemeLedger({ name, reported, settled, day }: SchemeOptions) {
  const { brand, isRemoteOnly, countsReports, programs, portfolio, enumeration } = SCHEME_RULES[name];
  const program = inForce(programs, day);
  const ofAcquirer = portfolio && inForce(portfolio, day);
  const ofEnumeration = enumeration && inForce(enumeration, day);
  const testing = createCardTesting();
  const merchants = new Map<string | null, Counts>();
  const estimated: SchemeEstimated = { assumedRemote: 0, unknownBrand: 0 };
  if (enumeration) Object.assign(estimated, { assumedAuthorized: 0, untold: 0 });
  const none = (): Counts => ({ settled: 0, reports: 0, frauds: 0, others: 0, authorizations: 0, enumerated: 0 });
  const of = (merchantId: string | null) => {
    let counts = merchants.get(merchantId);
    if (!counts) merchants.set(merchantId, (counts = none()));
    return counts;
  };

  return {
    /** Once for each payment that may have been settled then. Answers what it counts to. */
    settle(payment: LedgerPayment): SchemePart[] {
      if (!within(settledAt(payment.events), settled) || (isRemoteOnly && payment.remote === 'no')) return [];
      if (payment.brand === null && payment.instrument === 'card') {
        estimated.unknownBrand++;
        return ['unknownBrand'];
      }
      if (payment.brand !== brand) return [];
      of(payment.merchantId).settled++;
      if (!isRemoteOnly || payment.remote !== 'assumed') return ['settled'];
      estimated.assumedRemote++;
      return ['settled', 'assumedRemote'];
    },
    /**
     * Once for each payment that may have been tried then, in the order of decisions. Answers what it counts to, and which before it are
     * part of the same card testing, as is seen now.
     */
    authorize(payment: LedgerPayment): SchemeCounted[] {
      // What was tried before midnight may be part of what goes on after it.
      const tried = { from: reported.from - CARD_TESTING.withinMs, to: reported.to };
      if (!enumeration || payment.brand !== brand || payment.remote === 'no' || !within(payment.time, tried)) return [];
      const isCounted = (each: LedgerPayment) => within(each.time, reported) && wasAuthorized(each);
      const counted: SchemeCounted[] = [];
      if (isCounted(payment)) {
        of(payment.merchantId).authorizations++;
        const parts: SchemePart[] = ['authorizations'];
        if (payment.events.length === 0) parts.push('assumedAuthorized');
        if (payment.cardId === null || (payment.deviceId ?? payment.address) === null) parts.push('untold');
        for (const part of parts) if (part === 'assumedAuthorized' || part === 'untold') estimated[part]!++;
        counted.push([payment, parts]);
      }
      for (const each of testing.take(payment).filter(isCounted)) {
        of(each.merchantId).enumerated++;
        counted.push([each, ['enumerated']]);
      }
      return counted;
    },
    /** Once for each payment that may have been reported then: what it counts to, once for each report. */
    report(payment: LedgerPayment): SchemePart[] {
      const parts: SchemePart[] = [];
      if (isRemoteOnly && payment.remote === 'no') return parts;
      for (const { kind, scheme, reasonCode, reportedAt } of payment.disputes) {
        if (scheme !== brand || !within(reportedAt, reported)) continue;
        const counts = of(payment.merchantId);
        if (kind === 'early_warning') {
          counts.reports++;
          parts.push('fraudReports');
        } else if (isFraudReason(scheme, kind, reasonCode)) {
          counts.frauds++;
          parts.push('fraudDisputes');
        } else {
          counts.others++;
          parts.push('otherDisputes');
        }
      }
      return parts;
    },
    /** `portfolio`: all merchants together, against the limits of acquirers; absent where none is known. */
    result(): { rows: SchemeRow[]; portfolio?: SchemeRow; estimated: SchemeEstimated; source: string | null } {
      const rows = [...merchants].map(([merchantId, counts]) => rowOf(merchantId, counts, program));
      rows.sort((a, b) => b.count - a.count || b.settledCount - a.settledCount || byName(a, b));
      const all = none();
      for (const counts of merchants.values())
        for (const each of Object.keys(all) as (keyof Counts)[]) all[each] += counts[each];
      const sources = [program, ofAcquirer, ofEnumeration].flatMap((each) => (each ? [each.source] : []));
      return {
        rows,
        ...(portfolio ? { portfolio: rowOf(null, all, ofAcquirer) } : {}),
        estimated,
        source: sources.length === 0 ? null : sources.join('; '),
      };
    },
  };

  function rowOf(merchantId: string | null, counts: Counts, held: SchemeProgram | undefined): SchemeRow {
    const { settled: settledCount, reports, frauds, others, authorizations, enumerated } = counts;
    const count = (countsReports ? reports : 0) + frauds + others;
    const against = (part: number, whole: number, program: SchemeProgram | undefined) => ({
      minimum: program?.over.minimum ?? null,
      rate: whole === 0 ? null : part / whole,
      limit: program ? program.over.rate / 10_000 : null,
      state: stateOf(part, whole, program),
    });
    const row = {
      ...{ merchantId, brand, settledCount },
      ...{ fraudReports: reports, fraudDisputes: frauds, otherDisputes: others, count },
      ...against(count, settledCount, held),
    };
    if (!enumeration) return row;
    const { minimum, rate, limit, state } = against(enumerated, authorizations, ofEnumeration);
    return {
      ...{ ...row, authorizations, enumerated },
      ...{ enumeratedMinimum: minimum, enumeratedRate: rate, enumeratedLimit: limit, enumeratedState: state },
    };
  }
}

function stateOf(count: number, whole: number, program: SchemeProgram | undefined): State {
  if (!program) return 'no_limit';
  if (whole === 0) return count === 0 ? 'within' : 'unknown';
  const reaches = (reach: Reach) => count * 10_000 >= whole * reach.rate;
  if (program.high && count >= program.high.minimum && reaches(program.high)) return 'high';
  if (!reaches(program.over)) return 'within';
  return count >= program.over.minimum ? 'over' : 'below_minimum';
}

function byName(a: SchemeRow, b: SchemeRow): number {
  return (a.merchantId ?? '') < (b.merchantId ?? '') ? -1 : 1;
}
