/**
 * Models as ONNX files: opset 17 of ai.onnx and 3 of ai.onnx.ml, so ONNX Runtime 1.12 and later run them.
 *
 *   features      float32 [rows, features], in the order of the metadata `feature_names`; NaN is a missing value
 *   raw           float32 [rows, 1]: log-odds before calibration
 *   probability   float32 [rows, 1]: calibrated
 */
import type { ArtifactHead } from '../artifact.ts';
import { decodeEnsemble } from '../ensemble.ts';
import { decodeForest, FOREST_FLOOR } from '../forest.ts';
import { decodeLogistic } from '../logistic.ts';
import { decodeNetwork } from '../network.ts';
import { decodeTrees } from '../trees.ts';
import { refusal } from './foreign.ts';
import { decodeImportedTrees } from './imported-trees.ts';
import { createGraph, ELEMENT, type Graph } from './onnx-graph.ts';
import { addCalibration, addLogistic, addLogOdds, addNetwork } from './onnx-inputs.ts';
import { addColumns, addTrees, moveColumns } from './onnx-trees.ts';

/** What a model is added to: `x` is float32 [rows, features]. */
interface Target {
  graph: Graph;
  x: string;
  /** Whether a difference of 1e-6 in the raw score matters. */
  exact: boolean;
}

/** Appends a model; returns its raw score, float64 [rows, 1]. */
type Exporter = (target: Target, head: Record<string, unknown>, body: Uint8Array) => string;

const EXPORTERS: Record<string, Exporter> = {
  trees: ({ graph, x }, head, body) => addTrees(graph, decodeTrees(head, body), x),
  isolation: ({ graph, x }, head, body) => addTrees(graph, decodeTrees(head, body), x),
  forest: ({ graph, x }, head, body) => addLogOdds(graph, addTrees(graph, decodeForest(head, body), x), FOREST_FLOOR),
  'imported-trees': ({ graph, x }, head, body) => {
    const { ensemble, features, columns } = decodeImportedTrees(head, body);
    const lengthened = addColumns(graph, columns, features, x);
    return addTrees(graph, moveColumns(ensemble, lengthened.placeOf), lengthened.x);
  },
  logistic: ({ graph, x }, head) => addLogistic(graph, decodeLogistic(head), x),
  network: ({ graph, x, exact }, head, body) => addNetwork(graph, decodeNetwork(head, body), x, exact),
  ensemble: (target, head, body) => {
    const { graph } = target;
    const { intercept, members } = decodeEnsemble(head, body);
    const scalar = (value: number) => graph.constant(Float64Array.of(value), [1, 1]);
    return members.reduce((sum, member) => {
      const score = addModel(target, member.kind, member.head, member.body);
      return graph.op('Add', [sum, graph.op('Mul', [score, scalar(member.weight)])]);
    }, scalar(intercept));
  },
};

function addModel(target: Target, kind: string, head: Record<string, unknown>, body: Uint8Array): string {
  const add = EXPORTERS[kind];
  if (!add) throw refusal('ONNX export', `models of kind "${kind}" cannot be exported`);
  return add(target, head, body);
}

export interface ExportRequest {
  head: ArtifactHead;
  version: string;
  body: Uint8Array;
}

/** Throws `invalid_request` for a kind of model that has no form in ONNX. */
export function exportOnnx({ head, version, body }: ExportRequest): Uint8Array {
  const graph = createGraph();
  // Between two points of an isotonic calibration a probability may rise steeply.
  const exact = head.calibration.kind === 'isotonic';
  const score = addModel({ graph, x: 'features', exact }, head.kind, head.model, body);
  graph.op('Cast', [score], { to: { int: ELEMENT.float } }, 'raw');
  const probability = addCalibration(graph, head.calibration, score);
  graph.op('Cast', [probability], { to: { int: ELEMENT.float } }, 'probability');
  const column = (name: string) => ({ name, type: ELEMENT.float, dims: ['rows', 1] });
  return graph.finish(
    [{ name: 'features', type: ELEMENT.float, dims: ['rows', head.features.length] }],
    [column('raw'), column('probability')],
    {
      name: head.name,
      producer: 'assay',
      description: 'features → raw (log-odds) and probability (calibrated) of fraud',
      metadata: {
        feature_names: JSON.stringify(head.features.map(({ name }) => name)),
        feature_schema: head.featureSchema,
        model_version: version,
        model_kind: head.kind,
        thresholds: JSON.stringify(head.thresholds),
      },
    },
  );
}
