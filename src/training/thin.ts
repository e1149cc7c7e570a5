import { type Dataset, take } from './dataset.ts';

/** All frauds, and of the legitimate rows every so many that about `most` are left; each of these weighs as many as it stands for. */
export function thinned(data: Dataset, most: number): Dataset {
  if (data.rows <= most) return data;
  const frauds = data.labels.reduce((sum, label) => sum + label, 0);
  const step = Math.ceil((data.rows - frauds) / Math.max(most - frauds, most / 4));
  const kept: number[] = [];
  let seen = 0;
  for (let row = 0; row < data.rows; row++) if (data.labels[row] === 1 || seen++ % step === 0) kept.push(row);
  const rows = take(data, kept);
  const weights = Float64Array.from(kept, (row, i) => (data.weights?.[row] ?? 1) * (rows.labels[i] === 1 ? 1 : step));
  return { ...rows, weights };
}
