import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type ArtifactHead, artifactVersion, loadArtifact, saveArtifact } from './artifact.ts';
import { featureSchemaHash } from './canonical.ts';
import { encodeTrees, flattenTrees, treesScorer } from './trees.ts';

const features = [
  { name: 'amount', operation: 'amount' },
  { name: 'hour', operation: 'hour' },
];
const ensemble = flattenTrees(-4, 2, [
  {
    feature: Int32Array.of(0, 1),
    threshold: Float64Array.of(100, 6),
    missingLeft: Uint8Array.of(1, 0),
    left: Int32Array.of(~0, ~1),
    right: Int32Array.of(1, ~2),
    gain: Float64Array.of(9, 4),
    value: Float64Array.of(-0.5, 2, 0.25),
    cover: Float64Array.of(90, 4, 6),
  },
]);
const { head: model, body } = encodeTrees(ensemble);
const statistics = { mean: 50, deviation: 10, p01: 1, p50: 45, p99: 300, missing: 0 };
const head: ArtifactHead = {
  name: 'test',
  kind: 'trees',
  features,
  featureSchema: featureSchemaHash(features),
  encodings: {},
  statistics: [statistics, { ...statistics, mean: Number.NaN, missing: 1 }],
  calibration: { kind: 'platt', slope: 1.5, intercept: -1 },
  thresholds: { review: 0.2, decline: 0.7 },
  lineage: {
    dataSha256: 'ab',
    rows: 100,
    frauds: 4,
    from: 0,
    to: 9,
    seed: 1,
    options: { rounds: 1 },
    codeVersion: '0',
  },
  metrics: {},
  model,
};

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'artifact-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const edit = (change: (text: string) => string) => {
  const path = join(dir, 'model.json');
  writeFileSync(path, change(readFileSync(path, 'utf8')));
};

test('what was saved is what is loaded', () => {
  const version = saveArtifact(dir, head, body);
  const loaded = loadArtifact(dir, { featureSchema: head.featureSchema, version });
  assert.equal(loaded.version, version);
  assert.deepEqual(loaded.features, ['amount', 'hour']);
  assert.deepEqual(loaded.catalogue, features);
  assert.deepEqual(loaded.head.lineage, head.lineage);
  assert.ok(Number.isNaN(loaded.statistics[1].mean));
  for (const vector of [Float64Array.of(50, 3), Float64Array.of(101, 6), Float64Array.of(500, Number.NaN)]) {
    assert.equal(loaded.score(vector), treesScorer(ensemble)(vector));
    const out = new Float64Array(2);
    const base = loaded.explain(vector, out);
    assert.ok(Math.abs(base + out[0] + out[1] - loaded.score(vector)) < 1e-12);
  }
  assert.equal(loaded.calibrate(0), 1 / (1 + Math.exp(1)));
});

test('the version repeats, and changes with anything that matters', () => {
  const version = artifactVersion(head, body);
  assert.match(version, /^[0-9a-f]{16}$/);
  assert.equal(artifactVersion(structuredClone(head), body.slice()), version);
  const reversed = Object.fromEntries(Object.entries(head).reverse()) as unknown as ArtifactHead;
  assert.equal(artifactVersion(reversed, body), version);
  assert.notEqual(artifactVersion({ ...head, thresholds: { review: 0.2, decline: 0.71 } }, body), version);
  assert.notEqual(artifactVersion({ ...head, lineage: { ...head.lineage, seed: 2 } }, body), version);
  const other = body.slice();
  other[0] ^= 1;
  assert.notEqual(artifactVersion(head, other), version);
});

test('two saves of one model are the same bytes', () => {
  saveArtifact(dir, head, body);
  const first = ['model.json', 'model.bin'].map((file) => readFileSync(join(dir, file)));
  saveArtifact(dir, structuredClone(head), body);
  assert.deepEqual(
    ['model.json', 'model.bin'].map((file) => readFileSync(join(dir, file))),
    first,
  );
});

test('damage is refused, wherever it is', () => {
  saveArtifact(dir, head, body);
  const path = join(dir, 'model.bin');
  for (const at of [0, body.length >> 1, body.length - 1]) {
    const broken = body.slice();
    broken[at] ^= 0x10;
    writeFileSync(path, broken);
    assert.throws(() => loadArtifact(dir), /model\.bin is damaged/);
  }
  writeFileSync(path, body.subarray(0, body.length - 1));
  assert.throws(() => loadArtifact(dir), /model\.bin is damaged/);
});

test('an edited head is refused', () => {
  saveArtifact(dir, head, body);
  edit((text) => text.replace('"decline": 0.7', '"decline": 0.9'));
  assert.throws(() => loadArtifact(dir), /its hash is not its version/);
});

test('an unknown format, no JSON, and nothing at all are refused by name', () => {
  assert.throws(() => loadArtifact(dir), { code: 'not_found' });
  saveArtifact(dir, head, body);
  edit((text) => text.replace('"format": 1', '"format": 2'));
  assert.throws(() => loadArtifact(dir), /format 2 is not known/);
  edit(() => '{');
  assert.throws(() => loadArtifact(dir), /not JSON/);
  edit(() => 'null');
  assert.throws(() => loadArtifact(dir), /not an object/);
});

test('an unknown kind of model is refused', () => {
  saveArtifact(dir, { ...head, kind: 'oracle' }, body);
  assert.throws(() => loadArtifact(dir), /kind "oracle" is not known/);
});

test('another feature schema or version than expected is refused', () => {
  saveArtifact(dir, head, body);
  assert.throws(() => loadArtifact(dir, { featureSchema: 'feedfeedfeedfeed' }), /trained on feature schema/);
  assert.throws(() => loadArtifact(dir, { version: '0000000000000000' }), /not 0000000000000000/);
  assert.throws(() => saveArtifact(dir, { ...head, featureSchema: 'x' }, body), /not the hash of features/);
});

test('trees that would send a vector round in circles or out of bounds are refused', () => {
  const cases: [string, (trees: typeof ensemble) => void][] = [
    ['a child', (trees) => (trees.left[1] = 0)],
    ['a child', (trees) => (trees.right[1] = ~9)],
    ['a feature', (trees) => (trees.feature[0] = 2)],
    ['a root', (trees) => (trees.roots[0] = 5)],
    ['a value', (trees) => (trees.value[0] = Number.NaN)],
  ];
  for (const [what, change] of cases) {
    const broken = structuredClone(ensemble);
    change(broken);
    const encoded = encodeTrees(broken);
    saveArtifact(dir, { ...head, model: encoded.head }, encoded.body);
    assert.throws(() => loadArtifact(dir), new RegExp(`${what} out of range`));
  }
});
