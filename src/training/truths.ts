import type { HistoryRow } from './history.ts';
import type { FileTruth } from './values.ts';

/** What to make of rows that say nothing of their truth: legitimate unless too young to tell, left out, or (of learners without labels) all kept. */
export type Unlabelled = 'presume' | 'exclude' | 'keep';

/** Rows of the period by what is said of them, and how many of those that say nothing were too young. */
export type TruthCounts = Record<FileTruth, number>;

export interface TruthKeeper {
  /** Whether the row may become one of the dataset: immature and blocked ones are learnt as behaviour alone. */
  take(row: HistoryRow, at: number): boolean;
  counts: TruthCounts;
  /** Rows of the dataset that stay, in order; undefined for all of them. Throws an Error where labels are missing and nobody said what that means. */
  kept(rows: number, times: Float64Array, newest: number): Uint32Array | undefined;
}

/** `maturityMs`: a row that says nothing and is younger than this at the end of the file is immature. */
export function createTruthKeeper(unlabelled: Unlabelled | undefined, maturityMs: number): TruthKeeper {
  const counts: TruthCounts = { fraud: 0, legitimate: 0, presumed: 0, immature: 0, blocked: 0, unlabelled: 0 };
  const open: number[] = [];
  return {
    counts,
    take({ fraud, truth = fraud ? 'fraud' : 'legitimate' }, at) {
      counts[truth]++;
      if (truth === 'unlabelled') open.push(at);
      return truth !== 'immature' && truth !== 'blocked';
    },
    kept(rows, times, newest) {
      if (open.length === 0 || unlabelled === 'keep') return undefined;
      if (unlabelled === undefined) throw missing(counts, open.filter((at) => times[at] > newest - maturityMs).length);
      const out = new Set(unlabelled === 'exclude' ? open : open.filter((at) => times[at] > newest - maturityMs));
      if (unlabelled === 'presume') {
        counts.immature += out.size;
        counts.presumed += open.length - out.size;
        counts.unlabelled = 0;
      }
      if (out.size === 0) return undefined;
      return Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => !out.has(row));
    },
  };
}

function missing({ fraud, legitimate, presumed, unlabelled }: TruthCounts, young: number): Error {
  const clean = legitimate + presumed;
  const all = fraud + clean + unlabelled;
  if (fraud + clean === 0)
    return new Error(`None of the ${all} rows has a label: map the column that says fraud to isFraud.`);
  return new Error(
    `${unlabelled} of ${all} rows have no label (isFraud is blank). Say what that means: ` +
      `--unlabelled presume (legitimate, but for ${young} too young to tell: ${clean + unlabelled - young} legitimate and ${fraud} frauds) or ` +
      `--unlabelled exclude (learnt as behaviour and left out of training and figures: ${clean} legitimate and ${fraud} frauds).`,
  );
}

/** In words, where it is not plain; undefined where all rows are labelled and count. */
export function truthsTold(counts: TruthCounts): string | undefined {
  const { presumed, immature, blocked, unlabelled } = counts;
  if (presumed + immature + blocked + unlabelled === 0) return undefined;
  const told = Object.entries(counts).filter(([, rows]) => rows > 0);
  return `truth of the rows: ${told.map(([name, rows]) => `${rows} ${name}`).join(', ')}; immature, blocked and excluded ones are learnt as behaviour alone`;
}
