/** Tells the formats of model files apart and reads those made of trees. */
import { isCatboost, readCatboost } from './catboost.ts';
import { type ForeignModel, refusal, TOOLS } from './foreign.ts';
import { fraudPlace } from './fraud-class.ts';
import { isLightgbm, type ReadTreesOptions, readLightgbm } from './lightgbm.ts';
import { readUbjson } from './ubjson.ts';
import { readXgboost } from './xgboost.ts';

export type FileFormat = 'lightgbm' | 'json' | 'xgboost-ubj' | 'pmml' | 'onnx';

/** Files that are known and not read: how they begin (bytes as Windows-1252 has them), and what to do. */
const OTHERS: [string, string][] = [
  ['CBM1', "this is CatBoost's binary format: save_model(file, format='json') is read"],
  ['\u20ac', 'this is a Python pickle, which runs code when it is read: save the model as ONNX or in its own format'],
  ['PK\u0003\u0004', 'this is a zip file (Keras, PyTorch, skops or joblib): export the model to ONNX'],
  ['\u2030HDF', 'this is an HDF5 file of Keras: export the model to ONNX'],
  ['binf', "this is XGBoost's old binary format: save_model with a name that ends in .json is read"],
  ['booster[', "this is XGBoost's dump (dump_model), which lacks the objective: save_model's JSON is read"],
  ['[', "this is a list, such as XGBoost's dump (get_dump), which lacks the objective: save_model's JSON is read"],
];

/** By content, not by name. Throws `invalid_request` for what is none of them, naming the tool that wrote it where known. */
export function formatOf(bytes: Uint8Array): FileFormat {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 64));
  if (isLightgbm(start)) return 'lightgbm';
  // An object begins with "{" in both; in UBJSON a length marker follows, in JSON a quote or a space.
  if (/^\s*\{\s*["}]/.test(start)) return 'json';
  if (/^\{[iUIlL$#]/.test(start)) return 'xgboost-ubj';
  // A byte order mark may come first.
  if (/^(?:ï»¿)?\s*<(\?xml|PMML)/.test(start)) return 'pmml';
  const other = OTHERS.find(([beginning]) => start.trimStart().startsWith(beginning));
  if (other) throw refusal('model file', other[1]);
  // The first field of an ONNX file is ir_version, a number.
  if (bytes[0] === 0x08) return 'onnx';
  throw refusal('model file', 'not a LightGBM text, XGBoost JSON or UBJSON, CatBoost JSON, PMML, or ONNX model');
}

export interface TreesOptions extends ReadTreesOptions {
  /** The label that is fraud; the place, 0 or 1, where the file names none. */
  fraudClass?: string;
}

/** Throws `invalid_request`, naming what is not supported or malformed. */
export function readTreesFile(bytes: Uint8Array, options: TreesOptions = {}): ForeignModel {
  const read = readAny(bytes, options);
  if (options.missing !== undefined && read.format !== 'xgboost') {
    throw refusal(TOOLS[read.format], '--missing is for XGBoost: this file says itself what is missing');
  }
  return towardsFraud(read, options.fraudClass);
}

function readAny(bytes: Uint8Array, options: TreesOptions): ForeignModel {
  switch (formatOf(bytes)) {
    case 'lightgbm':
      return readLightgbm(new TextDecoder().decode(bytes), options);
    case 'json':
      return readJson(bytes, options);
    case 'xgboost-ubj':
      return readXgboost(readUbjson(bytes), options);
    default:
      throw refusal('model file', 'ONNX and PMML models hold more than trees');
  }
}

function readJson(bytes: Uint8Array, options: TreesOptions): ForeignModel {
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw refusal('model file', 'it begins like JSON, but is not valid JSON');
  }
  if (isCatboost(file)) return readCatboost(file, options);
  if (file.tree_info !== undefined) {
    throw refusal('LightGBM', "this is its dump (dump_model): save_model's text is read");
  }
  if (file.learner !== undefined) return readXgboost(file, options);
  throw refusal('model file', 'JSON, but neither of XGBoost ("learner") nor of CatBoost ("features_info" and trees)');
}

/** The same trees, their sum speaking for fraud. */
function towardsFraud(model: ForeignModel, asked: string | undefined): ForeignModel {
  const tool = TOOLS[model.format];
  // XGBoost and LightGBM write numbers, whatever the labels were before.
  const classes = model.classes ?? ['0', '1'];
  const place = fraudPlace(classes, asked, tool);
  const told = model.classes
    ? `Fraud is the class "${classes[place]}"; the other is "${classes[1 - place]}".`
    : asked === undefined
      ? `${tool} writes no names of classes: 1 is taken for fraud. Where it was trained on words, these were numbered in the order of the alphabet (--fraud-class 0).`
      : `Fraud is the class ${place} of 0 and 1.`;
  const notes = [told, ...model.notes];
  if (place === 1) return { ...model, notes };
  const trees = model.trees.map((tree) => ({
    ...tree,
    leaves: tree.leaves.map(({ value, cover }) => ({ value: -value, cover })),
  }));
  return { ...model, notes, base: -model.base, trees };
}
