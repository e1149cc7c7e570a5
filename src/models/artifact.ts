/**
 * A model on disk: `model.json` says what it is, `model.bin` holds its numbers (arrays.ts). Its version is the hash of
 * both, so the same training gives the same version, and whatever is damaged or changed no longer loads.
 *
 *   version = first 16 hex digits of SHA-256(canonical JSON of the head without `version`), the head holding bodySha256
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AssayError } from '../domain/errors.ts';
import type { OwnSchema } from '../domain/own-columns.ts';
import { type Calibration, calibrator } from './calibrator.ts';
import { canonicalJson, featureSchemaHash, sha256 } from './canonical.ts';
import { decodeEnsemble, ensembleScorer } from './ensemble.ts';
import { decodeForest, forestScorer } from './forest.ts';
import { decodeImportedTrees, importedTreesModel } from './formats/imported-trees.ts';
import { decodeOnnx, onnxScorer } from './formats/onnx-model.ts';
import { decodePmml, pmmlScorer } from './formats/pmml/scorer.ts';
import { decodeLogistic, logisticScorer } from './logistic.ts';
import type { FeatureStatistics, Model, Thresholds } from './model.ts';
import { decodeNetwork, networkScorer } from './network.ts';
import { decodeTrees, treesModel } from './trees.ts';

export const ARTIFACT_FORMAT = 1;

/** Where a model comes from. Times are those of the data, in milliseconds; never the clock, so that versions repeat. */
export interface Lineage {
  /** Hex SHA-256 of the training file as it was read. */
  dataSha256: string;
  rows: number;
  frauds: number;
  /** Event times of the first and the last training row. */
  from: number;
  to: number;
  seed: number;
  /** Of the learner and of the training around it. */
  options: Record<string, unknown>;
  codeVersion: string;
}

/** What the trainer hands over, besides the numbers in the body. */
export interface ArtifactHead {
  name: string;
  /** How head.model and the body are read, such as `trees`. */
  kind: string;
  /** Feature definitions in the order of the vector, opaque here but for their names. */
  features: ({ name: string } & Record<string, unknown>)[];
  /** Columns of one's own that they read, by name: what a server must be told to serve it. */
  schema?: OwnSchema;
  /** `featureSchemaHash(features)`. */
  featureSchema: string;
  /** Codes of words learnt in training, by what they encode; opaque here. */
  encodings: Record<string, unknown>;
  statistics: FeatureStatistics[];
  calibration: Calibration;
  thresholds: Thresholds;
  lineage: Lineage;
  /** Measures that depend on data alone: no durations, or versions would not repeat. */
  metrics: Record<string, unknown>;
  /** Gain and number of splits, or the like, by feature. */
  importance?: Record<string, unknown>;
  /** The learner's own head. */
  model: Record<string, unknown>;
}

export interface LoadedModel extends Model {
  /** Feature definitions as they were in training. */
  catalogue: unknown[];
  encodings: Record<string, unknown>;
  head: ArtifactHead;
}

export interface LoadExpectations {
  /** The server's feature schema; another one is refused. */
  featureSchema?: string;
  version?: string;
}

type Decoder = (head: Record<string, unknown>, body: Uint8Array) => Pick<Model, 'score' | 'explain'>;

/** Every kind of model that can be served. */
const DECODERS: Record<string, Decoder> = {
  trees: (head, body) => treesModel(decodeTrees(head, body)),
  forest: (head, body) => forestScorer(decodeForest(head, body)),
  isolation: (head, body) => treesModel(decodeTrees(head, body)),
  logistic: (head) => logisticScorer(decodeLogistic(head)),
  network: (head, body) => networkScorer(decodeNetwork(head, body)),
  'imported-trees': (head, body) => importedTreesModel(decodeImportedTrees(head, body)),
  onnx: (head, body) => onnxScorer(decodeOnnx(head), body),
  pmml: (head, body) => pmmlScorer(decodePmml(head), body),
  ensemble(head, body) {
    const { intercept, members } = decodeEnsemble(head, body);
    const scored = members.map(({ weight, kind, head, body }) => ({ weight, scorer: decodeMember(kind, head, body) }));
    return ensembleScorer(intercept, scored);
  },
};

function decodeMember(kind: string, head: Record<string, unknown>, body: Uint8Array) {
  const decode = DECODERS[kind];
  if (!decode) throw new AssayError('invalid_request', `ensemble: kind "${kind}" of a member is not known`);
  return decode(head, body);
}

/** The version that `saveArtifact` would give. */
export function artifactVersion(head: ArtifactHead, body: Uint8Array): string {
  return sha256(canonicalJson(sealed(head, body))).slice(0, 16);
}

/** Writes model.json and model.bin into `dir`, each whole or not at all, and returns the version. */
export function saveArtifact(dir: string, head: ArtifactHead, body: Uint8Array): string {
  checkHead(head);
  const version = artifactVersion(head, body);
  mkdirSync(dir, { recursive: true });
  // The head goes last: a directory whose head is there is complete.
  writeWhole(join(dir, 'model.bin'), body);
  const text = JSON.stringify({ version, ...(JSON.parse(canonicalJson(sealed(head, body))) as object) }, undefined, 1);
  writeWhole(join(dir, 'model.json'), `${text}\n`);
  return version;
}

/** Reads and verifies a model. Throws `invalid_request` or `not_found` with the reason; it never serves by halves. */
export function loadArtifact(dir: string, expected: LoadExpectations = {}): LoadedModel {
  const refuse = (why: string) => new AssayError('invalid_request', `model in ${dir}: ${why}`);
  const text = read(join(dir, 'model.json'), dir).toString('utf8');
  const body = new Uint8Array(read(join(dir, 'model.bin'), dir));
  let stored: StoredHead;
  try {
    stored = JSON.parse(text) as StoredHead;
  } catch {
    throw refuse('model.json is not JSON');
  }
  if (stored === null || typeof stored !== 'object') throw refuse('model.json is not an object');
  const { version, format, bodySha256, ...rest } = stored;
  if (format !== ARTIFACT_FORMAT)
    throw refuse(`format ${String(format)} is not known; this release reads ${ARTIFACT_FORMAT}`);
  if (sha256(body) !== bodySha256) throw refuse('model.bin is damaged: its hash is not the one in model.json');
  if (sha256(canonicalJson({ format, bodySha256, ...rest })).slice(0, 16) !== version) {
    throw refuse('model.json is damaged or was edited: its hash is not its version');
  }
  if (expected.version !== undefined && expected.version !== version) {
    throw refuse(`is version ${version}, not ${expected.version}`);
  }
  const head: ArtifactHead = rest;
  checkHead(head);
  expectFeatureSchema(head, expected.featureSchema);
  const decode = DECODERS[head.kind];
  if (!decode) throw refuse(`kind "${head.kind}" is not known`);
  const statistics = head.statistics.map(restoreMissing);
  return {
    name: head.name,
    version,
    featureSchema: head.featureSchema,
    features: head.features.map(({ name }) => name),
    thresholds: head.thresholds,
    statistics,
    ...decode(head.model, body),
    calibrate: calibrator(head.calibration),
    catalogue: head.features,
    encodings: head.encodings,
    head: { ...head, statistics },
  };
}

/** Refuses a model that was trained on other features than those served. */
export function expectFeatureSchema(model: { featureSchema: string; name: string }, schema: string | undefined): void {
  if (schema !== undefined && schema !== model.featureSchema) {
    throw new AssayError(
      'invalid_request',
      `model "${model.name}" was trained on feature schema ${model.featureSchema}, but ${schema} is served`,
    );
  }
}

type StoredHead = ArtifactHead & { version: string; format: number; bodySha256: string };

function sealed(head: ArtifactHead, body: Uint8Array): Record<string, unknown> {
  return { ...head, format: ARTIFACT_FORMAT, bodySha256: sha256(body) };
}

function checkHead(head: ArtifactHead): void {
  const refuse = (why: string) => new AssayError('invalid_request', `model head: ${why}`);
  if (!Array.isArray(head.features) || !Array.isArray(head.statistics))
    throw refuse('features or statistics are missing');
  if (featureSchemaHash(head.features) !== head.featureSchema)
    throw refuse('featureSchema is not the hash of features');
  if (head.statistics.length !== head.features.length) throw refuse('one statistic per feature is needed');
  if (typeof head.model !== 'object' || head.model === null) throw refuse('the model is missing');
  const { review, decline } = head.thresholds;
  if (!(review >= 0 && review <= decline)) throw refuse('thresholds must be 0 ≤ review ≤ decline');
  calibrator(head.calibration);
}

/** JSON has no NaN: the statistics of a feature that was never present are null on disk. */
function restoreMissing(statistics: FeatureStatistics): FeatureStatistics {
  const entries = Object.entries(statistics).map(([key, value]) => [key, value ?? Number.NaN]);
  return Object.fromEntries(entries) as FeatureStatistics;
}

function read(path: string, dir: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new AssayError('not_found', `no model in ${dir}: ${path} does not exist`);
    throw error;
  }
}

function writeWhole(path: string, data: string | Uint8Array): void {
  const temporary = join(dirname(path), `.${path.split('/').at(-1)}.part`);
  try {
    writeFileSync(temporary, data, { flush: true });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
