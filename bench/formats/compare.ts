/**
 * Holds imported models against what make.py noted of their libraries: the largest differences of probabilities, raw
 * scores and contributions, one line a case.
 *
 *   node bench/formats/compare.ts <folder of make.py>
 *
 * ONNX models need onnxruntime-node; NODE_PATH may say where it is.
 */
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LoadedModel, loadArtifact, saveArtifact } from '../../src/models/artifact.ts';
import { importModel } from '../../src/models/formats/import.ts';
import { runtimeInstalled } from '../../src/models/formats/onnx-runtime.ts';

interface Case {
  name: string;
  model: string;
  count: number;
  features: string[];
  /** What made the contributions. */
  shap?: string;
  /** Names that the file lacks. */
  given?: string[];
  missing?: number;
  scaling?: { mean: number[]; scale: number[] };
}

const folder = process.argv[2];
if (!folder) throw new Error('Say which folder make.py wrote.');
const scratch = mkdtempSync(join(tmpdir(), 'assay-formats-'));

let most = 0;
for (const path of globSync('*/case.json', { cwd: folder }).sort()) {
  const directory = join(folder, dirname(path));
  const facts = JSON.parse(readFileSync(join(directory, 'case.json'), 'utf8')) as Case;
  if (facts.model.endsWith('.onnx') && !runtimeInstalled()) {
    console.log(`${facts.name.padEnd(26)} skipped: onnxruntime-node is not installed`);
    continue;
  }
  const worst = compare(directory, facts);
  most = Math.max(most, worst.probability);
  const found = Object.entries(worst).map(([what, far]) => `${what} ${far.toExponential(1)}`);
  console.log(`${facts.name.padEnd(26)} ${facts.count} rows   ${found.join('   ')}   ${facts.shap ?? ''}`);
}
rmSync(scratch, { recursive: true });
console.log(`largest difference of a probability: ${most.toExponential(1)}`);

/** As a server would have it: imported, saved, loaded. */
function serve(directory: string, { model, given, scaling, missing, name }: Case): LoadedModel {
  const bytes = new Uint8Array(readFileSync(join(directory, model)));
  const thresholds = { review: 0.5, decline: 0.9 };
  const imported = importModel({ bytes, name, thresholds, names: given, missing, onnx: { scaling }, codeVersion: '' });
  const folder = join(scratch, name);
  saveArtifact(folder, imported.head, imported.body);
  return loadArtifact(folder);
}

function compare(directory: string, facts: Case): Record<string, number> & { probability: number } {
  const read = (name: string) => {
    const file = join(directory, `${name}.f64`);
    return existsSync(file) ? new Float64Array(new Uint8Array(readFileSync(file)).buffer) : undefined;
  };
  const model = serve(directory, facts);
  const width = model.features.length;
  const [rows, probability, raw, library, contributions] = [
    'rows',
    'probability',
    'raw',
    'library',
    'contributions',
  ].map(read);
  const worst: Record<string, number> & { probability: number } = { probability: 0 };
  const note = (what: string, far: number) => {
    worst[what] = Math.max(worst[what] ?? 0, far);
  };
  const out = new Float64Array(width);
  for (let row = 0; row < facts.count; row++) {
    const vector = rows!.subarray(row * width, (row + 1) * width);
    const score = model.score(vector);
    note('probability', Math.abs(model.calibrate(score) - probability![row]));
    if (library) note('library', Math.abs(model.calibrate(score) - library[row]));
    if (raw) note('raw', Math.abs(score - raw[row]));
    // Explanations of a session take longer: a tenth of the rows will do.
    if (!contributions && row % 10 > 0) continue;
    const base = model.explain(vector, out);
    note('sum − score', Math.abs(out.reduce((total, part) => total + part, base) - score));
    if (!contributions) continue;
    const expected = contributions.subarray(row * (width + 1), (row + 1) * (width + 1));
    for (let j = 0; j < width; j++) note('contributions', Math.abs(out[j] - expected[j]));
    note('contributions', Math.abs(base - expected[width]));
  }
  return worst;
}
