/**
 * Holds imported PMML files against JPMML-Evaluator, and against the library that trained them.
 *
 *   node bench/formats/pmml.ts <folder of make_pmml.py, with NAME.out.csv of jpmml/>
 */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadArtifact, saveArtifact } from '../../src/models/artifact.ts';
import { importModel } from '../../src/models/formats/import.ts';

const folder = process.argv[2];
if (!folder) throw new Error('Say which folder make_pmml.py wrote.');
const scratch = mkdtempSync(join(tmpdir(), 'assay-pmml-'));
const cells = (file: string) =>
  readFileSync(join(folder, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
let most = 0;
for (const path of globSync('*.json', { cwd: folder }).sort()) {
  const name = path.replace('.json', '');
  const facts = JSON.parse(readFileSync(join(folder, path), 'utf8')) as {
    kind: string;
    column: string;
    library?: number[];
  };
  const bytes = new Uint8Array(readFileSync(join(folder, `${name}.pmml`)));
  const onnx = facts.kind === 'score' ? { form: 'log-odds' as const } : {};
  const thresholds = { review: 0.5, decline: 0.9 };
  const { head, body } = importModel({ bytes, name, thresholds, onnx, codeVersion: '' });
  saveArtifact(join(scratch, name), head, body);
  const model = loadArtifact(join(scratch, name));
  const [columns, ...rows] = cells(`${name}.csv`);
  const [outputs, ...said] = cells(`${name}.out.csv`);
  const at = outputs.indexOf(facts.column);
  // Where JPMML computes in float32, its text is the shortest that tells the number apart.
  const float = new TextDecoder().decode(bytes).includes('x-mathContext="float"');
  const worst = { jpmml: 0, library: 0, sum: 0 };
  const clip = (p: number) => Math.min(Math.max(p, 1e-6), 1 - 1e-6);
  const out = new Float64Array(model.features.length);
  rows.forEach((row, i) => {
    const cell = (feature: string) => row[columns.indexOf(feature)];
    const vector = Float64Array.from(model.features, (feature) =>
      cell(feature) === '' ? Number.NaN : Number(cell(feature)),
    );
    const score = model.score(vector);
    const found = facts.kind === 'score' ? score : model.calibrate(score);
    const plain = facts.kind === 'score' ? (p: number) => p : clip;
    worst.jpmml = Math.max(
      worst.jpmml,
      Math.abs(found - plain(float ? Math.fround(Number(said[i][at])) : Number(said[i][at]))),
    );
    if (facts.library) worst.library = Math.max(worst.library, Math.abs(found - plain(facts.library[i])));
    if (i % 20 > 0) return;
    const base = model.explain(vector, out);
    worst.sum = Math.max(worst.sum, Math.abs(out.reduce((total, part) => total + part, base) - score));
  });
  most = Math.max(most, worst.jpmml);
  const shown = Object.entries(worst).map(([what, far]) => `${what} ${far.toExponential(1)}`);
  console.log(`${name.padEnd(12)} ${rows.length} rows   ${shown.join('   ')}`);
}
rmSync(scratch, { recursive: true });
console.log(`largest difference from JPMML: ${most.toExponential(1)}`);
if (!(most <= 1e-9)) process.exitCode = 1;
