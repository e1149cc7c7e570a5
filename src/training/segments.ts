/** The same measures for parts of the rows that differ in kind: by amount, and by the words of a payment. */
import { flaggedShares } from './curves.ts';
import type { Words } from './dataset.ts';
import { averagePrecision, rocAuc } from './metrics.ts';

export interface SegmentReport {
  /** What the rows are parted by, such as `amount` or `category`, and which of its parts this is. */
  by: string;
  segment: string;
  rows: number;
  frauds: number;
  /** Sum of the probabilities: how many frauds were to be expected. */
  expected: number;
  rocAuc: number;
  averagePrecision: number;
  /** At the review threshold: share of rows flagged, of frauds among them, and of frauds found. */
  flagged: number;
  precision: number;
  recall: number;
}

export interface SegmentedRows {
  raw: Float64Array;
  probabilities: Float64Array;
  labels: Uint8Array;
  amounts: Float64Array;
  words?: Words[];
}

const AMOUNT_PARTS = 5;
/** Words with the most rows; the rest are one segment. */
const WORDS_MOST = 8;

/** Fifths by amount, then the words of each field that has more than one. Every row is in one segment of each kind. */
export function segmentsOf(rows: SegmentedRows, threshold: number): SegmentReport[] {
  const kinds = [byAmount(rows.amounts), ...(rows.words ?? []).map(byWord)];
  return kinds.flatMap(({ by, names, part }) => {
    const members = names.map((): number[] => []);
    for (let row = 0; row < rows.labels.length; row++) members[part(row)].push(row);
    const present = names.flatMap((name, i) => (members[i].length > 0 ? [{ name, at: members[i] }] : []));
    return present.length < 2
      ? []
      : present.map(({ name, at }) => ({ by, segment: name, ...measure(rows, at, threshold) }));
  });
}

interface Kind {
  by: string;
  names: string[];
  /** Place in `names` of a row. */
  part(row: number): number;
}

function byAmount(amounts: Float64Array): Kind {
  const sorted = amounts.slice().sort();
  const edges = new Set<number>();
  for (let i = 1; i < AMOUNT_PARTS; i++) edges.add(sorted[Math.floor((i * sorted.length) / AMOUNT_PARTS)]);
  edges.delete(sorted[0]);
  const cuts = [...edges];
  const text = (amount: number) => amount.toLocaleString('en-US', { maximumFractionDigits: 2 });
  const names = [
    ...cuts.map((cut, i) => (i === 0 ? `below ${text(cut)}` : `${text(cuts[i - 1])} to below ${text(cut)}`)),
    cuts.length > 0 ? `${text(cuts[cuts.length - 1])} and more` : 'all',
  ];
  return { by: 'amount', names, part: (row) => cuts.filter((cut) => amounts[row] >= cut).length };
}

function byWord({ field, names, codes }: Words): Kind {
  const counts = new Uint32Array(names.length);
  for (const code of codes) counts[code]++;
  const ranked = Array.from(counts.keys()).sort((a, b) => counts[b] - counts[a]);
  const shown = ranked.slice(0, WORDS_MOST);
  const place = new Int32Array(names.length).fill(shown.length);
  shown.forEach((code, i) => {
    place[code] = i;
  });
  return {
    by: field,
    names: [...shown.map((code) => names[code] || 'none given'), 'all others'],
    part: (row) => place[codes[row]],
  };
}

function measure(rows: SegmentedRows, at: number[], threshold: number) {
  const raw = Float64Array.from(at, (row) => rows.raw[row]);
  const probabilities = Float64Array.from(at, (row) => rows.probabilities[row]);
  const labels = Uint8Array.from(at, (row) => rows.labels[row]);
  return {
    rows: at.length,
    frauds: labels.reduce((sum, label) => sum + label, 0),
    expected: probabilities.reduce((sum, p) => sum + p, 0),
    rocAuc: rocAuc(raw, labels),
    averagePrecision: averagePrecision(raw, labels),
    ...flaggedShares(probabilities, labels, threshold),
  };
}
