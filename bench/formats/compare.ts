/**
 * Holds imported models against what make.py noted of their libraries: the largest differences of probabilities, raw scores and
 * contributions, one line a case.
 *
 *   node bench/formats/compare.ts <folder of make.py>
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { calibrator } from '../../src/models/calibrator.ts';
import { assembleTrees, importedTreesModel } from '../../src/models/formats/imported-trees.ts';
import { readTreesFile } from '../../src/models/formats/read.ts';

interface Case {
  name: string;
  model: string;
  count: number;
  features: string[];
  shap?: string;
}

const folder = process.argv[2];
if (!folder) throw new Error('Say which folder make.py wrote.');

let most = 0;
for (const path of globSync('*/case.json', { cwd: folder }).sort()) {
  const directory = join(folder, dirname(path));
  const facts = JSON.parse(readFileSync(join(directory, 'case.json'), 'utf8')) as Case;
  if (facts.model.endsWith('.onnx')) continue;
  const found = compare(directory, facts);
  most = Math.max(most, found.probability);
  console.log(
    `${facts.name.padEnd(28)} ${facts.count} rows   probability ${show(found.probability)}   raw ${show(found.raw)}   ` +
      `contributions ${show(found.contributions)} (${facts.shap})   sum − score ${show(found.sum)}   ${found.kind}`,
  );
}
console.log(`largest difference of a probability: ${most.toExponential(1)}`);

function compare(directory: string, { model, count, features }: Case) {
  const read = (name: string) => {
    const file = join(directory, `${name}.f64`);
    if (!existsSync(file)) return undefined;
    return new Float64Array(new Uint8Array(readFileSync(file)).buffer);
  };
  const foreign = readTreesFile(readFileSync(join(directory, model)));
  const imported = assembleTrees(
    foreign,
    Int32Array.from(foreign.names, (name) => features.indexOf(name)),
    features.length,
  );
  const { score, explain } = importedTreesModel(imported);
  const calibrate = calibrator(foreign.calibration);
  const [rows, probability, raw, contributions] = ['rows', 'probability', 'raw', 'contributions'].map(read);
  const worst = { probability: 0, raw: 0, contributions: 0, sum: 0, kind: imported.columns.source.length };
  const out = new Float64Array(features.length);
  for (let row = 0; row < count; row++) {
    const vector = rows!.subarray(row * features.length, (row + 1) * features.length);
    const ours = score(vector);
    worst.probability = Math.max(worst.probability, Math.abs(calibrate(ours) - probability![row]));
    if (raw) worst.raw = Math.max(worst.raw, Math.abs(ours - raw[row]));
    if (!contributions) continue;
    const base = explain(vector, out);
    const expected = contributions.subarray(row * (features.length + 1), (row + 1) * (features.length + 1));
    for (let j = 0; j < out.length; j++) {
      worst.contributions = Math.max(worst.contributions, Math.abs(out[j] - expected[j]));
    }
    worst.contributions = Math.max(worst.contributions, Math.abs(base - expected[out.length]));
    worst.sum = Math.max(worst.sum, Math.abs(out.reduce((total, part) => total + part, base) - ours));
  }
  return worst;
}

function show(x: number): string {
  return x.toExponential(1).padStart(7);
}
