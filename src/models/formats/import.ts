/** A model file of another library as an artifact of ours. */
import type { ArtifactHead } from '../artifact.ts';
import { featureSchemaHash, sha256 } from '../canonical.ts';
import type { FeatureStatistics } from '../model.ts';
import { type ForeignModel, refusal, TOOLS } from './foreign.ts';
import type { ImportedPart, ImportRequest } from './import-request.ts';
import { assembleTrees, encodeImportedTrees, importedImportance } from './imported-trees.ts';
import { importOnnx } from './onnx-import.ts';
import { importPmml } from './pmml/import.ts';
import { formatOf, readTreesFile } from './read.ts';

export interface ImportedModel {
  head: ArtifactHead;
  body: Uint8Array;
  /** What the reader should know, one sentence each. */
  notes: string[];
}

/** Throws `invalid_request`, naming what is not supported, and `unavailable` where a runtime is missing. */
export function importModel(request: ImportRequest): ImportedModel {
  const { bytes, name, thresholds, codeVersion } = request;
  const { format, served, part } = partOf(request);
  const head: ArtifactHead = {
    name,
    kind: part.kind,
    features: served.features,
    featureSchema: featureSchemaHash(served.features),
    encodings: served.encodings,
    statistics: served.statistics,
    calibration: part.calibration,
    thresholds,
    lineage: {
      dataSha256: '',
      rows: 0,
      frauds: 0,
      from: 0,
      to: 0,
      seed: 0,
      options: { imported: { format, fileSha256: sha256(bytes), ...part.options } },
      codeVersion,
    },
    metrics: {},
    importance: part.importance,
    model: part.model,
  };
  return { head, body: part.body, notes: part.notes };
}

type Served = NonNullable<ImportRequest['served']>;

function partOf(request: ImportRequest): { format: string; served: Served; part: ImportedPart } {
  const format = formatOf(request.bytes);
  if (format === 'onnx') return onnxPart(request);
  if (format !== 'pmml') return treesPart(request);
  const read = importPmml(request.bytes, { ...request.onnx, names: request.names }, (names) => {
    const served = request.served ?? unknownFeatures(names);
    return { served, places: placesOf(names, served) };
  });
  return { format, ...read };
}

function treesPart(request: ImportRequest): { format: string; served: Served; part: ImportedPart } {
  const foreign = readTreesFile(request.bytes, {
    rounds: request.rounds,
    missing: request.missing,
    fraudClass: request.onnx?.fraudClass,
  });
  const names = request.names ?? foreign.names;
  if (names.length !== foreign.names.length) {
    throw refusal('import', `${names.length} names were given for ${foreign.names.length} features`);
  }
  const served = request.served ?? unknownFeatures(names);
  const places = placesOf(names, served);
  refuseEncoded(foreign, places, served);
  const imported = assembleTrees({ ...foreign, names }, places, served.features.length);
  const { kind, head, body } = encodeImportedTrees(imported);
  const { calibration, options, notes } = foreign;
  const importance = importedImportance(imported);
  return { format: foreign.format, served, part: { kind, model: head, body, calibration, importance, options, notes } };
}

function onnxPart(request: ImportRequest): { format: string; served: Served; part: ImportedPart } {
  const servedNames = request.served?.features.map(({ name }) => name);
  const options = { ...request.onnx, names: request.names, servedNames };
  const read = importOnnx(request.bytes, options, (names) => {
    const served = request.served ?? unknownFeatures(names);
    return { served, places: placesOf(names, served) };
  });
  return { format: 'onnx', ...read };
}

/**
 * A split on categories asks for a code of the file's own, but an encoded feature holds how often its word was fraud:
 * comparing the two would be quietly wrong.
 */
function refuseEncoded(foreign: ForeignModel, places: Int32Array, { features }: Served): void {
  const asked = new Set(
    foreign.trees
      .flatMap(({ splits }) => splits.filter(({ decision }) => decision.kind === 'set'))
      .map((s) => s.feature),
  );
  for (const feature of asked) {
    const served = features[places[feature]];
    if (served?.operation !== 'encoding') continue;
    throw refusal(
      TOOLS[foreign.format],
      `"${served.name}" is served as a number (how often this word was fraud), but the file splits it by categories: train on the numbers`,
    );
  }
}

/** Features of which only the names are known. */
function unknownFeatures(names: string[]): Served {
  if (new Set(names).size !== names.length) throw refusal('import', 'two features have the same name');
  const nothing: FeatureStatistics = {
    mean: Number.NaN,
    deviation: Number.NaN,
    p01: Number.NaN,
    p50: Number.NaN,
    p99: Number.NaN,
    missing: Number.NaN,
  };
  return { features: names.map((name) => ({ name })), encodings: {}, statistics: names.map(() => nothing) };
}

/** What LightGBM, XGBoost and data frames call features that were given no names. */
const NAMELESS = /^(Column_|f)?\d+$/;

/**
 * Where each of the file's features lies in the vector, −1 where it does not: by name, or all in order where none has a
 * name.
 */
function placesOf(names: string[], { features }: Served): Int32Array {
  // LightGBM writes names with underscores for spaces.
  const plain = (name: string) => name.replaceAll(/\s/g, '_');
  const places = new Map(features.map(({ name }, i) => [plain(name), i]));
  if (names.every((name) => NAMELESS.test(name) && !places.has(plain(name)))) {
    if (names.length !== features.length) {
      throw refusal('import', `the file has ${names.length} features without names, but ${features.length} are served`);
    }
    return Int32Array.from(names, (_, i) => i);
  }
  return Int32Array.from(names, (name) => places.get(plain(name)) ?? -1);
}
