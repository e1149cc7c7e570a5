import type { PartReport } from '../training/report.ts';

/** Of a measure that there is none of, such as a ranking's without frauds, a dash. */
export const fixed = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : '–');

/** The measures of one part of a report on one line. */
export function printPart(name: string, part: PartReport): void {
  const cards = part.cardPrecisionAt100 === undefined ? '' : `, card precision@100 ${fixed(part.cardPrecisionAt100)}`;
  const hasBoth = part.frauds > 0 && part.frauds < part.rows;
  if (!hasBoth) {
    const from = part.from.slice(0, 10);
    const what = part.frauds === 0 ? 'no fraud' : 'frauds alone';
    console.log(
      `${name.padEnd(10)} ${part.rows} rows from ${from} to ${part.to.slice(0, 10)} have ${what}: no ranking can be measured. ` +
        `Flagged ${part.confusion.truePositives + part.confusion.falsePositives}, ECE ${fixed(part.ece)}, Brier ${part.brier.toFixed(5)}`,
    );
    return;
  }
  console.log(
    `${name.padEnd(10)} ${part.rows} rows, ${part.frauds} frauds: average precision ${fixed(part.averagePrecision)}, ` +
      `ROC AUC ${fixed(part.rocAuc)}${cards}, ECE ${fixed(part.ece)}, Brier ${part.brier.toFixed(5)}`,
  );
}
