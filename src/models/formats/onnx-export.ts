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

/** Appends a model over `x`, float32 [rows, features]; returns its raw score, float64 [rows, 1]. */
type Exporter = (graph: Graph, head: Record<string, unknown>, body: Uint8Array, x: string) => string;

const EXPORTERS: Record<string, Exporter> = {
  trees: (graph, head, body, x) => addTrees(graph, decodeTrees(head, body), x),
  isolation: (graph, head, body, x) => addTrees(graph, decodeTrees(head, body), x),
  forest: (graph, head, body, x) => addLogOdds(graph, addTrees(graph, decodeForest(head, body), x), FOREST_FLOOR),
  'imported-trees': (graph, head, body, x) => {
    const { ensemble, features, columns } = decodeImportedTrees(head, body);
    const lengthened = addColumns(graph, columns, features, x);
    return addTrees(graph, moveColumns(ensemble, lengthened.placeOf), lengthened.x);
  },
  logistic: (graph, head, _body, x) => addLogistic(graph, decodeLogistic(head), x),
  network: (graph, head, body, x) => addNetwork(graph, decodeNetwork(head, body), x),
  ensemble: (graph, head, body, x) => {
    const { intercept, members } = decodeEnsemble(head, body);
    const scalar = (value: number) => graph.constant(Float64Array.of(value), [1, 1]);
    return members.reduce((sum, member) => {
      const score = addModel(graph, member.kind, member.head, member.body, x);
      return graph.op('Add', [sum, graph.op('Mul', [score, scalar(member.weight)])]);
    }, scalar(intercept));
  },
};

function addModel(graph: Graph, kind: string, head: Record<string, unknown>, body: Uint8Array, x: string): string {
  const add = EXPORTERS[kind];
  if (!add) throw refusal('ONNX export', `models of kind "${kind}" cannot be exported`);
  return add(graph, head, body, x);
}

export interface ExportRequest {
  head: ArtifactHead;
  version: string;
  body: Uint8Array;
}

/** Throws `invalid_request` for a kind of model that has no form in ONNX. */
export function exportOnnx({ head, version, body }: ExportRequest): Uint8Array {
  const graph = createGraph();
  const score = addModel(graph, head.kind, head.model, body, 'features');
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
