/** Reads how an ONNX file wants its inputs and what its outputs mean, and tries it once. */
import { KEPT_ALL, refusal } from './foreign.ts';
import type { ImportedPart, ImportRequest, OnnxOptions } from './import-request.ts';
import { medianOf } from './medians.ts';
import { type OnnxFile, type OnnxTensor, readOnnxFile, withoutZipMap } from './onnx-file.ts';
import { ELEMENT_TYPES, type OnnxHead, type OnnxInput, onnxScorer } from './onnx-model.ts';
import type { OnnxNode } from './onnx-nodes.ts';
import { findOutput } from './onnx-output.ts';

type Names = { names?: string[]; servedNames?: string[] };
type Served = NonNullable<ImportRequest['served']>;

const refuse = (what: string) => refusal('ONNX import', what);

/**
 * `place` turns the file's names into what is served and where each lies. Throws `invalid_request` for inputs or
 * outputs that are not rows of numbers, and `unavailable` without the runtime, as the file is run once to see that it
 * works.
 */
export function importOnnx(
  bytes: Uint8Array,
  options: OnnxOptions & Names,
  place: (names: string[]) => { served: Served; places: Int32Array },
): { served: Served; part: ImportedPart } {
  const body = withoutZipMap(bytes);
  const file = readOnnxFile(body);
  if (file.external) throw refuse('its weights lie in other files: save the model as one file');
  refuseSteps(file);
  const names = namesOf(file, options);
  const { served, places } = place(names);
  const lacking = names.filter((_, i) => places[i] < 0);
  if (lacking.length > 0)
    throw refuse(`the model needs features that are not served: ${lacking.join(', ')}${KEPT_ALL}`);
  const features = served.features.length;
  const start: Omit<OnnxHead, 'output'> = {
    format: 1,
    features,
    inputs: inputsOf(file, names.length, places),
    batches: file.inputs.every(({ dims }) => typeof dims?.[0] !== 'number'),
    fill: new Array<number | null>(features).fill(options.fill ?? null),
    scaling: options.scaling ? scalingOf(options.scaling, places, features) : null,
    reference: served.statistics.map(medianOf),
  };
  // Classes are read from the file as it came: a ZipMap names them.
  const { output, margin, notes } = findOutput({ ...file, nodes: readOnnxFile(bytes).nodes }, options, start, body);
  if (margin && !options.calibrated) {
    throw refuse(
      `output "${output.name}" gives margins, not probabilities: --calibrate rows.csv fits what they mean to rows with labels`,
    );
  }
  const head: OnnxHead = { ...start, output };
  notes.push(...tried(head, body, file, options.fill));
  const { producer, opsets } = file;
  return {
    served,
    part: {
      kind: 'onnx',
      model: head as unknown as Record<string, unknown>,
      body,
      calibration: { kind: 'none' },
      options: { producer, opsets, output: head.output },
      notes,
    },
  };
}

/** Given, in the metadata `feature_names`, the names of inputs of one column each, or those that are served. */
function namesOf(file: OnnxFile, { names, servedNames }: Names): string[] {
  const widths = file.inputs.map(widthOf);
  const width = widths.every((w) => w !== undefined) ? widths.reduce((sum, w) => sum + w, 0) : undefined;
  const known = [
    names,
    namesInMetadata(file.metadata.feature_names),
    widths.length > 1 && widths.every((w) => w === 1) ? file.inputs.map(({ name }) => name) : undefined,
    servedNames,
  ].find((list) => list !== undefined && (width === undefined || list.length === width));
  if (!known) throw refuse(`say the names of its ${width ?? ''} features, in order (--features)`);
  return known;
}

function namesInMetadata(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((name) => typeof name === 'string') ? list : undefined;
  } catch {
    return text.split(',').map((name) => name.trim());
  }
}

/** Columns of an input; undefined where the caller chooses. */
function widthOf({ name, type, dims }: OnnxTensor): number | undefined {
  if (type === undefined || !(type in ELEMENT_TYPES)) throw refuse(`input "${name}" is not numbers`);
  if (dims && dims.length > 2) {
    throw refuse(
      `input "${name}" has ${dims.length} dimensions; rows of features have two (sequences are not supported)`,
    );
  }
  if (dims?.length === 1) return 1;
  return typeof dims?.[1] === 'number' ? dims[1] : undefined;
}

function inputsOf(file: OnnxFile, total: number, places: Int32Array): OnnxInput[] {
  const open = file.inputs.filter((input) => widthOf(input) === undefined).length;
  if (file.inputs.length === 0 || open > 1) throw refuse('the widths of its inputs are not known');
  const known = file.inputs.reduce((sum, input) => sum + (widthOf(input) ?? 0), 0);
  let at = 0;
  return file.inputs.map((input) => {
    const width = widthOf(input) ?? total - known;
    const columns = Array.from(places.subarray(at, (at += width)));
    const type = ELEMENT_TYPES[input.type!];
    const read: OnnxInput = { name: input.name, type, columns, rank: input.dims?.length === 1 ? 1 : 2 };
    // scikit-learn compares in float32, also where its converter was told to take doubles.
    if (type === 'float64' && sklearnTrees(file).length > 0) read.rounded = true;
    return read;
  });
}

function scalingOf(given: { mean: number[]; scale: number[] }, places: Int32Array, features: number) {
  const { mean, scale } = given;
  if (mean?.length !== places.length || scale?.length !== places.length || scale.some((s) => !(s > 0))) {
    throw refuse(`scaling needs a mean and a scale above 0 for each of ${places.length} features`);
  }
  const result = { mean: new Array<number>(features).fill(0), scale: new Array<number>(features).fill(1) };
  places.forEach((place, i) => {
    result.mean[place] = mean[i];
    result.scale[place] = scale[i];
  });
  return result;
}

/** skl2onnx writes an isotonic calibrator as the nearest of its points, where scikit-learn draws lines between them. */
function refuseSteps({ producer, nodes }: OnnxFile): void {
  if (producer !== 'skl2onnx') return;
  const distances = new Set(nodes.filter(({ type }) => type === 'Abs').flatMap(({ outputs }) => outputs));
  if (nodes.some(({ type, inputs }) => type === 'ArgMin' && inputs.some((input) => distances.has(input)))) {
    throw refuse(
      'it holds an isotonic calibrator, which skl2onnx writes as steps (off by up to 0.03): calibrate by sigmoid, or import the model below it with --calibrate rows.csv',
    );
  }
}

/** Trees whose leaves hold shares, as scikit-learn's trees and forests have them. */
function sklearnTrees({ producer, nodes }: OnnxFile): OnnxNode[] {
  if (producer !== 'skl2onnx') return [];
  return nodes.filter(
    (node) => node.type.startsWith('TreeEnsemble') && (node.word('post_transform') ?? 'NONE') === 'NONE',
  );
}

/**
 * scikit-learn's trees and forests are written without the side that missing values go to, whether they were trained on
 * some or not: a value that is handed over as missing comes out anywhere.
 */
function losesMissing(file: OnnxFile): boolean {
  return sklearnTrees(file).some((node) => !node.list('nodes_missing_value_tracks_true')?.includes('1'));
}

/** Scores the reference, and a row of missing values: a file that cannot bear these gets the reference instead. */
function tried(head: OnnxHead, body: Uint8Array, file: OnnxFile, fill: number | undefined): string[] {
  const notes: string[] = [];
  const whole = head.inputs.some(({ type }) => type === 'int32' || type === 'int64');
  const bears = () => {
    try {
      return Number.isFinite(onnxScorer(head, body).score(new Float64Array(head.features).fill(Number.NaN)));
    } catch {
      return false;
    }
  };
  if (fill === undefined && (whole || losesMissing(file) || !bears())) {
    head.fill = head.reference.map((value) => value ?? 0);
    head.reference = head.fill.slice();
    notes.push('The model cannot take missing values: each is replaced by the median, or by 0 where it is not known.');
  }
  const { score } = onnxScorer(head, body);
  score(Float64Array.from(head.reference, (value) => value ?? Number.NaN));
  if (file.metadata.feature_names === undefined)
    notes.push('The file does not name its features: check that their order is right.');
  return notes;
}
