import type { PartReport } from '../training/report.ts';

export const fixed = (value: number) => value.toFixed(4);

/** The measures of one part of a report on one line. */
export function printPart(name: string, part: PartReport): void {
  const cards = part.cardPrecisionAt100 === undefined ? '' : `, card precision@100 ${fixed(part.cardPrecisionAt100)}`;
  console.log(
    `${name.padEnd(10)} ${part.rows} rows, ${part.frauds} frauds: average precision ${fixed(part.averagePrecision)}, ` +
      `ROC AUC ${fixed(part.rocAuc)}${cards}, ECE ${fixed(part.ece)}, Brier ${part.brier.toFixed(5)}`,
  );
}
