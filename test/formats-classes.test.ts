/** Which number of an ONNX classifier is P(fraud): files of four libraries' converters, their classes named in many ways. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type ImportFlags, importFile } from '../src/cli/models-formats.ts';
import { loadArtifact } from '../src/models/artifact.ts';
import { fraudPlace } from '../src/models/formats/fraud-class.ts';
import { classesOf, scoresOf } from '../src/models/formats/onnx-classes.ts';
import { readOnnxFile } from '../src/models/formats/onnx-file.ts';
import { runtimeInstalled } from '../src/models/formats/onnx-runtime.ts';

const fixtures = join(import.meta.dirname, '..', 'src', 'models', 'formats', 'fixtures', 'classes');
const scratch = mkdtempSync(join(tmpdir(), 'assay-classes-'));
after(() => rmSync(scratch, { recursive: true }));
const skip = runtimeInstalled() ? false : 'onnxruntime-node is not installed';

interface Facts {
  fraud: string;
  rows: number;
  width: number;
  x: Float64Array;
  /** Of fraud, by the library itself; of margins and detectors, the score that rises with fraud. */
  probability: Float64Array;
}

function factsOf(name: string): Facts {
  const facts = JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8'));
  const numbers = (text: string) => new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);
  return { ...facts, x: numbers(facts.x), probability: numbers(facts.probability) };
}

/** File, output, its classes by column, what its numbers are. */
const stated: [string, string, string[] | undefined, string | undefined][] = [
  ['logistic-bad-good-zipmap', 'output_probability', ['bad', 'good'], 'probability'],
  ['forest-fraud-genuine-zipless', 'probabilities', ['fraud', 'genuine'], 'either'],
  ['calibrated-text01-zipless', 'probabilities', ['0', '1'], undefined],
  ['mlp-fraud-legit-zipmap', 'output_probability', ['fraud', 'legit'], undefined],
  ['catboost-21-zipmap', 'probabilities', ['1', '2'], 'probability'],
  ['lightgbm-onnxml-minus-zipless', 'probabilities', ['-1', '1'], undefined],
  ['xgboost-onnxml-01-zipmap', 'probabilities', ['0', '1'], 'probability'],
  ['boosting-bool-zipless', 'probabilities', ['0', '1'], 'probability'],
  ['forest-one-zipless', 'probabilities', ['1'], 'either'],
  ['margin-linear-svc', 'probabilities', ['fraud', 'legit'], 'margin'],
  ['margin-raw-boosting', 'probabilities', ['fraud', 'legit'], 'either'],
  ['isolation', 'scores', undefined, undefined],
];
for (const [name, output, classes, scores] of stated) {
  test(`${name}: the classes of its columns are ${classes ?? 'not stated'}`, () => {
    const file = readOnnxFile(new Uint8Array(readFileSync(join(fixtures, `${name}.onnx`))));
    assert.deepEqual(classesOf(file, output), classes);
    assert.equal(scoresOf(file, output), scores);
  });
}

/** Classes, what was asked for, the place of fraud or why none is known. */
const choices: [string[], string | undefined, number | RegExp][] = [
  [['0', '1'], undefined, 1],
  [['1', '0'], undefined, 0],
  [['0', '1'], '0', 0],
  [['0', '1'], 'False', 0],
  [['0', '1'], '1.0', 1],
  [['False', 'True'], undefined, 1],
  [['fraud', 'legit'], undefined, 0],
  [['Fraud', 'Non-Fraud'], undefined, 0],
  [['Not Fraud', 'Fraud'], undefined, 1],
  [['bad', 'good'], undefined, 0],
  [['no', 'yes'], undefined, 1],
  [['-1', '1'], undefined, /"-1", "1": say which one is fraud/],
  [['-1', '1'], '-1', 0],
  [['1', '2'], undefined, /say which one is fraud/],
  [['1', '2'], '2', 1],
  [['1', 'fraud'], undefined, /say which one is fraud/],
  [['good', 'legit'], undefined, /say which one is fraud/],
  [['a', 'b'], 'c', /no class "c", but "a", "b"/],
  [['1'], undefined, /one class only, "1"/],
  [['fraud'], 'fraud', /one class only/],
  [['a', 'b', 'fraud'], 'fraud', /3 classes/],
];
for (const [classes, asked, expected] of choices) {
  test(`of the classes ${classes}, ${asked ?? 'nothing'} asked for: ${expected}`, () => {
    if (typeof expected === 'number') assert.equal(fraudPlace(classes, asked, 'test'), expected);
    else assert.throws(() => fraudPlace(classes, asked, 'test'), expected);
  });
}

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const bringIn = (name: string, flags: Partial<ImportFlags> = {}) =>
  importFile(join(fixtures, `${name}.onnx`), { out: join(scratch, name), features: names.join(), ...flags });

/** File and options: P(fraud) as the library has it, or why not. */
const imports: [string, Partial<ImportFlags>, RegExp | undefined][] = [
  ['logistic-bad-good-zipmap', {}, undefined],
  ['logistic-bad-good-zipmap', { fraudClass: 'bad' }, undefined],
  ['logistic-yes-no-zipcolumns', {}, /which output is the probability/],
  ['logistic-yes-no-zipcolumns', { output: 'syes', outputForm: 'probability' }, undefined],
  // The output of the other class says the same, turned round.
  ['logistic-yes-no-zipcolumns', { output: 'sno', outputForm: 'probability' }, undefined],
  ['forest-fraud-genuine-zipless', {}, undefined],
  ['calibrated-text01-zipless', {}, undefined],
  // Doubles one step beside a threshold: scikit-learn rounds them to float32 before it compares.
  ['doubles-forest', {}, undefined],
  ['mlp-fraud-legit-zipmap', {}, undefined],
  ['catboost-21-zipmap', {}, /say which one is fraud/],
  ['catboost-21-zipmap', { fraudClass: '2' }, undefined],
  ['lightgbm-onnxml-minus-zipless', {}, /say which one is fraud/],
  ['lightgbm-onnxml-minus-zipless', { fraudClass: '1' }, undefined],
  ['xgboost-onnxml-01-zipmap', {}, undefined],
  ['boosting-bool-zipless', { fraudClass: 'True' }, undefined],
  ['forest-one-zipless', { fraudClass: '1' }, /one class only/],
  ['margin-linear-svc', {}, /margins, not probabilities/],
  ['margin-linear-svc', { outputForm: 'probability' }, /no probability/],
  ['margin-raw-boosting', {}, /holds no probabilities: it gave -?[\d.]+ and/],
  ['isolation', {}, /margins, not probabilities/],
];
for (const [name, flags, refused] of imports) {
  test(`${name} with ${JSON.stringify(flags)} is ${refused ?? 'P(fraud) to 1e-6'}`, { skip }, async () => {
    if (refused) return assert.rejects(bringIn(name, flags), refused);
    await bringIn(name, flags);
    const model = loadArtifact(join(scratch, name));
    const { x, probability, width } = factsOf(name);
    probability.forEach((expected, row) => {
      const vector = x.subarray(row * width, (row + 1) * width);
      assert.ok(Math.abs(model.calibrate(model.score(vector)) - expected) <= 1e-6, `row ${row}`);
    });
  });
}

test('a scikit-learn forest does not get missing values, which its file lost the side of', { skip }, async () => {
  const { notes } = await bringIn('forest-fraud-genuine-zipless');
  assert.ok(notes.some((note) => /cannot take missing values/.test(note)));
  const model = loadArtifact(join(scratch, 'forest-fraud-genuine-zipless'));
  assert.equal(model.score(new Float64Array(6).fill(Number.NaN)), model.score(new Float64Array(6)));
  const kept = await bringIn('lightgbm-onnxml-minus-zipless', { fraudClass: '1' });
  assert.ok(!kept.notes.some((note) => /missing values/.test(note)));
});

/** Rows about which the truth is known, likelier fraud where the score is higher, or lower. */
function rowsFile(sign: 1 | -1, label: string): string {
  let state = 7;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const lines = Array.from({ length: 400 }, () => {
    const x = names.map(() => random() * 4 - 2);
    return [...x.map((value) => value.toFixed(4)), sign * (1.5 * x[0] - x[1]) + random() > 2 ? 1 : 0].join();
  });
  const path = join(scratch, `rows${sign}.csv`);
  writeFileSync(path, `${[...names, label].join()}\n${lines.join('\n')}\n`);
  return path;
}

for (const name of ['margin-linear-svc', 'margin-raw-boosting']) {
  test(`${name}: what its margins mean is learnt from rows, the order stays`, { skip }, async () => {
    const flags = { outputForm: 'margin', calibrate: rowsFile(1, 'truth'), label: 'truth' } as const;
    const { notes } = await bringIn(name, flags);
    assert.ok(notes.some((note) => /Calibrated \(\w+\) on 400 rows with \d+ frauds/.test(note)));
    const model = loadArtifact(join(scratch, name));
    const { x, probability, width } = factsOf(name);
    const order = [...probability.keys()].sort((a, b) => probability[a] - probability[b]);
    const scores = order.map((row) => model.score(x.subarray(row * width, (row + 1) * width)));
    scores.slice(1).forEach((score, i) => {
      assert.ok(score >= scores[i] - 1e-6);
    });
    await assert.rejects(bringIn(name, { ...flags, fraudClass: 'legit' }), /frauds score lower than the rest/);
    await assert.rejects(bringIn(name, { ...flags, label: 'trut' }), /did you mean truth/);
  });
}

test('an isolation forest scores higher what it finds unusual', { skip }, async () => {
  await bringIn('isolation', { outputForm: 'log-odds' });
  const model = loadArtifact(join(scratch, 'isolation'));
  const { x, probability, width } = factsOf('isolation');
  probability.forEach((expected, row) => {
    assert.ok(Math.abs(model.score(x.subarray(row * width, (row + 1) * width)) - expected) < 1e-6);
  });
  assert.ok(model.score(new Float64Array(6).fill(9)) > model.score(new Float64Array(6)));
});
