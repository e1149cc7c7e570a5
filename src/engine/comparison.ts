import type { Outcome } from '../domain/decision.ts';
import type { ShadowLabel, ShadowOpinion, ShadowRow } from '../domain/shadow.ts';

const OUTCOMES: readonly Outcome[] = ['approve', 'review', 'decline'];
/** Log-odds of the least and the greatest probability that a model gives, and bins between: fine enough for a ranking. */
const FARTHEST = 14;
const BINS = 4096;
const NEWEST = 50;

export interface Comparison {
  /** Decisions that both scored. */
  count: number;
  /** Share of them with the same outcome. */
  agreement: number | null;
  /** outcomes[champion][challenger]: how many. */
  outcomes: Record<Outcome, Record<Outcome, number>>;
  /** Reviewed or declined. */
  flagged: { champion: number; challenger: number; both: number; championOnly: number; challengerOnly: number };
  /** Challenger's probability less the champion's. */
  difference: { mean: number | null; meanAbsolute: number | null; greatest: number | null };
  labels: {
    fraud: number;
    legitimate: number;
    /** Of the frauds, and of the legitimate, how many each flags. */
    champion: { fraudFlagged: number; legitimateFlagged: number };
    challenger: { fraudFlagged: number; legitimateFlagged: number };
  };
  /** Of each ranking, unlabelled counting as not fraud; null while no fraud is known. */
  averagePrecision: { champion: number; challenger: number } | null;
}

/** Folds rows and labels into the figures. Memory: two histograms, and a byte for each labelled decision. */
export function createComparison(find: (sequence: number) => ShadowRow | undefined) {
  const outcomes = new Float64Array(9);
  const ranks = { champion: createRanking(), challenger: createRanking() };
  /** [legitimate, fraud] × flagged by [champion, challenger], and how many of each label. */
  const caught = { champion: [0, 0], challenger: [0, 0] };
  const labelled = [0, 0];
  const labels = new Map<number, boolean>();
  const disagreements: ShadowRow[] = [];
  let count = 0;
  let sum = 0;
  let absolute = 0;
  let greatest = 0;

  function label(row: ShadowRow, fraud: boolean, by: 1 | -1): void {
    labelled[Number(fraud)] += by;
    for (const [side, opinion] of [
      ['champion', row.champion],
      ['challenger', row.shadow],
    ] as const) {
      if (isFlagged(opinion)) caught[side][Number(fraud)] += by;
      if (fraud) ranks[side].fraud(opinion.probability, by);
    }
  }

  return {
    add(row: ShadowRow): void {
      const { champion, shadow } = row;
      count++;
      outcomes[OUTCOMES.indexOf(champion.outcome) * 3 + OUTCOMES.indexOf(shadow.outcome)]++;
      const difference = shadow.probability - champion.probability;
      sum += difference;
      absolute += Math.abs(difference);
      if (Math.abs(difference) > Math.abs(greatest)) greatest = difference;
      ranks.champion.add(champion.probability);
      ranks.challenger.add(shadow.probability);
      if (champion.outcome === shadow.outcome) return;
      disagreements.push(row);
      if (disagreements.length > NEWEST) disagreements.shift();
    },

    /** The latest label of a decision counts; one of a decision that was not scored beside is none. */
    label({ decision, fraud }: Pick<ShadowLabel, 'decision' | 'fraud'>): void {
      const row = find(decision);
      if (!row) return;
      const before = labels.get(decision);
      if (before === fraud) return;
      if (before !== undefined) label(row, before, -1);
      label(row, fraud, 1);
      labels.set(decision, fraud);
    },

    /** The newest decisions on which the two did not agree, the newest first. */
    disagreements: () => [...disagreements].reverse(),

    result(): Comparison {
      const at = (champion: number, challenger: number) => outcomes[champion * 3 + challenger];
      const flags = [1, 2];
      const both = flags.reduce((total, c) => total + flags.reduce((part, s) => part + at(c, s), 0), 0);
      const champion = flags.reduce((total, c) => total + at(c, 0) + at(c, 1) + at(c, 2), 0);
      const challenger = flags.reduce((total, s) => total + at(0, s) + at(1, s) + at(2, s), 0);
      const perRow = (value: number) => (count === 0 ? null : value / count);
      return {
        count,
        agreement: perRow(at(0, 0) + at(1, 1) + at(2, 2)),
        outcomes: table(at),
        flagged: { champion, challenger, both, championOnly: champion - both, challengerOnly: challenger - both },
        difference: { mean: perRow(sum), meanAbsolute: perRow(absolute), greatest: count === 0 ? null : greatest },
        labels: {
          fraud: labelled[1],
          legitimate: labelled[0],
          champion: { fraudFlagged: caught.champion[1], legitimateFlagged: caught.champion[0] },
          challenger: { fraudFlagged: caught.challenger[1], legitimateFlagged: caught.challenger[0] },
        },
        averagePrecision:
          labelled[1] === 0
            ? null
            : { champion: ranks.champion.averagePrecision(), challenger: ranks.challenger.averagePrecision() },
      };
    },
  };
}

function isFlagged({ outcome }: ShadowOpinion): boolean {
  return outcome !== 'approve';
}

function table(at: (champion: number, challenger: number) => number): Comparison['outcomes'] {
  const row = (champion: number) => Object.fromEntries(OUTCOMES.map((outcome, s) => [outcome, at(champion, s)]));
  return Object.fromEntries(OUTCOMES.map((outcome, c) => [outcome, row(c)])) as Comparison['outcomes'];
}

/** Probabilities by bins of log-odds, frauds apart. */
function createRanking() {
  const all = new Float64Array(BINS);
  const frauds = new Float64Array(BINS);
  const bin = (probability: number) => {
    const logOdds = Math.log(probability / (1 - probability));
    const share = (Math.min(Math.max(logOdds, -FARTHEST), FARTHEST) + FARTHEST) / (2 * FARTHEST);
    return Math.min(BINS - 1, Math.floor(share * BINS));
  };
  return {
    add(probability: number): void {
      all[bin(probability)]++;
    },
    fraud(probability: number, by: 1 | -1): void {
      frauds[bin(probability)] += by;
    },
    /** Sum over bins of precision × recall gained, from the highest; those of one bin are ties. */
    averagePrecision(): number {
      let flagged = 0;
      let found = 0;
      let area = 0;
      for (let i = BINS - 1; i >= 0; i--) {
        flagged += all[i];
        found += frauds[i];
        if (frauds[i] > 0) area += (frauds[i] * found) / flagged;
      }
      return found === 0 ? Number.NaN : area / found;
    },
  };
}
