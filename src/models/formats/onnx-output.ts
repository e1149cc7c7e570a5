/** Which number of an ONNX file's outputs is the probability of fraud, by what the file says and what it does. */
import { refusal } from './foreign.ts';
import { fraudPlace } from './fraud-class.ts';
import type { OnnxOptions } from './import-request.ts';
import { classesOf, scoresOf } from './onnx-classes.ts';
import type { OnnxFile, OnnxTensor } from './onnx-file.ts';
import { ELEMENT_TYPES, type OnnxHead, onnxRunner } from './onnx-model.ts';

const FORMAT = 'ONNX import';
const refuse = (what: string) => refusal(FORMAT, what);

export interface FoundOutput {
  output: OnnxHead['output'];
  /** The scores only put payments in order: what they mean must be learnt from rows. */
  margin: boolean;
  notes: string[];
}

/** Throws `invalid_request`, saying what must be told, where the file leaves open what its numbers are. */
export function findOutput(
  file: OnnxFile,
  options: OnnxOptions,
  head: Omit<OnnxHead, 'output'>,
  body: Uint8Array,
): FoundOutput {
  const found = chosenOutput(file, options);
  const stated = classesOf(file, found.name);
  if (stated) fraudPlace(stated, options.fraudClass ?? stated[0], FORMAT);
  const outliers = !stated && isOutlierDetector(file, found) && options.form !== 'probability';
  const form = outliers ? (options.form ?? 'margin') : formOf(file, found, options);
  const seen = tried(file, found, head, body);
  checkScores(seen, found, form);
  if (outliers) return outlierOutput(seen, found, form);
  const { place, note } = placeOfFraud(stated, options.fraudClass, seen.width, file, found.name);
  const { column, negate } = columnOf(place, seen, stated, found, form);
  const output: OnnxHead['output'] = { name: found.name, column, form: form === 'probability' ? form : 'log-odds' };
  if (negate) output.negate = true;
  return { output, margin: form === 'margin', notes: note ? [note] : [] };
}

function isNumber({ type }: OnnxTensor): boolean {
  // Labels are whole numbers or words; a score is neither.
  return type !== undefined && ['float32', 'float64'].includes(ELEMENT_TYPES[type]);
}

const labelOutput = (file: OnnxFile) => file.outputs.find((output) => output.type !== undefined && !isNumber(output));

function chosenOutput(file: OnnxFile, options: OnnxOptions): OnnxTensor {
  const scores = file.outputs.filter(isNumber);
  const likely = scores.filter(({ name }) => /prob/i.test(name));
  const named = options.output === undefined ? undefined : file.outputs.find(({ name }) => name === options.output);
  const found = named ?? (scores.length === 1 ? scores[0] : likely.length === 1 ? likely[0] : undefined);
  const list = file.outputs.map(({ name }) => name).join(', ');
  if (options.output !== undefined && !named) throw refuse(`it has no output "${options.output}", but ${list}`);
  if (!found) throw refuse(`say which output is the probability: ${list}`);
  const last = found.dims?.at(-1);
  if (found.dims && found.dims.length > 1 && typeof last === 'number' && last > 2) {
    throw refuse(`output "${found.name}" has ${last} classes; two are supported`);
  }
  return found;
}

/** scikit-learn's detectors of outliers (isolation forests and the like) give a label of −1 or 1, and `scores`. */
function isOutlierDetector(file: OnnxFile, found: OnnxTensor): boolean {
  return found.name === 'scores' && labelOutput(file)?.name === 'label';
}

type Form = NonNullable<OnnxOptions['form']>;

function formOf(file: OnnxFile, found: OnnxTensor, options: OnnxOptions): Form {
  const made = scoresOf(file, found.name);
  if (options.form === 'probability' && made === 'margin') {
    throw refuse(`output "${found.name}" is no probability: the classifier that makes it ends without one`);
  }
  if (options.form) return options.form;
  if (made === 'margin') return 'margin';
  if (made === 'probability' || /prob|sigmoid|softmax/i.test(found.name)) return 'probability';
  throw refuse(`say whether output "${found.name}" is a probability or log-odds`);
}

interface Seen {
  /** Numbers a row. */
  width: number;
  rows: number[][];
  /** The file's own label of each row, where it gives one. */
  labels: string[] | undefined;
}

const PROBES = 64;

/** What the file says of rows near its reference and far from it. */
function tried(file: OnnxFile, found: OnnxTensor, head: Omit<OnnxHead, 'output'>, body: Uint8Array): Seen {
  const run = onnxRunner(head, body);
  const label = labelOutput(file);
  const rows: number[][] = [];
  const labels: string[] = [];
  for (const vector of probes(head)) {
    const scores = Array.from(run(vector, 1, found.name).data, Number);
    if (scores.length > 2)
      throw refuse(`output "${found.name}" has ${scores.length} numbers a row; two classes have 1 or 2`);
    rows.push(scores);
    if (label) labels.push(String(run(vector, 1, label.name).data[0]));
  }
  return { width: rows[0].length, rows, labels: label ? labels : undefined };
}

function probes({ reference, scaling }: Omit<OnnxHead, 'output'>): Float64Array[] {
  let state = 20261130;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const steps = [0, 0.3, 1, 3, 10, 1000];
  return Array.from({ length: PROBES }, (_, i) =>
    Float64Array.from(reference, (value, feature) => {
      const unit = scaling ? scaling.scale[feature] : Math.max(1, Math.abs(value ?? 0) / 4);
      const middle = scaling ? scaling.mean[feature] : (value ?? 0);
      return middle + (random() * 4 - 2) * unit * steps[i % steps.length];
    }),
  );
}

/** Rounding of float32, and then some. */
const NEAR = 1e-4;

/** A name may say "probability" where the numbers say otherwise. */
function checkScores({ width, rows }: Seen, { name }: OnnxTensor, form: Form): void {
  if (form !== 'probability') return;
  const bad = rows.find((row) => {
    const inside = row.every((p) => p >= -NEAR && p <= 1 + NEAR);
    return !inside || (width === 2 && Math.abs(row[0] + row[1] - 1) > NEAR);
  });
  if (!bad) return;
  const shown = bad.map((p) => Number(p.toPrecision(4))).join(' and ');
  throw refuse(
    `output "${name}" holds no probabilities: it gave ${shown}. Scores that only order payments need labelled rows ` +
      '(--output-form margin --calibrate rows.csv); log-odds are taken by --output-form log-odds',
  );
}

function outlierOutput(seen: Seen, { name }: OnnxTensor, form: Form): FoundOutput {
  const agree = seen.labels?.every((label, i) => seen.rows[i][0] === 0 || label === (seen.rows[i][0] < 0 ? '-1' : '1'));
  if (!agree || seen.width !== 1) {
    throw refuse(
      `output "${name}" looks like a detector of outliers, but its labels are not −1 for scores below 0 and else 1`,
    );
  }
  return {
    output: { name, column: 0, form: 'log-odds', negate: true },
    margin: form === 'margin',
    notes: ['It detects outliers: scores below 0 are unusual, as scikit-learn documents, so less is likelier fraud.'],
  };
}

function placeOfFraud(
  stated: string[] | undefined,
  asked: string | undefined,
  width: number,
  { producer }: OnnxFile,
  name: string,
): { place: number; note?: string } {
  if (stated) {
    const place = fraudPlace(stated, asked, FORMAT);
    const how = asked === undefined ? 'by its name' : 'as asked for';
    return { place, note: `Fraud is the class "${stated[place]}" (${how}); the other is "${stated[1 - place]}".` };
  }
  if (asked === undefined && width === 1) {
    if (producer === 'assay') return { place: 1 };
    return { place: 1, note: `The file names no classes: output "${name}" is taken as the probability of fraud.` };
  }
  if (asked === '0' || asked === '1') return { place: Number(asked) };
  throw refuse(
    `output "${name}" has ${width === 1 ? 'one number' : 'two numbers'} a row and the file names no classes: say which is ` +
      'fraud by its place (--fraud-class 0 or 1)',
  );
}

/** The number of a row that speaks for the class at `place`; negated where the only one speaks for the other class. */
function columnOf(
  place: number,
  seen: Seen,
  classes: string[] | undefined,
  { name }: OnnxTensor,
  form: Form,
): { column: number; negate: boolean } {
  if (seen.width === 2) {
    if (
      classes &&
      disagrees(
        seen,
        classes,
        (row) => (row[1] > row[0] ? 1 : 0),
        (row) => row[1] - row[0],
      )
    ) {
      throw refuse(`the labels that the file gives do not go with the columns of output "${name}"`);
    }
    return { column: place, negate: false };
  }
  const middle = form === 'probability' ? 0.5 : 0;
  const above = (row: number[]) => row[0] - middle;
  const speaksFor = (side: number) => !disagrees(seen, classes!, (row) => (above(row) > 0 ? side : 1 - side), above);
  // Without labels to compare with, one number speaks for the second class, as libraries have it.
  const side = !classes || !seen.labels || speaksFor(1) ? 1 : speaksFor(0) ? 0 : undefined;
  if (side === undefined)
    throw refuse(`output "${name}" holds one number, and the file's labels do not tell of which class`);
  return { column: 0, negate: side !== place };
}

/** Whether most rows that are not close have another label than the scores would have. */
function disagrees(
  { rows, labels }: Seen,
  classes: string[],
  placeOf: (row: number[]) => number,
  distance: (row: number[]) => number,
): boolean {
  // ONNX Runtime gives places instead of labels for CatBoost's whole numbers: what is no class of the file tells nothing.
  if (!labels?.every((label) => classes.some((name) => sameLabel(name, label)))) return false;
  const clear = rows.flatMap((row, i) => (Math.abs(distance(row)) > 0.01 ? [[placeOf(row), labels[i]] as const] : []));
  const wrong = clear.filter(([place, label]) => !sameLabel(classes[place], label)).length;
  return wrong * 2 > clear.length;
}

/** A file trained on True and False lists its classes as 1 and 0, and gives labels of either kind. */
function sameLabel(a: string, b: string): boolean {
  const plain = (text: string) => ({ true: '1', false: '0' })[text.toLowerCase()] ?? text;
  return plain(a) === plain(b);
}
