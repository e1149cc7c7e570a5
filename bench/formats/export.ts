/**
 * Exports every learner, and every imported model of make.py, to ONNX with the scores that Assay gives;
 * check_exports.py holds ONNX Runtime against them.
 *
 *   node bench/formats/export.ts <folder of make.py> <folder> [one learner]
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ArtifactHead, loadArtifact, saveArtifact } from '../../src/models/artifact.ts';
import type { Calibration } from '../../src/models/calibrator.ts';
import { featureSchemaHash } from '../../src/models/canonical.ts';
import { assembleTrees, encodeImportedTrees } from '../../src/models/formats/imported-trees.ts';
import { exportOnnx } from '../../src/models/formats/onnx-export.ts';
import { readTreesFile } from '../../src/models/formats/read.ts';
import { fitIsotonic } from '../../src/training/calibration.ts';
import { type Dataset, slice } from '../../src/training/dataset.ts';
import { LEARNERS } from '../../src/training/learners.ts';
import { featureStatistics } from '../../src/training/statistics.ts';

const [source, out, only] = process.argv.slice(2);
if (!source || !out) throw new Error('Say which folder make.py wrote, and where the exports go.');

const ROWS = 10_000;
/** Enough trees for sums to show what rounding does, and little enough time. */
const OPTIONS: Record<string, Record<string, unknown>> = {
  trees: { rounds: 300, leaves: 31 },
  forest: { trees: 100 },
  network: { hidden: [64, 32], epochs: 3 },
};

const data = readCase('lightgbm-gbdt');
const part = slice(data, 0, 6000);
const late = slice(data, 6000, 10_000);
for (const [name, learner] of Object.entries(LEARNERS)) {
  if (only && only !== name) continue;
  const fitted = learner.fit(part, undefined, { ...learner.defaults, ...OPTIONS[name] });
  const { kind, head, body } = fitted.toArtifact();
  const vector = new Float64Array(data.features.length);
  const raw = Float64Array.from({ length: late.rows }, (_, row) => fitted.score(rowOf(late, row, vector)));
  const rows = { raw, labels: late.labels, from: 0, to: late.rows, weightOfNegative: 1 };
  const calibrations: Calibration[] = [
    { kind: 'none' },
    { kind: 'platt', slope: 0.9, intercept: -0.3 },
    { kind: 'beta', below: 0.8, above: 1.3, intercept: 0.1 },
    fitIsotonic(rows),
  ];
  for (const calibration of calibrations) write(`${name}-${calibration.kind}`, data, kind, head, body, calibration);
}
for (const path of globSync('*/case.json', { cwd: source }).sort()) {
  const name = dirname(path);
  const facts = JSON.parse(readFileSync(join(source, path), 'utf8'));
  if (facts.model.endsWith('.onnx') || only) continue;
  const foreign = readTreesFile(readFileSync(join(source, name, facts.model)));
  const places = Int32Array.from(foreign.names, (_, i) => i);
  const { kind, head, body } = encodeImportedTrees(assembleTrees(foreign, places, places.length));
  write(name, readCase(name), kind, head, body, foreign.calibration);
}

function readCase(name: string): Dataset {
  const features = JSON.parse(readFileSync(join(source, name, 'case.json'), 'utf8')).features as string[];
  const read = (key: string) =>
    new Float64Array(new Uint8Array(readFileSync(join(source, name, `${key}.f64`))).buffer).map(Math.fround);
  const [rows, probability] = [read('rows'), read('probability')];
  return {
    features,
    rows: ROWS,
    columns: features.map((_, f) => Float64Array.from({ length: ROWS }, (_, row) => rows[row * features.length + f])),
    // What a library gave a good chance, and some noise that repeats.
    labels: Uint8Array.from(probability, (p, row) => (p + ((row * 7919) % 100) / 200 > 0.75 ? 1 : 0)),
    times: Float64Array.from({ length: ROWS }, (_, row) => row),
    amounts: new Float64Array(ROWS).fill(1),
    cards: new Float64Array(ROWS),
  };
}

function rowOf(dataset: Dataset, row: number, vector: Float64Array): Float64Array {
  for (let i = 0; i < vector.length; i++) vector[i] = dataset.columns[i][row];
  return vector;
}

function write(
  name: string,
  dataset: Dataset,
  kind: string,
  model: Record<string, unknown>,
  body: Uint8Array,
  calibration: Calibration,
) {
  const features = dataset.features.map((feature) => ({ name: feature }));
  const head: ArtifactHead = {
    name,
    kind,
    features,
    featureSchema: featureSchemaHash(features),
    encodings: {},
    statistics: featureStatistics(dataset),
    calibration,
    thresholds: { review: 0.5, decline: 0.9 },
    lineage: { dataSha256: '', rows: ROWS, frauds: 0, from: 0, to: ROWS, seed: 1, options: {}, codeVersion: '' },
    metrics: {},
    model,
  };
  const folder = join(out, name);
  mkdirSync(folder, { recursive: true });
  const version = saveArtifact(folder, head, body);
  const loaded = loadArtifact(folder);
  writeFileSync(join(folder, 'model.onnx'), exportOnnx({ head: loaded.head, version, body }));
  const vector = new Float64Array(features.length);
  const raw = Float64Array.from({ length: ROWS }, (_, row) => loaded.score(rowOf(dataset, row, vector)));
  const rows = Float32Array.from(
    { length: ROWS * features.length },
    (_, at) => dataset.columns[at % features.length][Math.floor(at / features.length)],
  );
  for (const [key, array] of Object.entries({ rows, raw, probability: raw.map(loaded.calibrate) })) {
    writeFileSync(join(folder, `${key}.bin`), new Uint8Array(array.buffer));
  }
  console.log(`exported ${name} (${kind}, ${calibration.kind})`);
}
