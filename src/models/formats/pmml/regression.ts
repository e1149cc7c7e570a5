/** RegressionModel: sums of terms, which `normalizationMethod` turns into probabilities where it classifies. */
import type { Scope } from './fields.ts';
import { type Evaluate, ofShares, ofValue } from './result.ts';
import { placeOf } from './tree.ts';
import { all, type Element, need, numeric, pmmlRefusal } from './xml.ts';

type Term = (frame: Float64Array) => number;

/** NaN where a value is missing. `float` rounds as a model of float32 arithmetic does. */
export function regressionModel(model: Element, scope: Scope, classes: string[], float: boolean): Evaluate {
  const round = float ? Math.fround : (x: number) => x;
  const tables = all(model, 'RegressionTable').map((table) => ({
    target: table.attributes.targetCategory,
    sum: tableSum(table, scope, round),
  }));
  const method = model.attributes.normalizationMethod ?? 'none';
  if (need(model, 'functionName') !== 'classification') {
    if (tables.length !== 1) throw pmmlRefusal('a regression has one RegressionTable');
    const normalized = (x: number) => (method === 'none' ? x : linkOf(method, float)(x));
    return (frame) => {
      const sum = tables[0].sum(frame);
      return Number.isNaN(sum) ? null : ofValue(normalized(sum));
    };
  }
  if (classes.length !== 2 || tables.length === 0 || tables.length > 2) {
    throw pmmlRefusal(`a regression of ${classes.length} classes is not supported; two are`);
  }
  const places = tables.map(({ target }) => placeOf(target ?? '', classes));
  const probability = method === 'softmax' ? undefined : linkOf(method, float);
  return (frame) => {
    const sums = tables.map(({ sum }) => sum(frame));
    if (sums.some(Number.isNaN)) return null;
    const shares = new Float64Array(2);
    // The first table speaks for its class, what is left goes to the other.
    const p = probability ? probability(sums[0]) : 1 / (1 + Math.exp((sums[1] ?? 0) - sums[0]));
    shares[places[0]] = p;
    shares[1 - places[0]] = round(1 - p);
    return ofShares(shares);
  };
}

/** JPMML-Evaluator 1.7.7 takes this for e where it computes in float32, so it is ours there. */
const E32 = 2.7182817;

function linkOf(method: string, float: boolean): (x: number) => number {
  const round = float ? Math.fround : (x: number) => x;
  const exp = float ? (x: number) => round(E32 ** x) : Math.exp;
  switch (method) {
    case 'none':
      return (x) => x;
    case 'logit':
    case 'softmax':
      return (x) => round(1 / round(1 + exp(-x)));
    case 'cloglog':
      return (x) => 1 - Math.exp(-Math.exp(x));
    case 'loglog':
      return (x) => Math.exp(-Math.exp(-x));
    case 'cauchit':
      return (x) => 0.5 + Math.atan(x) / Math.PI;
    case 'exp':
      return Math.exp;
    default:
      throw pmmlRefusal(`normalizationMethod "${method}" is not supported`);
  }
}

function tableSum(table: Element, scope: Scope, round: (x: number) => number): Term {
  const terms = all(table, 'NumericPredictor', 'CategoricalPredictor', 'PredictorTerm').map((term) =>
    termOf(term, scope),
  );
  const intercept = numeric(table, 'intercept');
  return (frame) => {
    let sum = round(intercept);
    for (const term of terms) sum = round(sum + round(term(frame)));
    return sum;
  };
}

function termOf(term: Element, scope: Scope): Term {
  const coefficient = numeric(term, 'coefficient');
  if (term.name === 'PredictorTerm') {
    const slots = all(term, 'FieldRef').map((ref) => scope.field(need(ref, 'field')).slot);
    return (frame) => slots.reduce((product, slot) => product * frame[slot], coefficient);
  }
  const field = scope.field(need(term, 'name'));
  if (term.name === 'CategoricalPredictor') {
    const value = field.read(need(term, 'value'));
    // A missing category is no category: its terms are 0.
    return (frame) => (frame[field.slot] === value ? coefficient : 0);
  }
  const exponent = numeric(term, 'exponent', 1);
  return (frame) => coefficient * (exponent === 1 ? frame[field.slot] : frame[field.slot] ** exponent);
}
