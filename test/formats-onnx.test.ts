import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { importFile } from '../src/cli/models-formats.ts';
import { type ArtifactHead, loadArtifact, saveArtifact } from '../src/models/artifact.ts';
import type { Calibration } from '../src/models/calibrator.ts';
import { featureSchemaHash } from '../src/models/canonical.ts';
import { importModel } from '../src/models/formats/import.ts';
import { exportOnnx } from '../src/models/formats/onnx-export.ts';
import { readOnnxFile, withoutZipMap } from '../src/models/formats/onnx-file.ts';
import { createGraph, ELEMENT } from '../src/models/formats/onnx-graph.ts';
import { importOnnx } from '../src/models/formats/onnx-import.ts';
import { runtimeInstalled } from '../src/models/formats/onnx-runtime.ts';
import { permutationAttribution } from '../src/models/formats/permutations.ts';
import { bytesField, message, varintField } from '../src/models/formats/protobuf.ts';
import type { Dataset } from '../src/training/dataset.ts';
import { LEARNERS } from '../src/training/learners.ts';
import { evaluateOnnx } from './support/onnx-evaluator.ts';

const scratch = mkdtempSync(join(tmpdir(), 'assay-formats-'));
after(() => rmSync(scratch, { recursive: true }));
const fixtures = join(import.meta.dirname, '..', 'src', 'models', 'formats', 'fixtures');
const skip = runtimeInstalled() ? false : 'onnxruntime-node is not installed';

/**
 * Rows of float32 values: one feature with a long tail, one of which a part is missing, one of few values, one far from
 * zero.
 */
function madeUp(rows: number): Dataset {
  let state = 12345;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const columns = [
    () => Math.exp(4 * random() + 4 * random()),
    () => (random() < 0.2 ? Number.NaN : random() - 0.5),
    () => Math.floor(random() * 5),
    () => 1e6 + 3 * random(),
  ].map((of) => Float64Array.from({ length: rows }, () => Math.fround(of())));
  const labels = Uint8Array.from({ length: rows }, (_, row) =>
    Math.log(columns[0][row]) + 3 * (columns[1][row] || 0) + columns[2][row] + 2 * random() > 8 ? 1 : 0,
  );
  return {
    features: ['amount', 'change', 'kind', 'place'],
    rows,
    columns,
    labels,
    times: Float64Array.from({ length: rows }, (_, row) => row),
    amounts: new Float64Array(rows).fill(1),
    cards: new Float64Array(rows),
  };
}

const OPTIONS: Record<string, Record<string, unknown>> = {
  trees: { rounds: 20, maxLeaves: 8 },
  forest: { trees: 5 },
  isolation: { trees: 10 },
  network: { hidden: [6, 5], epochs: 2 },
  ensemble: { members: 'trees,logistic', 'trees.rounds': 5 },
};

const CALIBRATIONS: Calibration[] = [
  { kind: 'none' },
  { kind: 'platt', slope: 0.8, intercept: -0.5 },
  { kind: 'beta', below: 0.7, above: 1.4, intercept: 0.2 },
  { kind: 'isotonic', raw: [-3, -1, -0.999, 2], probability: [0.01, 0.1, 0.4, 0.9] },
  { kind: 'isotonic', raw: [0], probability: [0.25] },
];

function artifact(
  name: string,
  features: string[],
  part: { kind: string; head: Record<string, unknown>; body: Uint8Array },
  calibration: Calibration,
) {
  const definitions = features.map((feature) => ({ name: feature }));
  const nothing = { mean: 0, deviation: 1, p01: 0, p50: 0, p99: 0, missing: 0 };
  const head: ArtifactHead = {
    name,
    kind: part.kind,
    features: definitions,
    featureSchema: featureSchemaHash(definitions),
    encodings: {},
    statistics: features.map(() => nothing),
    calibration,
    thresholds: { review: 0.5, decline: 0.9 },
    lineage: { dataSha256: '', rows: 0, frauds: 0, from: 0, to: 0, seed: 1, options: {}, codeVersion: '' },
    metrics: {},
    model: part.head,
  };
  const folder = join(scratch, name);
  const version = saveArtifact(folder, head, part.body);
  const model = loadArtifact(folder);
  return { model, folder, onnx: exportOnnx({ head: model.head, version, body: part.body }) };
}

/** The file's outputs are float32; the evaluator adds the terms of a layer in float64. */
function holdsAgainst({ model, onnx }: ReturnType<typeof artifact>, rows: number[][]): void {
  const [raw, probability] = evaluateOnnx(onnx, rows, ['raw', 'probability']);
  rows.forEach((row, i) => {
    const score = model.score(Float64Array.from(row));
    assert.ok(Math.abs(raw[i] - score) <= 2e-6 * Math.max(1, Math.abs(score)), `${row}: ${raw[i]} for ${score}`);
    assert.ok(Math.abs(probability[i] - model.calibrate(score)) <= 1e-5, `${row}: ${probability[i]}`);
  });
}

const data = madeUp(600);
const rowsOf = (dataset: Dataset, count: number) =>
  Array.from({ length: count }, (_, row) => dataset.columns.map((column) => column[row]));
const unusual = [
  [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
  [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0],
  [-5, 1e30, -1e30, 0],
  [0, -0, 0, 1e6],
];

for (const [name, learner] of Object.entries(LEARNERS)) {
  test(`an exported ${name} says what the model says, with every calibration`, () => {
    const fitted = learner.fit(data, undefined, { ...learner.defaults, ...OPTIONS[name] });
    const part = fitted.toArtifact();
    CALIBRATIONS.forEach((calibration, i) => {
      holdsAgainst(artifact(`${name}-${i}`, data.features, part, calibration), [...rowsOf(data, 100), ...unusual]);
    });
  });
}

for (const path of globSync('{lightgbm,xgboost,catboost}-*.case.json', { cwd: fixtures })) {
  const facts = JSON.parse(readFileSync(join(fixtures, path), 'utf8'));
  test(`${facts.name} goes on to ONNX, float32 thresholds and categories included`, () => {
    const bytes = new Uint8Array(readFileSync(join(fixtures, facts.model)));
    const thresholds = { review: 0.5, decline: 0.9 };
    const { missing } = facts;
    const { head, body } = importModel({ bytes, name: facts.name, thresholds, missing, codeVersion: '' });
    const values = new Float64Array(new Uint8Array(Buffer.from(facts.arrays.rows, 'base64')).buffer).map(Math.fround);
    const width = facts.features.length;
    const rows = Array.from({ length: facts.count }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
    const { kind, model, calibration } = head;
    holdsAgainst(artifact(facts.name, facts.features, { kind, head: model, body }, calibration), rows);
  });
}

test('the file states its opsets, shapes, names and version', () => {
  const fitted = LEARNERS.logistic.fit(data, undefined, LEARNERS.logistic.defaults);
  const { onnx, model } = artifact('stated', data.features, fitted.toArtifact(), { kind: 'none' });
  const file = readOnnxFile(onnx);
  assert.deepEqual(file.opsets, { '': 17, 'ai.onnx.ml': 3 });
  assert.deepEqual(file.inputs, [{ name: 'features', type: ELEMENT.float, dims: ['rows', 4] }]);
  assert.deepEqual(
    file.outputs.map(({ name, dims }) => [name, dims]),
    [
      ['raw', ['rows', 1]],
      ['probability', ['rows', 1]],
    ],
  );
  assert.deepEqual(JSON.parse(file.metadata.feature_names), data.features);
  assert.equal(file.metadata.model_version, model.version);
  assert.equal(file.producer, 'assay');
});

function onnxFixture(name: string) {
  const facts = JSON.parse(readFileSync(join(fixtures, `${name}.case.json`), 'utf8'));
  const array = (key: string) => new Float64Array(new Uint8Array(Buffer.from(facts.arrays[key], 'base64')).buffer);
  return { ...facts, bytes: new Uint8Array(readFileSync(join(fixtures, facts.model))), array };
}

test('a ZipMap is taken away, and nothing else', () => {
  const { bytes } = onnxFixture('onnx-sklearn-logistic');
  assert.equal(readOnnxFile(bytes).outputs.at(-1)!.type, undefined);
  const without = withoutZipMap(bytes);
  const { name, type } = readOnnxFile(without).outputs.at(-1)!;
  assert.equal(type, ELEMENT.float);
  const { nodes } = readOnnxFile(without);
  assert.ok(nodes.some(({ outputs }) => outputs.includes(name)));
  assert.ok(!nodes.some(({ type }) => type === 'ZipMap'));
  assert.deepEqual(withoutZipMap(without), without);
});

/** A file of one Sigmoid, or whatever operator, over inputs as given. */
function tiny(input: { type?: number; dims: (number | string)[] }, outputs: string[], operator = 'Sigmoid', last = 1) {
  const graph = createGraph();
  for (const output of outputs) graph.op(operator, ['x'], {}, output);
  return graph.finish(
    [{ name: 'x', type: input.type ?? ELEMENT.float, dims: input.dims }],
    outputs.map((name) => ({ name, type: ELEMENT.float, dims: ['n', last] })),
    { name: 'tiny', producer: '', description: '', metadata: {} },
  );
}

/** As skl2onnx finds the nearest point of an isotonic calibrator. */
function nearest(): Uint8Array {
  const graph = createGraph();
  const away = graph.op('Sub', ['x', graph.constant(Float32Array.of(0.1, 0.9), [1, 2])]);
  graph.op('ArgMin', [graph.op('Abs', [away])], {}, 'probabilities');
  return graph.finish(
    [{ name: 'x', type: ELEMENT.float, dims: ['n', 2] }],
    [{ name: 'probabilities', type: ELEMENT.float, dims: ['n', 2] }],
    { name: 'nearest', producer: 'skl2onnx', description: '', metadata: {} },
  );
}

const refused: [string, Uint8Array, RegExp][] = [
  ['an isotonic calibrator of skl2onnx', nearest(), /isotonic calibrator/],
  ['sequences', tiny({ dims: ['n', 10, 3] }, ['p']), /sequences are not supported/],
  ['words', tiny({ dims: ['n', 1], type: 8 }, ['p']), /not numbers/],
  ['several outputs that could be it', tiny({ dims: ['n', 2] }, ['a', 'b']), /which output is the probability: a, b/],
  ['an output that could be either', tiny({ dims: ['n', 2] }, ['a'], 'Relu'), /a probability or log-odds/],
  ['three classes', tiny({ dims: ['n', 2] }, ['p'], 'Softmax', 3), /3 classes/],
  ['as many names as it has no features', tiny({ dims: ['n', 3] }, ['p']), /names of its 3 features/],
  [
    'weights in other files',
    message(bytesField(7, bytesField(5, message(bytesField(8, 'w'), varintField(14, 1))))),
    /save the model as one file/,
  ],
  ['a damaged file', new Uint8Array([8, 1, 58, 200, 1, 1]), /damaged/],
];
for (const [what, bytes, why] of refused) {
  test(`an ONNX file with ${what} is refused by name`, () => {
    const served = (names: string[]) => ({
      served: { features: names.map((name) => ({ name })), encodings: {}, statistics: [] },
      places: Int32Array.from(names, (_, i) => i),
    });
    assert.throws(() => importOnnx(bytes, { names: ['one', 'two'] }, served), why);
  });
}

test('without the runtime the error says how to install it', { skip: skip ? false : 'it is installed' }, () => {
  const { bytes, given, scaling } = onnxFixture('onnx-keras');
  const request = { bytes, name: 'k', thresholds: { review: 0.5, decline: 0.9 }, names: given, onnx: { scaling } };
  assert.throws(() => importModel({ ...request, codeVersion: '' }), /ONNXRUNTIME_NODE_INSTALL=skip npm install/);
});

for (const name of ['onnx-keras', 'onnx-sklearn-logistic', 'onnx-sklearn-boosting', 'onnx-inputs-by-name']) {
  test(`${name} scores as ONNX Runtime does, and its explanation sums to the score`, { skip }, () => {
    const { bytes, given, scaling, array, features, count } = onnxFixture(name);
    const thresholds = { review: 0.5, decline: 0.9 };
    const { head, body } = importModel({ bytes, name, thresholds, names: given, onnx: { scaling }, codeVersion: '' });
    saveArtifact(join(scratch, name), head, body);
    const model = loadArtifact(join(scratch, name));
    const [rows, probability] = [array('rows'), array('probability')];
    const out = new Float64Array(features.length);
    for (let row = 0; row < count; row++) {
      const vector = rows.subarray(row * features.length, (row + 1) * features.length);
      const score = model.score(vector);
      assert.ok(Math.abs(model.calibrate(score) - probability[row]) <= 1.1e-6);
      const base = model.explain(vector, out);
      assert.ok(Math.abs(out.reduce((sum, part) => sum + part, base) - score) < 1e-9);
    }
    // Whatever is sent, there is a score.
    for (const x of [0, -1e300, 1e300, Number.NaN]) {
      assert.ok(Number.isFinite(model.score(new Float64Array(features.length).fill(x))), `${x}`);
    }
  });
}

test('an export comes back in as an ONNX model, missing values and all', { skip }, async () => {
  const fitted = LEARNERS.trees.fit(data, undefined, { ...LEARNERS.trees.defaults, ...OPTIONS.trees });
  const first = artifact('there', data.features, fitted.toArtifact(), { kind: 'platt', slope: 0.8, intercept: -0.5 });
  const file = join(scratch, 'there.onnx');
  writeFileSync(file, first.onnx);
  // Both outputs are numbers, but only one is called a probability.
  const { notes, kind } = await importFile(file, { out: join(scratch, 'back') });
  assert.deepEqual([notes, kind], [[], 'onnx']);
  const back = loadArtifact(join(scratch, 'back'));
  assert.deepEqual(back.features, data.features);
  for (const row of [...rowsOf(data, 50), ...unusual]) {
    const vector = Float64Array.from(row);
    const expected = first.model.calibrate(first.model.score(vector));
    assert.ok(Math.abs(back.calibrate(back.score(vector)) - expected) < 2e-6, `${row}`);
  }
});

test('sampled contributions are exact where features do not interact, and always sum to the score', () => {
  const reference = Float64Array.of(1, 2, Number.NaN, 0, 5);
  const additive = (row: Float64Array) => 2 * row[0] - row[1] ** 2 + (Number.isNaN(row[2]) ? 7 : row[2]) + row[4];
  const mixed = (row: Float64Array) => additive(row) + row[0] * row[1] * (row[3] > 0 ? 1 : -1);
  const scorer = (of: (row: Float64Array) => number) => (rows: Float64Array, count: number, out: Float64Array) => {
    for (let i = 0; i < count; i++) out[i] = of(rows.subarray(i * 5, i * 5 + 5));
  };
  const vectors = fc.array(fc.oneof(fc.double({ min: -9, max: 9, noNaN: true }), fc.constant(1)), {
    minLength: 5,
    maxLength: 5,
  });
  fc.assert(
    fc.property(vectors, (values) => {
      const vector = Float64Array.from(values);
      const out = new Float64Array(5);
      for (const worth of [additive, mixed]) {
        const base = permutationAttribution(reference, scorer(worth), worth(reference))(vector, worth(vector), out);
        assert.ok(Math.abs(out.reduce((sum, part) => sum + part, base) - worth(vector)) < 1e-9);
        if (vector[0] === 1) assert.equal(out[0], 0);
        if (worth === mixed) continue;
        const expected = [2 * (vector[0] - 1), 4 - vector[1] ** 2, vector[2] - 7, 0, vector[4] - 5];
        expected.forEach((part, i) => {
          assert.ok(Math.abs(out[i] - part) < 1e-9);
        });
      }
    }),
  );
});

test('a model file becomes a folder that loads, served with the features of a model trained here', async () => {
  const fitted = LEARNERS.logistic.fit(data, undefined, LEARNERS.logistic.defaults);
  const names = ['more', ...Array.from({ length: 10 }, (_, i) => `Column_${9 - i}`)];
  const { kind, head } = fitted.toArtifact();
  // Any model will do: only its features and thresholds are taken.
  const columns = (head.columns as unknown[])[0];
  const wide = { ...head, columns: names.map(() => columns), coefficients: names.map(() => 0) };
  const { folder } = artifact('like', names, { kind, head: wide, body: new Uint8Array(0) }, { kind: 'none' });
  const file = join(scratch, 'model.txt');
  writeFileSync(file, readFileSync(join(fixtures, 'lightgbm-dart.txt')));
  const { version } = await importFile(file, { out: join(scratch, 'imported'), like: folder, review: 0.2 });
  const model = loadArtifact(join(scratch, 'imported'));
  assert.equal(model.version, version);
  assert.equal(model.featureSchema, loadArtifact(folder).featureSchema);
  assert.deepEqual(model.thresholds, { review: 0.2, decline: 0.9 });
  const { arrays } = JSON.parse(readFileSync(join(fixtures, 'lightgbm-dart.case.json'), 'utf8'));
  const read = (key: string) => new Float64Array(new Uint8Array(Buffer.from(arrays[key], 'base64')).buffer);
  const vector = Float64Array.of(99, ...read('rows').slice(0, 10).reverse());
  assert.ok(Math.abs(model.calibrate(model.score(vector)) - read('probability')[0]) < 1e-12);
});
