import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { AssayError } from '../src/domain/errors.ts';
import { calibrator } from '../src/models/calibrator.ts';
import { below32, boundaryBelow, boundaryNotAbove, floor32 } from '../src/models/formats/float32.ts';
import { importModel } from '../src/models/formats/import.ts';
import {
  assembleTrees,
  decodeImportedTrees,
  encodeImportedTrees,
  importedTreesModel,
} from '../src/models/formats/imported-trees.ts';
import { readTreesFile } from '../src/models/formats/read.ts';
import { readUbjson } from '../src/models/formats/ubjson.ts';
import { decodeTrees, treesModel } from '../src/models/trees.ts';

const fixtures = join(import.meta.dirname, '..', 'src', 'models', 'formats', 'fixtures');

interface Fixture {
  name: string;
  model: string;
  count: number;
  features: string[];
  arrays: Record<string, string>;
  /** XGBoost: what it was told that missing values are. */
  missing?: number;
}

function fixture(name: string) {
  const facts = JSON.parse(readFileSync(join(fixtures, `${name}.case.json`), 'utf8')) as Fixture;
  const array = (key: string) => new Float64Array(new Uint8Array(Buffer.from(facts.arrays[key], 'base64')).buffer);
  return { ...facts, bytes: new Uint8Array(readFileSync(join(fixtures, facts.model))), array };
}

const treeCases = globSync('{lightgbm,xgboost,catboost}-*.case.json', { cwd: fixtures }).map(
  (path) => path.split('.')[0],
);

test('there are fixtures of every way to boost and to handle missing values and categories', () => {
  assert.ok(treeCases.length >= 14, `${treeCases}`);
});

/** XGBoost adds in float32; LightGBM as we do. */
const tolerance = (name: string) => (name.startsWith('xgboost') ? 1e-6 : 1e-12);

for (const name of treeCases) {
  test(`${name} scores and explains as its library does, also after a round trip`, () => {
    const { bytes, array, features, count, missing, arrays } = fixture(name);
    const foreign = readTreesFile(bytes, { missing });
    const places = Int32Array.from(foreign.names, (feature) => features.indexOf(feature));
    const imported = assembleTrees(foreign, places, features.length);
    const { kind, head, body } = encodeImportedTrees(imported);
    const stored = JSON.parse(JSON.stringify(head));
    const served =
      kind === 'trees' ? treesModel(decodeTrees(stored, body)) : importedTreesModel(decodeImportedTrees(stored, body));
    const calibrate = calibrator(foreign.calibration);
    const [rows, probability] = [array('rows'), array('probability')];
    const contributions = arrays.contributions ? array('contributions') : undefined;
    const out = new Float64Array(features.length);
    for (let row = 0; row < count; row++) {
      const vector = rows.subarray(row * features.length, (row + 1) * features.length);
      const score = importedTreesModel(imported).score(vector);
      assert.equal(served.score(vector), score);
      // A probability is kept away from 0 and 1; none of these comes near.
      assert.ok(Math.abs(calibrate(score) - probability[row]) < tolerance(name), `row ${row}`);
      const base = served.explain(vector, out);
      assert.ok(Math.abs(out.reduce((sum, part) => sum + part, base) - score) < 1e-9);
      if (!contributions) continue;
      const expected = contributions.subarray(row * (features.length + 1), (row + 1) * (features.length + 1));
      for (let j = 0; j < out.length; j++) assert.ok(Math.abs(out[j] - expected[j]) < 1e-6, `row ${row} feature ${j}`);
      assert.ok(Math.abs(base - expected[out.length]) < 1e-6);
    }
  });
}

test('features are found by name wherever they are in the vector, and a missing one is named', () => {
  const { bytes, array, features } = fixture('lightgbm-categorical');
  const foreign = readTreesFile(bytes);
  const straight = importedTreesModel(
    assembleTrees(
      foreign,
      Int32Array.from(features, (_, i) => i),
      features.length,
    ),
  );
  const width = features.length + 3;
  const places = Int32Array.from(features, (_, i) => width - 1 - i);
  const moved = importedTreesModel(assembleTrees(foreign, places, width));
  const rows = array('rows');
  for (let row = 0; row < 20; row++) {
    const vector = rows.slice(row * features.length, (row + 1) * features.length);
    const longer = new Float64Array(width).fill(99);
    for (let i = 0; i < vector.length; i++) longer[places[i]] = vector[i];
    assert.equal(moved.score(longer), straight.score(vector));
  }
  places[6] = -1;
  assert.throws(() => assembleTrees(foreign, places, width), /needs the feature "Column_6"/);
});

/** One split of one feature: 1 on the left, 2 on the right. */
const stump = (threshold: string, decisionType: number) =>
  new TextEncoder().encode(
    [
      'tree',
      'version=v4',
      'num_class=1',
      'num_tree_per_iteration=1',
      'max_feature_idx=0',
      'objective=binary sigmoid:1',
      'feature_names=x',
      '',
      'Tree=0',
      'num_leaves=2',
      'num_cat=0',
      'split_feature=0',
      `threshold=${threshold}`,
      `decision_type=${decisionType}`,
      'left_child=-1',
      'right_child=-2',
      'leaf_value=1 2',
      'leaf_count=5 5',
      'is_linear=0',
      '',
      'end of trees',
    ].join('\n'),
  );

// Default direction is bit 1, what is missing bits 2 and 3: 4 zero, 8 NaN. LightGBM reads |x| ≤ 1e-35 (as a float32) as
// 0.
const zero = '1.0000000180025095e-35';
const stumps: [string, number, [number, number][]][] = [
  // Nothing is missing: NaN goes where 0 goes.
  [
    '0.5',
    0,
    [
      [0.5, 1],
      [0.6, 2],
      [Number.NaN, 1],
      [0, 1],
    ],
  ],
  [
    '-0.5',
    2,
    [
      [-0.5, 1],
      [-0.4, 2],
      [Number.NaN, 2],
      [0, 2],
    ],
  ],
  // Zero is missing, and so is NaN.
  [
    '-1',
    4 + 2,
    [
      [-1, 1],
      [-0.5, 2],
      [0, 1],
      [1e-36, 1],
      [-1e-36, 1],
      [1e-34, 2],
      [Number.NaN, 1],
    ],
  ],
  [
    '1',
    4,
    [
      [1, 1],
      [-3, 1],
      [0, 2],
      [-0, 2],
      [1e-36, 2],
      [1e-34, 1],
      [Number.NaN, 2],
    ],
  ],
  // NaN is missing.
  [
    '-1',
    8 + 2,
    [
      [-1, 1],
      [0, 2],
      [Number.NaN, 1],
    ],
  ],
  [
    '1',
    8,
    [
      [1, 1],
      [0, 1],
      [2, 2],
      [Number.NaN, 2],
    ],
  ],
  // Thresholds beside zero: all that is read as 0 goes one way.
  [
    zero,
    8,
    [
      [Number(zero), 1],
      [1e-36, 1],
      [2e-35, 2],
    ],
  ],
  [
    `-${zero}`,
    8,
    [
      [-Number(zero), 2],
      [-1e-36, 2],
      [0, 2],
      [-2e-35, 1],
    ],
  ],
  [
    '0',
    8,
    [
      [1e-36, 1],
      [Number(zero), 1],
      [2e-35, 2],
    ],
  ],
];
for (const [threshold, decisionType, cases] of stumps) {
  test(`LightGBM: a split at ${threshold} of decision type ${decisionType}`, () => {
    const imported = assembleTrees(readTreesFile(stump(threshold, decisionType)), Int32Array.of(0), 1);
    const { score } = importedTreesModel(imported);
    for (const [x, side] of cases) assert.equal(score(Float64Array.of(x)), side, `${x}`);
  });
}

const edited = (name: string, from: string | RegExp, to: string) =>
  new TextEncoder().encode(new TextDecoder().decode(fixture(name).bytes).replace(from, to));

const refused: [string, Uint8Array, RegExp][] = [
  ['LightGBM multi-class', edited('lightgbm-gbdt', /num_class=1/, 'num_class=3'), /multi-class/],
  ['LightGBM linear trees', edited('lightgbm-gbdt', /is_linear=0/, 'is_linear=1'), /linear trees/],
  [
    'LightGBM regression',
    edited('lightgbm-gbdt', 'objective=binary sigmoid:1', 'objective=regression'),
    /"regression"/,
  ],
  ['LightGBM ranking', edited('lightgbm-gbdt', 'objective=binary sigmoid:1', 'objective=lambdarank'), /"lambdarank"/],
  ['LightGBM of another version', edited('lightgbm-gbdt', 'version=v4', 'version=v9'), /"v9"/],
  ['LightGBM cut short', fixture('lightgbm-gbdt').bytes.slice(0, 1500), /not a whole text model/],
  ['LightGBM with a number missing', edited('lightgbm-gbdt', /leaf_value=\S+ /, 'leaf_value='), /leaf_value must be/],
  ['LightGBM with a circle', edited('lightgbm-gbdt', /left_child=\S+/, 'left_child=0'), /hangs twice/],
  ['LightGBM with a wrong feature', edited('lightgbm-gbdt', /split_feature=\S+/, 'split_feature=77'), /feature 77/],
  ['LightGBM with a child too far', edited('lightgbm-gbdt', /right_child=\S+/, 'right_child=50'), /out of range/],
  ['XGBoost gblinear', edited('xgboost-gbtree', '"name":"gbtree"', '"name":"gblinear"'), /"gblinear"/],
  ['XGBoost multi-class', edited('xgboost-gbtree', '"num_class":"0"', '"num_class":"4"'), /multi-class/],
  ['XGBoost several targets', edited('xgboost-gbtree', '"num_target":"1"', '"num_target":"2"'), /several targets/],
  [
    'XGBoost regression',
    edited('xgboost-gbtree', /"name":"binary:logistic"/, '"name":"reg:squarederror"'),
    /squarederror/,
  ],
  [
    'XGBoost vector leaves',
    edited('xgboost-gbtree', '"size_leaf_vector":"1"', '"size_leaf_vector":"2"'),
    /several outputs/,
  ],
  ['XGBoost cut short', fixture('xgboost-gbtree').bytes.slice(0, 2000), /not valid JSON/],
  ['XGBoost UBJSON cut short', fixture('xgboost-gbtree-ubj').bytes.slice(0, 2000), /ends early/],
  ['something else', new TextEncoder().encode('PMML'), /not a LightGBM text/],
  ['CatBoost regression', edited('catboost-symmetric', '"type":"Logloss"', '"type":"RMSE"'), /"RMSE" is not supported/],
  [
    'CatBoost categories',
    edited('catboost-symmetric', '"float_features":', '"categorical_features":[{}],"float_features":'),
    /categorical features are not supported/,
  ],
  [
    'CatBoost multi-class',
    edited('catboost-symmetric', /"scale_and_bias":\[1,\[/, '"scale_and_bias":[1,[0,0,'),
    /CatBoost: multi-class/,
  ],
  [
    'CatBoost with leaves missing',
    edited('catboost-symmetric', '"leaf_values":[', '"leaf_values":[1],"x":['),
    /CatBoost: tree 0: "leaf_values"/,
  ],
  ["CatBoost's binary format", new TextEncoder().encode('CBM1....'), /CatBoost's binary format/],
  ["LightGBM's dump", new TextEncoder().encode('{"name":"tree","tree_info":[]}'), /^LightGBM: this is its dump/],
  ["XGBoost's dump", new TextEncoder().encode('booster[0]:\n0:[f0<1]'), /XGBoost's dump/],
  ["XGBoost's dump as JSON", new TextEncoder().encode('[ { "nodeid": 0 } ]'), /XGBoost's dump/],
  ['a pickle', Uint8Array.of(0x80, 4, 0x95), /Python pickle/],
  ['JSON of nobody', new TextEncoder().encode('{"a":1}'), /neither of XGBoost .* nor of CatBoost/],
  ['an empty file', new Uint8Array(0), /not a LightGBM text/],
];
for (const [what, bytes, why] of refused) {
  test(`${what} is refused by name`, () => {
    const load = () => {
      const foreign = readTreesFile(bytes);
      return assembleTrees(
        foreign,
        Int32Array.from(foreign.names, (_, i) => i),
        foreign.names.length,
      );
    };
    assert.throws(load, (error: unknown) => error instanceof AssayError && why.test(error.message));
  });
}

test('damaged files are refused or read, never anything else', () => {
  for (const name of ['xgboost-categorical-ubj', 'lightgbm-categorical', 'catboost-lossguide']) {
    const { bytes } = fixture(name);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        try {
          const foreign = readTreesFile(damaged);
          const places = Int32Array.from(foreign.names, (_, i) => i);
          assembleTrees(foreign, places, foreign.names.length);
        } catch (error) {
          assert.ok(error instanceof AssayError, String(error));
        }
      }),
      { numRuns: 400, seed: 5 },
    );
  }
});

test('which class is fraud turns the score of trees, and is told', () => {
  const scoreOf = (name: string, fraudClass?: string) => {
    const { bytes, array } = fixture(name);
    const foreign = readTreesFile(bytes, { fraudClass });
    const places = Int32Array.from(foreign.names, (_, i) => i);
    const { score } = importedTreesModel(assembleTrees(foreign, places, places.length));
    return { score: score(array('rows').subarray(0, places.length)), note: foreign.notes[0] };
  };
  for (const name of ['lightgbm-gbdt', 'xgboost-gbtree', 'catboost-symmetric']) {
    const [one, zero] = [scoreOf(name), scoreOf(name, '0')];
    assert.equal(zero.score, -one.score, name);
    assert.match(one.note, /1 is taken for fraud|Fraud is the class "1"/);
  }
  assert.match(scoreOf('catboost-words').note, /Fraud is the class "fraud"; the other is "legit"/);
  assert.equal(scoreOf('catboost-words', 'legit').score, -scoreOf('catboost-words').score);
  assert.throws(() => scoreOf('catboost-words', 'bad'), /CatBoost: it has no class "bad", but "fraud", "legit"/);
});

test('XGBoost: rounds after the best are left out as predict_proba leaves them out, unless asked for', () => {
  const { bytes, ...facts } = fixture('xgboost-missing') as ReturnType<typeof fixture> & {
    rounds: number;
    trained: number;
  };
  assert.ok(facts.trained > facts.rounds);
  const best = readTreesFile(bytes, { missing: -999 });
  assert.equal(best.trees.length, facts.rounds);
  assert.match(
    best.notes.join(),
    new RegExp(`first ${facts.rounds} of ${facts.trained} rounds .*--rounds ${facts.trained}`),
  );
  assert.equal(readTreesFile(bytes, { rounds: facts.trained }).trees.length, facts.trained);
  assert.throws(
    () => readTreesFile(fixture('lightgbm-gbdt').bytes, { missing: -999 }),
    /LightGBM: --missing is for XGBoost/,
  );
});

test('a split on categories is not asked of an encoded feature, which holds something else', () => {
  const { bytes, features } = fixture('lightgbm-categorical');
  const nothing = { mean: 0, deviation: 1, p01: 0, p50: 0, p99: 0, missing: 0 };
  const bringIn = (operation: string) =>
    importModel({
      bytes,
      name: 'm',
      thresholds: { review: 0.5, decline: 0.9 },
      served: {
        features: features.map((name) => ({ name, operation })),
        encodings: {},
        statistics: features.map(() => nothing),
      },
      codeVersion: '',
    });
  assert.throws(() => bringIn('encoding'), /LightGBM: "Column_[67]" is served as a number/);
  assert.equal(bringIn('field').head.kind, 'imported-trees');
});

test('the same model in JSON and in UBJSON is the same', () => {
  const ubj = readUbjson(fixture('xgboost-gbtree-ubj').bytes) as { learner: { gradient_booster: { name: string } } };
  assert.equal(ubj.learner.gradient_booster.name, 'gbtree');
  const small = Uint8Array.from(
    [...'{i\u0001a[$d#i\u0002'].map((c) => c.charCodeAt(0)).concat([63, 128, 0, 0, 192, 0, 0, 0, 125]),
  );
  assert.deepEqual(readUbjson(small), { a: [1, -2] });
});

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });

test('a comparison below a float32 is one with a double', () => {
  fc.assert(
    fc.property(float32, fc.double({ noNaN: true }), fc.integer({ min: -2, max: 2 }), (t, any, steps) => {
      const bound = boundaryBelow(t);
      // Doubles around the bound, and any other.
      const beside = bound + steps * Math.abs(bound) * 2 ** -52;
      for (const x of [any, bound, beside, t, below32(t)]) assert.equal(x <= bound, Math.fround(x) < t, `${x} ${t}`);
      const most = boundaryNotAbove(t);
      const near = most + steps * Math.abs(most) * 2 ** -52;
      for (const x of [any, most, near, t, below32(t)]) assert.equal(x <= most, Math.fround(x) <= t, `${x} ${t}`);
    }),
    { numRuns: 2000 },
  );
});

test('a comparison of float32 values with a double is one with a float32', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), float32, (t, v) => {
      const near = Math.fround(t);
      for (const x of [v, near, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, below32(near)])
        assert.equal(x <= floor32(t), x <= t);
    }),
    { numRuns: 2000 },
  );
});
