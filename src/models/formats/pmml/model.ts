/**
 * A PMML file (4.x) as a function of a vector: tree models, their ensembles, regressions and scorecards. Missing values,
 * invalid ones, float32 fields and chains are taken as JPMML-Evaluator takes them.
 */
import { castTo, derivedSteps, expressionIn } from './expressions.ts';
import { activeFields, createScope, inputStep, type Scope, type Step } from './fields.ts';
import { regressionModel } from './regression.ts';
import type { Evaluate } from './result.ts';
import { scorecardModel } from './scorecard.ts';
import { miningModel } from './segments.ts';
import { placeOf, treeModel } from './tree.ts';
import { all, child, type Element, need, numeric, parseXml, pmmlRefusal } from './xml.ts';

export interface PmmlModel {
  /** Names of the input fields, in the order of `evaluate`'s values. */
  names: string[];
  /** Labels of the target; empty for a regression or a scorecard. */
  classes: string[];
  /** Such as RandomForest, where the file says so. */
  algorithm: string | undefined;
  /** It detects outliers: the score is scikit-learn's decision function, negated, so that more is more unusual. */
  detects: boolean;
  /** Tool that wrote it. */
  application: string | undefined;
  /** Share of a class, or the score; null where the file gives none for such a row. */
  evaluate(values: Float64Array, place: number): number | null;
}

const DETECTOR = /IsolationForest/i;
const DECISION = 'decisionFunction';

const MODELS = ['TreeModel', 'MiningModel', 'RegressionModel', 'Scorecard'];

/** Throws `invalid_request`, naming what is not supported or malformed. */
export function readPmml(text: string): PmmlModel {
  const root = parseXml(text);
  if (root?.name !== 'PMML') throw pmmlRefusal(`its root is <${root?.name}>, not <PMML>`);
  const model = root.children.find(({ name }) => MODELS.includes(name));
  const other = root.children.find(({ name }) => /Model$|Network$|^NaiveBayes/.test(name));
  if (!model) throw pmmlRefusal(`<${other?.name ?? 'no model'}> is not supported; ${MODELS.join(', ')} are`);
  refuseLies(model);
  const slots = { count: 0 };
  const scope = createScope(slots);
  const dictionary = child(root, 'DataDictionary');
  const data = new Map(dictionary ? all(dictionary, 'DataField').map((field) => [need(field, 'name'), field]) : []);
  const active = activeFields(model);
  const inputs = active.map((mining): Step => {
    const name = need(mining, 'name');
    const field = data.get(name);
    if (!field) throw pmmlRefusal(`field "${name}" is not in the DataDictionary`);
    return inputStep(field, mining, scope.add(name, need(field, 'dataType')));
  });
  const derived = derivedSteps(child(root, 'TransformationDictionary'), scope);
  const classes = classesOf(model, data);
  const evaluate = build(model, scope, classes);
  // An isolation forest's own value is a mean depth; scikit-learn's decision function is less where a row is unusual.
  const detects = DETECTOR.test(model.attributes.algorithmName ?? '') && scope.has(DECISION);
  const decision = detects ? scope.field(DECISION).slot : -1;
  const frame = new Float64Array(slots.count);
  const header = child(root, 'Header');
  const application = header && child(header, 'Application');
  return {
    names: active.map((mining) => need(mining, 'name')),
    classes,
    algorithm: model.attributes.algorithmName,
    detects,
    application: application?.attributes.name,
    evaluate(values, place) {
      frame.fill(Number.NaN);
      frame.set(values);
      for (const step of inputs) step(frame);
      for (const step of derived) step(frame);
      const result = evaluate(frame);
      if (result === null) return null;
      if (decision >= 0) return -frame[decision];
      return result.shares ? result.shares[place] : result.value;
    },
  };
}

/** The converter of XGBoost turns one-hot columns into categories, and loses what was missing: it is silently off. */
function refuseLies(model: Element): void {
  if (!/xgboost/i.test(model.attributes.algorithmName ?? '')) return;
  const open = [model];
  for (const element of open) {
    if (element.name === 'SimplePredicate' && element.attributes.operator === 'notEqual') {
      throw pmmlRefusal(
        'XGBoost behind one-hot columns is written wrongly by its converter: import its own JSON instead',
      );
    }
    open.push(...element.children);
  }
}

function classesOf(model: Element, data: Map<string, Element>): string[] {
  if (model.attributes.functionName !== 'classification') return [];
  const schema = child(model, 'MiningSchema')!;
  const target = all(schema, 'MiningField').find(({ attributes }) =>
    ['target', 'predicted'].includes(attributes.usageType),
  );
  const field = target && data.get(need(target, 'name'));
  const values = field ? all(field, 'Value').map((value) => need(value, 'value')) : [];
  if (values.length === 0) throw pmmlRefusal('it classifies, but does not list the values of its target');
  return values;
}

/** A model within the fields that it can see. */
function build(model: Element, scope: Scope, classes: string[]): Evaluate {
  const float = model.attributes['x-mathContext'] === 'float';
  const inner = scope.inner();
  const local = derivedSteps(child(model, 'LocalTransformations'), inner);
  const evaluate = kindOf(model, inner, classes, float);
  const aim = targetOf(model, float);
  const outputs = outputSteps(model, scope, classes);
  return (frame) => {
    for (const step of local) step(frame);
    const found = evaluate(frame);
    if (found === null) return null;
    const result = found.shares ? found : { ...found, value: aim(found.value) };
    for (const write of outputs) write(frame, result);
    return result;
  };
}

function kindOf(model: Element, scope: Scope, classes: string[], float: boolean): Evaluate {
  switch (model.name) {
    case 'TreeModel':
      return treeModel(model, scope, classes);
    case 'RegressionModel':
      return regressionModel(model, scope, classes, float);
    case 'Scorecard':
      return scorecardModel(model, scope);
    default: {
      const within = (name: string) => MODELS.includes(name);
      return miningModel(model, scope, classes, float, within, (part, inside) => build(part, inside, classes));
    }
  }
}

/** Target: clipped, then times a factor, then plus a constant. */
function targetOf(model: Element, float: boolean): (value: number) => number {
  const targets = child(model, 'Targets');
  const target = targets && child(targets, 'Target');
  if (!target) return (value) => value;
  const round = float ? Math.fround : (x: number) => x;
  const [factor, constant] = [numeric(target, 'rescaleFactor', 1), numeric(target, 'rescaleConstant', 0)];
  const [low, high] = [
    numeric(target, 'min', Number.NEGATIVE_INFINITY),
    numeric(target, 'max', Number.POSITIVE_INFINITY),
  ];
  if (target.attributes.castInteger !== undefined) throw pmmlRefusal('castInteger is not supported');
  return (value) => round(round(Math.min(Math.max(value, low), high) * round(factor)) + round(constant));
}

/** Outputs that later models of a chain, or later outputs, may ask for. */
function outputSteps(model: Element, scope: Scope, classes: string[]) {
  const output = child(model, 'Output');
  return (output ? all(output, 'OutputField') : []).flatMap((field) => {
    const { feature = 'predictedValue', dataType = 'double', value } = field.attributes;
    const numbers = ['double', 'float', 'integer', 'boolean'].includes(dataType);
    if (!numbers || !['predictedValue', 'probability', 'transformedValue', 'decision'].includes(feature)) return [];
    const of = feature === 'transformedValue' || feature === 'decision' ? expressionIn(field, scope) : undefined;
    const place = feature === 'probability' && value !== undefined ? placeOf(value, classes) : -1;
    if (feature === 'probability' && place < 0) return [];
    const { slot } = scope.add(need(field, 'name'), dataType);
    const cast = castTo(dataType);
    return [
      (frame: Float64Array, result: { value: number; shares: Float64Array | undefined }) => {
        frame[slot] = cast(of ? of(frame) : place >= 0 ? (result.shares?.[place] ?? Number.NaN) : result.value);
      },
    ];
  });
}
