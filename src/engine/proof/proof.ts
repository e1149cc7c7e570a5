import { type Compared, cellsOf } from './cells.ts';
import { type Collected, collect, type ProofAsked, type ProofPorts } from './collect.ts';
import { type Curves, curvesOf, ENOUGH } from './curves.ts';
import { type DelayCurve, knownAt } from './delays.ts';
import { type Estimate, figuresOf, MEASURES, type Measure, type SideFigures } from './figures.ts';
import { looksOf } from './looks.ts';
import { atSameReviews } from './same-reviews.ts';
import { ALPHA, sequentialTest } from './sequential.ts';
import { verdictOf } from './words.ts';

/** What labels say of one model under a policy, held against another, by what is known now. */
export interface Proof {
  /** Milliseconds. */
  window: { from: number; to: number };
  decisions: number;
  labels: {
    fraud: number;
    legitimate: number;
    presumed: number;
    silent: number;
    blocked: number;
    awaitedFrauds: number;
  };
  delays: Delays[];
  /** Declines that chance let through. */
  control: { letThrough: number; share: number };
  against: SideFigures;
  challenger: SideFigures;
  /** The challenger with its threshold set so that it flags as many as the other: what the difference and the verdict rest on. Null where only policies differ. */
  atSameReviews: SideFigures | null;
  difference: Record<Measure, Estimate>;
  test: {
    decided: 'better' | 'worse' | 'open';
    /** Milliseconds: the end of the day that decided. */
    since: number | null;
    frauds: number;
    challengerOnly: number;
    againstOnly: number;
    /** What the greater of both has to reach. */
    boundary: number | null;
    alpha: number;
  };
  verdict: string;
  notes: string[];
}

export interface Delays {
  /** Payments that were held for a person, and the others. */
  of: 'held' | 'other';
  /** `even`: too few frauds are known, and they are thought to be spread evenly over the time until labels are ripe. */
  basis: 'own' | 'even';
  frauds: number;
  /** Shares of frauds that are known by an age of so many days. */
  known: { days: number; share: number }[];
}

const TOLD_DAYS = [1, 7, 14, 30, 60, 90];
const DAY = 86_400_000;

export async function prove(ports: ProofPorts, asked: ProofAsked): Promise<Proof> {
  const collected = await collect(ports, asked);
  const { rows, truths } = collected;
  const now = ports.clock();
  const stateOf = (row: number) => truths.stateOf(row, now);
  const curves = curvesOf(rows, now, ports.maturityDays);
  const { control } = asked.challenger.inForce.policy;
  const reach = control.share > 0 ? (control.maxAmount ?? Number.POSITIVE_INFINITY) : 0;
  const own: Compared = {
    flagged: {
      against: (row) => rows.against(row) !== 'approve',
      challenger: (row) => rows.challenger(row) !== 'approve',
    },
    declined: {
      against: (row) => rows.against(row) === 'decline',
      challenger: (row) => rows.challenger(row) === 'decline',
    },
  };
  const isOneModel = asked.challenger.serving.model.version === asked.against.serving.model.version;
  const same = isOneModel ? undefined : atSameReviews(rows);
  const cells = cellsOf(rows, own.flagged, stateOf, now, reach);
  await ports.pause();
  const figures = figuresOf(cells, curves);
  await ports.pause();
  const held = same ? figuresOf(cellsOf(rows, same.flagged, stateOf, now, reach), curves) : figures;
  const { looks, days } = looksOf(rows, same ?? own, { stateOf, share: control.share, curves, now });
  const test = sequentialTest(looks);
  const last = looks.at(-1);
  const difference = Object.fromEntries(MEASURES.map((name) => [name, held.difference(name)])) as Proof['difference'];
  const [against, challenger] = [figures.side('against'), figures.side('challenger')];
  const labels = labelsOf(collected, stateOf, figures.awaited);
  const letThrough = cells.reduce((sum, cell) => sum + cell.control.rows, 0);
  const isProof = labels.blocked === 0 || letThrough > 0;
  const decisions = cells.reduce(
    (sum, { held, other, control, blocked }) =>
      sum + held.rows + other.rows + control.rows + blocked.reached + blocked.beyond,
    0,
  );
  const seenDays = Math.max(1, (asked.to - collected.from) / DAY);
  return {
    window: { from: collected.from, to: asked.to },
    decisions,
    labels,
    delays: [delaysOf('held', curves.held), delaysOf('other', curves.other)],
    control: { letThrough, share: control.share },
    ...{ against, challenger, atSameReviews: same ? held.side('challenger') : null, difference },
    test: {
      decided: test.decided,
      since: test.at === undefined ? null : days[test.at],
      ...{ frauds: last?.frauds ?? 0, challengerOnly: last?.challengerOnly ?? 0, againstOnly: last?.championOnly ?? 0 },
      ...{ boundary: test.boundary, alpha: ALPHA },
    },
    verdict: verdictOf({
      ...{ test, last, recall: difference.recall, isProof, perDay: (last?.frauds ?? 0) / seenDays },
      more: same ? null : challenger.flagged / Math.max(1, against.flagged) - 1,
      lost: decisions === 0 ? collected.skipped : 0,
    }),
    notes: notesOf(collected, asked, curves, labels.blocked, letThrough),
  };
}

function delaysOf(of: Delays['of'], { knownBy, frauds }: DelayCurve): Delays {
  const known = TOLD_DAYS.map((days) => ({ days, share: Math.round(knownAt(knownBy, days * DAY) * 1e4) / 1e4 }));
  return { of, basis: frauds > 0 ? 'own' : 'even', frauds, known };
}

function labelsOf({ rows }: Collected, stateOf: (row: number) => string, awaited: number): Proof['labels'] {
  const counts: Record<string, number> = { fraud: 0, legitimate: 0, presumed: 0, immature: 0, blocked: 0 };
  for (let row = 0; row < rows.length; row++) if (rows.against(row) !== undefined) counts[stateOf(row)]++;
  const { fraud, legitimate, presumed, immature, blocked } = counts;
  return { fraud, legitimate, presumed, silent: immature, blocked, awaitedFrauds: Math.round(awaited) };
}

function notesOf(
  { from, skipped, lacks }: Collected,
  asked: ProofAsked,
  { held, other }: Curves,
  blocked: number,
  letThrough: number,
): string[] {
  const notes: string[] = [];
  if (from > asked.from) notes.push('It begins later than was asked: the newest 400,000 records are looked at.');
  if (skipped > 0)
    notes.push(
      `${skipped} decisions are left out: their records do not hold what both read${lacks.length > 0 ? ` (${lacks.slice(0, 8).join(', ')})` : ''}.`,
    );
  if (held.frauds === 0 || other.frauds === 0)
    notes.push(
      `Fewer than ${ENOUGH} frauds tell how late labels come: they are taken to be spread evenly until they are ripe.`,
    );
  if (blocked > 0)
    notes.push(
      letThrough > 0
        ? `${blocked} payments were not executed and have no labels: they count as those ${letThrough} that the control share let through, as far as it reaches; low and high hold what lies beyond.`
        : `${blocked} payments were not executed and have no labels: values are of the others, low and high hold whatever they are.`,
    );
  return notes;
}
