/** Tells the formats of model files apart and reads those made of trees. */

import { type ForeignModel, refusal } from './foreign.ts';
import { isLightgbm, type ReadTreesOptions, readLightgbm } from './lightgbm.ts';
import { readUbjson } from './ubjson.ts';
import { readXgboost } from './xgboost.ts';

export type FileFormat = 'lightgbm' | 'xgboost-json' | 'xgboost-ubj' | 'onnx';

/** By content, not by name. Throws `invalid_request` for what is none of them. */
export function formatOf(bytes: Uint8Array): FileFormat {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 64));
  if (isLightgbm(start)) return 'lightgbm';
  // An object begins with "{" in both; in UBJSON a length marker follows, in JSON a quote or a space.
  if (/^\s*\{\s*["}]/.test(start)) return 'xgboost-json';
  if (/^\{[iUIlL$#]/.test(start)) return 'xgboost-ubj';
  // The first field of an ONNX file is ir_version, a number.
  if (bytes[0] === 0x08) return 'onnx';
  throw refusal('model file', 'not a LightGBM text, XGBoost JSON or UBJSON, or ONNX model');
}

/** Throws `invalid_request`, naming what is not supported or malformed. */
export function readTreesFile(bytes: Uint8Array, options: ReadTreesOptions = {}): ForeignModel {
  const format = formatOf(bytes);
  switch (format) {
    case 'lightgbm':
      return readLightgbm(new TextDecoder().decode(bytes), options);
    case 'xgboost-json': {
      let file: unknown;
      try {
        file = JSON.parse(new TextDecoder().decode(bytes));
      } catch {
        throw refusal('XGBoost', 'the file is not valid JSON');
      }
      return readXgboost(file, options);
    }
    case 'xgboost-ubj':
      return readXgboost(readUbjson(bytes), options);
    default:
      throw refusal('model file', 'ONNX models hold more than trees');
  }
}
