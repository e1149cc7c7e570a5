/** Expressions of derived fields and outputs. A missing argument makes the result missing, except where asked. */
import { intervalOf, type Scope, type Step } from './fields.ts';
import { all, child, type Element, need, numberOf, numeric, pmmlRefusal } from './xml.ts';

export type Expression = (frame: Float64Array) => number;

const NAMES = ['FieldRef', 'Constant', 'Apply', 'NormContinuous', 'NormDiscrete', 'Discretize'];

/** Children of fields beside their expression. */
const BESIDE = ['ParameterField', 'Value', 'Interval', 'Decisions'];

/** The expression among the children of an element. */
export function expressionIn(element: Element, scope: Scope): Expression {
  const found = element.children.find(({ name }) => !BESIDE.includes(name));
  if (!found) throw pmmlRefusal(`<${element.name}> lacks its expression`);
  return expression(found, scope);
}

function expression(element: Element, scope: Scope): Expression {
  switch (element.name) {
    case 'FieldRef':
      return fieldRef(element, scope);
    case 'Constant': {
      const value = numberOf(element.text);
      const rounded = element.attributes.dataType === 'float' ? Math.fround(value) : value;
      return () => rounded;
    }
    case 'Apply':
      return apply(element, scope);
    case 'NormContinuous':
      return normContinuous(element, scope);
    case 'NormDiscrete': {
      const field = scope.field(need(element, 'field'));
      const value = field.read(need(element, 'value'));
      const otherwise = mappedMissing(element);
      return (frame) => (Number.isNaN(frame[field.slot]) ? otherwise : frame[field.slot] === value ? 1 : 0);
    }
    case 'Discretize':
      return discretize(element, scope);
    default:
      throw pmmlRefusal(`expression <${element.name}> is not supported; ${NAMES.join(', ')} are`);
  }
}

function mappedMissing(element: Element): number {
  const text = element.attributes.mapMissingTo;
  return text === undefined ? Number.NaN : numberOf(text);
}

function fieldRef(element: Element, scope: Scope): Expression {
  const { slot } = scope.field(need(element, 'field'));
  const otherwise = mappedMissing(element);
  return (frame) => (Number.isNaN(frame[slot]) ? otherwise : frame[slot]);
}

/** Straight lines between (orig, norm), which ascend; beyond the ends as `outliers` says. */
function normContinuous(element: Element, scope: Scope): Expression {
  const { slot } = scope.field(need(element, 'field'));
  const points = all(element, 'LinearNorm').map((point) => [numeric(point, 'orig'), numeric(point, 'norm')] as const);
  if (points.length < 2) throw pmmlRefusal('NormContinuous needs two points');
  const outliers = element.attributes.outliers ?? 'asIs';
  const otherwise = mappedMissing(element);
  const last = points.length - 1;
  return (frame) => {
    const x = frame[slot];
    if (Number.isNaN(x)) return otherwise;
    if (x < points[0][0] || x > points[last][0]) {
      if (outliers === 'asMissingValues') return otherwise;
      if (outliers === 'asExtremeValues') return x < points[0][0] ? points[0][1] : points[last][1];
    }
    let i = 1;
    while (i < last && x > points[i][0]) i++;
    const [[a, low], [b, high]] = [points[i - 1], points[i]];
    return low + ((x - a) / (b - a)) * (high - low);
  };
}

function discretize(element: Element, scope: Scope): Expression {
  const { slot } = scope.field(need(element, 'field'));
  const bins = all(element, 'DiscretizeBin').map((bin) => {
    const interval = child(bin, 'Interval');
    if (!interval) throw pmmlRefusal('DiscretizeBin lacks its Interval');
    return { holds: intervalOf(interval), value: numberOf(need(bin, 'binValue')) };
  });
  const { defaultValue } = element.attributes;
  const beyond = defaultValue === undefined ? Number.NaN : numberOf(defaultValue);
  const otherwise = mappedMissing(element);
  return (frame) => {
    const x = frame[slot];
    if (Number.isNaN(x)) return otherwise;
    return bins.find(({ holds }) => holds(x))?.value ?? beyond;
  };
}

const bool = (value: boolean) => (value ? 1 : 0);

/** Functions of numbers; none is called with a missing argument. */
const FUNCTIONS: Record<string, (...values: number[]) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  sum: (...values) => values.reduce((a, b) => a + b, 0),
  avg: (...values) => values.reduce((a, b) => a + b, 0) / values.length,
  product: (...values) => values.reduce((a, b) => a * b, 1),
  pow: (a, b) => a ** b,
  exp: Math.exp,
  ln: Math.log,
  'x-log1p': Math.log1p,
  ln1p: Math.log1p,
  expm1: Math.expm1,
  log10: Math.log10,
  sqrt: Math.sqrt,
  abs: Math.abs,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  equal: (a, b) => bool(a === b),
  notEqual: (a, b) => bool(a !== b),
  lessThan: (a, b) => bool(a < b),
  lessOrEqual: (a, b) => bool(a <= b),
  greaterThan: (a, b) => bool(a > b),
  greaterOrEqual: (a, b) => bool(a >= b),
  and: (...values) => bool(values.every(Boolean)),
  or: (...values) => bool(values.some(Boolean)),
  not: (a) => bool(!a),
  isIn: (a, ...values) => bool(values.includes(a)),
  isNotIn: (a, ...values) => bool(!values.includes(a)),
  threshold: (a, b) => bool(a > b),
};

function apply(element: Element, scope: Scope): Expression {
  const name = need(element, 'function');
  const parts = element.children.map((part) => expression(part, scope));
  const { defaultValue } = element.attributes;
  const otherwise = mappedMissing(element);
  const beyond = defaultValue === undefined ? Number.NaN : numberOf(defaultValue);
  if (name === 'isMissing' || name === 'isNotMissing') {
    return (frame) => bool(Number.isNaN(parts[0](frame)) === (name === 'isMissing'));
  }
  if (name === 'if') {
    return (frame) => {
      const asked = parts[0](frame);
      if (Number.isNaN(asked)) return otherwise;
      return asked ? parts[1](frame) : (parts[2]?.(frame) ?? Number.NaN);
    };
  }
  const of = FUNCTIONS[name];
  if (!of) throw pmmlRefusal(`function "${name}" is not supported`);
  return (frame) => {
    const values = parts.map((part) => part(frame));
    if (values.some(Number.isNaN)) return otherwise;
    const result = of(...values);
    return Number.isNaN(result) ? beyond : result;
  };
}

/** Derived fields in their order: each becomes a field of the scope, and a step that fills it. */
export function derivedSteps(element: Element | undefined, scope: Scope): Step[] {
  if (!element) return [];
  if (child(element, 'DefineFunction')) throw pmmlRefusal('functions of its own are not supported');
  return all(element, 'DerivedField').map((derived) => {
    const of = expressionIn(derived, scope);
    const field = scope.add(need(derived, 'name'), need(derived, 'dataType'));
    const cast = castTo(field.type);
    return (frame) => {
      frame[field.slot] = cast(of(frame));
    };
  });
}

export function castTo(type: string): (x: number) => number {
  if (type === 'float') return Math.fround;
  if (type === 'integer') return Math.round;
  return (x) => x;
}
