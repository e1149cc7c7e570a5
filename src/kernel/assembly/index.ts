// The numeric kernels, compiled to ../kernel.wasm by `npm run kernel:build`. All memory is the caller's: every argument
// named after an array is its byte address, and nothing here allocates.

export { addShapley } from './attribution';
export { adamStep, columnSums, denseRow, dropout, gatherRows, matrixProduct, rectifyBack, transpose } from './dense';
export { addGram } from './gram';
export {
  addToRows,
  expPairs,
  logisticBlock,
  packPairs,
  partitionRows,
  scanBins,
} from './growth';
export { addPairs, addRange, addTwoRanges, addTwoWords, addWords, subtractPairs, sumPairs } from './histogram';
export { scoreRow, scoreRows } from './trees';
