import { isFraudReason } from '../reason-codes.ts';
import { inForce, type Reach, SCHEME_RULES, type SchemeLedgerName } from './limits.ts';
import { type LedgerPayment, settledAt } from './payment.ts';

/**
 * `below_minimum`: the rate is reached, the count is not; `high`: the harder limit; `unknown`: reports, and no settled payments to
 * divide by; `no_limit`: there was no programme yet.
 */
export const SCHEME_STATES = ['within', 'below_minimum', 'over', 'high', 'unknown', 'no_limit'] as const;
type State = (typeof SCHEME_STATES)[number];

/** One merchant of one brand. */
export interface SchemeRow {
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

/** What is not known for certain. */
export interface SchemeEstimated {
  /** Settled payments that count as remote, though nobody said so. */
  assumedRemote: number;
  /** Left out: settled payments by card, of which nobody says which brand. */
  unknownBrand: number;
}

/** The figures that a payment counts to, each of which opens to its payments. */
export const SCHEME_PARTS = [
  'settled',
  'fraudReports',
  'fraudDisputes',
  'otherDisputes',
  'assumedRemote',
  'unknownBrand',
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

/** Counts of reports over counts of settled payments, by month: of report, and of settlement. What a dispute comes to changes neither. */
export function createSchemeLedger({ name, reported, settled, day }: SchemeOptions) {
  const { brand, isRemoteOnly, countsReports, programs } = SCHEME_RULES[name];
  const program = inForce(programs, day);
  const merchants = new Map<string | null, { settled: number; reports: number; frauds: number; others: number }>();
  const estimated: SchemeEstimated = { assumedRemote: 0, unknownBrand: 0 };
  const of = (merchantId: string | null) => {
    let counts = merchants.get(merchantId);
    if (!counts) merchants.set(merchantId, (counts = { settled: 0, reports: 0, frauds: 0, others: 0 }));
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
    result(): { rows: SchemeRow[]; estimated: SchemeEstimated; source: string | null } {
      const rows = [...merchants].map(([merchantId, { settled: settledCount, reports, frauds, others }]) => {
        const count = (countsReports ? reports : 0) + frauds + others;
        return {
          ...{ merchantId, brand, settledCount },
          ...{ fraudReports: reports, fraudDisputes: frauds, otherDisputes: others, count },
          minimum: program?.over.minimum ?? null,
          rate: settledCount === 0 ? null : count / settledCount,
          limit: program ? program.over.rate / 10_000 : null,
          state: stateOf(count, settledCount),
        };
      });
      rows.sort((a, b) => b.count - a.count || b.settledCount - a.settledCount || byName(a, b));
      return { rows, estimated, source: program?.source ?? null };
    },
  };

  function stateOf(count: number, settledCount: number): State {
    if (!program) return 'no_limit';
    if (settledCount === 0) return count === 0 ? 'within' : 'unknown';
    const reaches = (reach: Reach) => count * 10_000 >= settledCount * reach.rate;
    if (program.high && count >= program.high.minimum && reaches(program.high)) return 'high';
    if (!reaches(program.over)) return 'within';
    return count >= program.over.minimum ? 'over' : 'below_minimum';
  }
}

function byName(a: SchemeRow, b: SchemeRow): number {
  return (a.merchantId ?? '') < (b.merchantId ?? '') ? -1 : 1;
}
