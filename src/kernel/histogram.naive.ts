/** What histogram.ts computes, in the plainest way: the tests hold one against the other. */
import { GROUP_LENGTH, type HistogramKernel } from './histogram.ts';

export function naiveHistogram(): HistogramKernel {
  const twin: HistogramKernel = {
    gather(pairs, rows, from, to, out) {
      for (let i = from; i < to; i++) out.set(pairs.subarray(2 * rows[i], 2 * rows[i] + 2), 2 * (i - from));
    },
    build(words, mask, rows, from, to, pairs, out) {
      for (let group = 0; group < words.length; group++) {
        if (!mask[group]) continue;
        for (let i = 0; i < GROUP_LENGTH; i++) out[group * GROUP_LENGTH + i] = 0;
        for (let i = from; i < to; i++) {
          for (let feature = 0; feature < 4; feature++) {
            const bin = (words[group][rows[i]] >>> (8 * feature)) & 255;
            const at = ((group * 4 + feature) * 256 + bin) * 2;
            out[at] += pairs[2 * (i - from)];
            out[at + 1] += pairs[2 * (i - from) + 1];
          }
        }
      }
    },
    buildRange(words, mask, from, to, pairs, out) {
      const rows = Int32Array.from({ length: to }, (_, row) => row);
      twin.build(words, mask, rows, from, to, pairs.subarray(2 * from), out);
    },
    merge(parts, mask, out) {
      for (let i = 0; i < out.length; i++) {
        if (mask[Math.floor(i / GROUP_LENGTH)]) out[i] = parts.reduce((sum, part) => sum + part[i], 0);
      }
    },
    subtract(target, source, mask) {
      for (let i = 0; i < target.length; i++) if (mask[Math.floor(i / GROUP_LENGTH)]) target[i] -= source[i];
    },
  };
  return twin;
}
