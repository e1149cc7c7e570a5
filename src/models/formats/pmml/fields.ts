/**
 * Fields of a PMML file as slots of a frame, a Float64Array that one row is computed in:
 *
 *   | input fields | derived fields and outputs, in the order in which they are met |
 *
 * NaN is missing. A field of type float holds float32 values, and is compared as such.
 */
import { all, child, type Element, need, numberOf, numeric, pmmlRefusal } from './xml.ts';

export interface Field {
  slot: number;
  type: string;
  /** Text of the file as the field's value: rounded to float32 where the field is. */
  read(text: string): number;
}

/** Fields by name; those of an inner model hide others. */
export interface Scope {
  field(name: string): Field;
  /** A new field, seen from here inwards. */
  add(name: string, type: string): Field;
  inner(): Scope;
  has(name: string): boolean;
}

const NUMBERS = ['double', 'float', 'integer', 'boolean'];

export function createScope(slots: { count: number }, outer?: Scope): Scope {
  const own = new Map<string, Field>();
  const scope: Scope = {
    field(name) {
      const found = own.get(name);
      if (found) return found;
      if (outer) return outer.field(name);
      throw pmmlRefusal(`field "${name}" is not defined`);
    },
    add(name, type) {
      if (!NUMBERS.includes(type)) {
        throw pmmlRefusal(
          `field "${name}" is of type ${type}: features are numbers, so words must be coded before the model`,
        );
      }
      const round = type === 'float' ? Math.fround : (value: number) => value;
      const read = (text: string) => {
        const value = numberOf(text);
        if (Number.isNaN(value)) throw pmmlRefusal(`"${text}" is no value of field "${name}"`);
        return round(value);
      };
      const field = { slot: slots.count++, type, read };
      own.set(name, field);
      return field;
    },
    inner: () => createScope(slots, scope),
    has: (name) => own.has(name) || (outer?.has(name) ?? false),
  };
  return scope;
}

/** A step of the computation of a row. */
export type Step = (frame: Float64Array) => void;

/** What becomes of a value of the vector before the model sees it. Throws `invalid_request` at a row that is refused. */
export function inputStep(data: Element, mining: Element, field: Field): Step {
  const name = need(data, 'name');
  const { slot } = field;
  const missing = new Set(
    all(data, 'Value')
      .filter((value) => value.attributes.property === 'missing')
      .map((value) => numberOf(need(value, 'value'))),
  );
  const valid = new Set(
    all(data, 'Value')
      .filter(({ attributes }) => (attributes.property ?? 'valid') === 'valid')
      .map((value) => field.read(need(value, 'value'))),
  );
  const intervals = all(data, 'Interval').map(intervalOf);
  const isInvalid = (x: number) =>
    (valid.size > 0 && !valid.has(x) && intervals.length === 0) ||
    (intervals.length > 0 && !valid.has(x) && !intervals.some((holds) => holds(x)));
  const { attributes } = mining;
  const replacement = attributes.missingValueReplacement;
  const instead = replacement === undefined ? Number.NaN : field.read(replacement);
  const treatment = attributes.invalidValueTreatment ?? 'returnInvalid';
  if (attributes.missingValueTreatment === 'returnInvalid') throw pmmlRefusal(`field "${name}" refuses missing values`);
  const outliers = outlierOf(mining);
  const round = field.type === 'float' ? Math.fround : (x: number) => x;
  return (frame) => {
    let x = round(frame[slot]);
    if (missing.has(x)) x = Number.NaN;
    if (!Number.isNaN(x) && isInvalid(x)) {
      if (treatment === 'asMissing') x = Number.NaN;
      else if (treatment === 'asValue') x = field.read(need(mining, 'invalidValueReplacement'));
      else if (treatment !== 'asIs') throw pmmlRefusal(`${x} is no valid value of field "${name}"`);
    }
    x = outliers(x);
    frame[slot] = Number.isNaN(x) ? instead : x;
  };
}

function outlierOf(mining: Element): (x: number) => number {
  const treatment = mining.attributes.outliers ?? mining.attributes.outlierTreatment ?? 'asIs';
  if (treatment === 'asIs') return (x) => x;
  const low = numeric(mining, 'lowValue', Number.NEGATIVE_INFINITY);
  const high = numeric(mining, 'highValue', Number.POSITIVE_INFINITY);
  if (treatment === 'asMissingValues') return (x) => (x < low || x > high ? Number.NaN : x);
  if (treatment === 'asExtremeValues') return (x) => Math.min(Math.max(x, low), high);
  throw pmmlRefusal(`outlierTreatment "${treatment}" is not known`);
}

/** Whether a number lies in an <Interval>. */
export function intervalOf(interval: Element): (x: number) => boolean {
  const low = numeric(interval, 'leftMargin', Number.NEGATIVE_INFINITY);
  const high = numeric(interval, 'rightMargin', Number.POSITIVE_INFINITY);
  const closure = need(interval, 'closure');
  const openLow = closure.startsWith('open');
  const openHigh = closure.endsWith('Open');
  return (x) => (openLow ? x > low : x >= low) && (openHigh ? x < high : x <= high);
}

/** Fields that a model takes in: by name, with how it takes them. */
export function activeFields(model: Element): Element[] {
  const schema = child(model, 'MiningSchema');
  if (!schema) throw pmmlRefusal(`<${model.name}> lacks its MiningSchema`);
  return all(schema, 'MiningField').filter(({ attributes }) => (attributes.usageType ?? 'active') === 'active');
}
