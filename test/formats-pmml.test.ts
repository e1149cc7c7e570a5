/** PMML: files of sklearn2pmml 0.133.1 and a scorecard, as JPMML-Evaluator 1.7.7 computes them; and its rules by hand. */
import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { type ImportFlags, importFile } from '../src/cli/models-formats.ts';
import { AssayError } from '../src/domain/errors.ts';
import { loadArtifact } from '../src/models/artifact.ts';
import { readPmml } from '../src/models/formats/pmml/model.ts';

const fixtures = join(import.meta.dirname, '..', 'src', 'models', 'formats', 'fixtures', 'pmml');
const scratch = mkdtempSync(join(tmpdir(), 'assay-pmml-'));
after(() => rmSync(scratch, { recursive: true }));

const cells = (file: string) =>
  readFileSync(join(fixtures, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
const names = globSync('*.pmml', { cwd: fixtures }).map((file) => file.replace('.pmml', ''));

test('there are fixtures of every kind of model', () => {
  assert.deepEqual(names.toSorted(), [
    ...['boosting', 'extra', 'forest', 'isolation', 'lightgbm', 'logistic', 'scaled', 'scorecard', 'tree', 'xgboost'],
  ]);
});

for (const name of names) {
  test(`${name} is what JPMML says to 1e-9, and its explanation sums to the score`, async () => {
    const isScore = name === 'scorecard' || name === 'isolation';
    const flags: Partial<ImportFlags> = isScore ? { outputForm: 'log-odds' } : {};
    await importFile(join(fixtures, `${name}.pmml`), { out: join(scratch, name), ...flags });
    const model = loadArtifact(join(scratch, name));
    const [columns, ...rows] = cells(`${name}.csv`);
    const [outputs, ...said] = cells(`${name}.out.csv`);
    const at = outputs.findIndex((output) =>
      ['probability(fraud)', 'probability(1)', 'score', 'decisionFunction'].includes(output),
    );
    const float = readFileSync(join(fixtures, `${name}.pmml`), 'utf8').includes('x-mathContext="float"');
    const out = new Float64Array(model.features.length);
    rows.forEach((row, i) => {
      const vector = Float64Array.from(model.features, (feature) => {
        const cell = row[columns.indexOf(feature)];
        return cell === '' ? Number.NaN : Number(cell);
      });
      const score = model.score(vector);
      const stated = float ? Math.fround(Number(said[i][at])) : Number(said[i][at]);
      // Less is more unusual to a decision function.
      const expected = name === 'isolation' ? -stated : stated;
      assert.ok(Math.abs((isScore ? score : model.calibrate(score)) - expected) <= 1e-9, `row ${i}`);
      const base = model.explain(vector, out);
      assert.ok(Math.abs(out.reduce((sum, part) => sum + part, base) - score) < 1e-9);
    });
  });
}

/** A file around one model with the inputs x and y and, where it classifies, the classes given. */
function file(model: string, options: { classes?: string[]; x?: string; mining?: string } = {}): string {
  const values = (options.classes ?? ['legit', 'fraud']).map((value) => `<Value value="${value}"/>`).join('');
  const field = (name: string, inside = '') =>
    `<DataField name="${name}" optype="continuous" dataType="double">${inside}</DataField>`;
  return `<PMML version="4.4"><DataDictionary>${field('x', options.x)}${field('y')}
    <DataField name="t" optype="categorical" dataType="string">${values}</DataField></DataDictionary>
    ${model.replace('SCHEMA', `<MiningSchema><MiningField name="x" ${options.mining ?? ''}/><MiningField name="y"/><MiningField name="t" usageType="target"/></MiningSchema>`)}</PMML>`;
}

const split = (attributes: string, left = '', leftAttributes = '') =>
  file(`<TreeModel functionName="regression" ${attributes}>SCHEMA<Node id="0" score="9" ${leftAttributes}><True/>
    <Node id="1" score="1"><SimplePredicate field="x" operator="lessOrEqual" value="2"/>${left}</Node>
    <Node id="2" score="2"><SimplePredicate field="x" operator="greaterThan" value="2"/></Node></Node></TreeModel>`);
const card = (attributes: string) =>
  file(`<Scorecard functionName="regression" initialScore="10">SCHEMA<Characteristics><Characteristic name="c">${attributes}
    </Characteristic></Characteristics></Scorecard>`);
const identity = (options: Parameters<typeof file>[1]) =>
  file(
    `<RegressionModel functionName="regression">SCHEMA<RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel>`,
    options,
  );
const NONE = Number.NaN;

/** What is told, the file, x, the result: null where there is none, or an error. */
const rules: [string, string, number, number | null | RegExp][] = [
  ['a threshold belongs to lessOrEqual', split(''), 2, 1],
  ['unknown is false under none, and no child is no result', split(''), NONE, null],
  ['no true child: the node itself', split('noTrueChildStrategy="returnLastPrediction"'), NONE, 9],
  [
    'nullPrediction',
    split('missingValueStrategy="nullPrediction" noTrueChildStrategy="returnLastPrediction"'),
    NONE,
    null,
  ],
  ['lastPrediction', split('missingValueStrategy="lastPrediction"'), NONE, 9],
  ['defaultChild', split('missingValueStrategy="defaultChild"', '', 'defaultChild="2"'), NONE, 2],
  ['defaultChild without one', split('missingValueStrategy="defaultChild"'), NONE, null],
  [
    'a value that the dictionary calls missing',
    identity({ x: '<Value value="-999" property="missing"/>' }),
    -999,
    null,
  ],
  ['a replacement of missing values', identity({ mining: 'missingValueReplacement="7"' }), NONE, 7],
  [
    'an invalid value is refused',
    identity({ x: '<Interval closure="closedOpen" leftMargin="0" rightMargin="5"/>' }),
    5,
    /5 is no valid value/,
  ],
  [
    'an invalid value as it is',
    identity({
      x: '<Interval closure="closedOpen" leftMargin="0" rightMargin="5"/>',
      mining: 'invalidValueTreatment="asIs"',
    }),
    5,
    5,
  ],
  [
    'an invalid value as missing',
    identity({
      x: '<Value value="1"/><Value value="2"/>',
      mining: 'invalidValueTreatment="asMissing" missingValueReplacement="3"',
    }),
    5,
    3,
  ],
  ['outliers at the margin', identity({ mining: 'outliers="asExtremeValues" lowValue="0" highValue="4"' }), 5, 4],
  [
    'outliers as missing',
    identity({ mining: 'outliers="asMissingValues" lowValue="0" highValue="4" missingValueReplacement="2"' }),
    5,
    2,
  ],
  [
    'a scorecard without an attribute that holds',
    card('<Attribute partialScore="1"><SimplePredicate field="x" operator="lessThan" value="0"/></Attribute>'),
    1,
    null,
  ],
  [
    'a scorecard’s first attribute that holds',
    card(
      '<Attribute partialScore="1"><SimplePredicate field="x" operator="greaterThan" value="0"/></Attribute><Attribute partialScore="5"><True/></Attribute>',
    ),
    1,
    11,
  ],
  [
    'and with unknown and false is false',
    card(
      '<Attribute partialScore="1"><CompoundPredicate booleanOperator="and"><SimplePredicate field="y" operator="equal" value="1"/><SimplePredicate field="x" operator="equal" value="0"/></CompoundPredicate></Attribute><Attribute partialScore="5"><True/></Attribute>',
    ),
    1,
    15,
  ],
  [
    'or with unknown and true is true',
    card(
      '<Attribute partialScore="1"><CompoundPredicate booleanOperator="or"><SimplePredicate field="y" operator="equal" value="1"/><SimplePredicate field="x" operator="equal" value="1"/></CompoundPredicate></Attribute><Attribute partialScore="5"><True/></Attribute>',
    ),
    1,
    11,
  ],
  [
    'a surrogate stands in for what is unknown',
    card(
      '<Attribute partialScore="1"><CompoundPredicate booleanOperator="surrogate"><SimplePredicate field="y" operator="equal" value="1"/><SimplePredicate field="x" operator="equal" value="1"/></CompoundPredicate></Attribute><Attribute partialScore="5"><True/></Attribute>',
    ),
    1,
    11,
  ],
];
for (const [what, text, x, expected] of rules) {
  test(`PMML: ${what}`, () => {
    const evaluate = () => readPmml(text).evaluate(Float64Array.of(x, Number.NaN), 0);
    if (expected instanceof RegExp) assert.throws(evaluate, expected);
    else assert.equal(evaluate(), expected);
  });
}

const tree = readFileSync(join(fixtures, 'tree.pmml'), 'utf8');
const edited = (from: string | RegExp, to: string) => tree.replace(from, to);
/** What is wrong, the file, options, why it is refused. */
const refused: [string, string, Partial<ImportFlags>, RegExp][] = [
  ['a neural network', '<PMML><NeuralNetwork/></PMML>', {}, /<NeuralNetwork> is not supported; TreeModel, /],
  ['not PMML', '<?xml version="1.0"?><Document/>', {}, /its root is <Document>/],
  ['a file cut short', tree.slice(0, 900), {}, /not well-formed/],
  [
    'an entity of its own',
    '<?xml version="1.0"?><!DOCTYPE PMML [<!ENTITY a "b">]><PMML>&a;</PMML>',
    {},
    /not well-formed/,
  ],
  [
    'words as input',
    edited(/(name="\w" optype="continuous" dataType=)"\w+"/, '$1"string"'),
    {},
    /is of type string: features are numbers/,
  ],
  ['a class that is not there', tree, { fraudClass: 'bad' }, /PMML: it has no class "bad", but "fraud", "legit"/],
  ['classes without a known name', edited(/"(fraud|legit)"/g, '"is_$1_x"'), {}, /say which one is fraud/],
  [
    'another missingValueStrategy',
    edited(/missingValueStrategy="\w+"/, 'missingValueStrategy="weightedConfidence"'),
    {},
    /"weightedConfidence" is not supported/,
  ],
  [
    'a score without a meaning',
    readFileSync(join(fixtures, 'scorecard.pmml'), 'utf8'),
    {},
    /a score, not a probability/,
  ],
  [
    'XGBoost behind one-hot columns',
    readFileSync(join(fixtures, 'xgboost.pmml'), 'utf8').replace('operator="lessThan"', 'operator="notEqual"'),
    {},
    /import its own JSON/,
  ],
  ['too few names', tree, { features: 'a,b,c,d,e,f,g' }, /7 names were given for/],
];
for (const [what, text, flags, why] of refused) {
  test(`PMML with ${what} is refused by name`, async () => {
    const path = join(scratch, 'refused.pmml');
    writeFileSync(path, text);
    await assert.rejects(importFile(path, { out: join(scratch, 'refused'), ...flags }), (error: unknown) => {
      return error instanceof AssayError && why.test(error.message);
    });
  });
}

test('low scores of a scorecard are fraud where it is said so', async () => {
  const path = join(fixtures, 'scorecard.pmml');
  const out = join(scratch, 'low');
  const { notes } = await importFile(path, { out, outputForm: 'log-odds', fraudClass: 'low' });
  assert.ok(notes.some((note) => /low scores are taken for fraud/.test(note)));
  await importFile(path, { out: join(scratch, 'high'), outputForm: 'log-odds' });
  const vector = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5);
  assert.equal(loadArtifact(out).score(vector), -loadArtifact(join(scratch, 'high')).score(vector));
});

test('damaged PMML is refused or read, never anything else', () => {
  const bytes = new TextEncoder().encode(tree);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
      const damaged = bytes.slice();
      damaged[at] = value;
      try {
        const model = readPmml(new TextDecoder().decode(damaged));
        model.evaluate(new Float64Array(model.names.length).fill(0.5), 0);
      } catch (error) {
        assert.ok(error instanceof AssayError, String(error));
      }
    }),
    { numRuns: 400, seed: 5 },
  );
});
