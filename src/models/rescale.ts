/**
 * Attribution of a network by the rescale rule of DeepLIFT (Shrikumar, Greenside and Kundaje 2017), against inputs that
 * are all zero, which is the mean of every feature.
 *
 * Each max(0, z) is replaced by the straight line through its two points, at the reference and at the row: slope
 * (a − a₀) / (z − z₀). With these slopes the network is linear between the two, so that slope × (x − 0) per input sums
 * to the difference of the two outputs, whatever the weights.
 */
import type { DenseLayout } from '../kernel/dense.ts';

/** Below this difference of z the slope of max(0, ·) itself is taken, for a quotient would be rounding errors. */
const SMALL = 1e-9;

/** Writes one contribution per padded input; allocates nothing per call. */
export function rescaleAttribution(layout: DenseLayout, parameters: Float32Array) {
  const { widths } = layout;
  const last = widths.length - 1;
  const exact = Float64Array.from(parameters);
  const values = () => widths.map((width) => new Float64Array(width));
  const [sums, active, slopes] = [values(), values(), values()];
  const reference = values();
  forward(layout, exact, reference, values());
  return (input: Float32Array, out: Float64Array): void => {
    active[0].set(input);
    forward(layout, exact, sums, active);
    slopes[last].fill(0);
    slopes[last][0] = 1;
    for (let layer = last - 1; layer >= 0; layer--) {
      const [k, n] = [widths[layer], widths[layer + 1]];
      for (let i = 0; i < k; i++) {
        let slope = 0;
        const row = layout.weights[layer] + i * n;
        for (let j = 0; j < n; j++) slope += exact[row + j] * slopes[layer + 1][j];
        slopes[layer][i] = layer === 0 ? slope : slope * steepness(reference[layer][i], sums[layer][i]);
      }
    }
    for (let i = 0; i < out.length; i++) out[i] = slopes[0][i] * input[i];
  };
}

function steepness(from: number, to: number): number {
  const change = to - from;
  if (Math.abs(change) < SMALL) return to > 0 ? 1 : 0;
  return (Math.max(to, 0) - Math.max(from, 0)) / change;
}

/** Fills the sums before max(0, ·) and the values after it, layer by layer, from the inputs in `active[0]`. */
function forward(layout: DenseLayout, parameters: Float64Array, sums: Float64Array[], active: Float64Array[]): void {
  const { widths, weights, biases } = layout;
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    const [k, n] = [widths[layer], widths[layer + 1]];
    const target = sums[layer + 1];
    for (let j = 0; j < n; j++) target[j] = parameters[biases[layer] + j];
    for (let i = 0; i < k; i++) {
      const x = active[layer][i];
      if (x === 0) continue;
      const row = weights[layer] + i * n;
      for (let j = 0; j < n; j++) target[j] += x * parameters[row + j];
    }
    for (let j = 0; j < n; j++) active[layer + 1][j] = Math.max(target[j], 0);
  }
}
