#!/usr/bin/env bash
# Guess: a count that no longer fits its bucket is refused, or saturates
# Seen: with bitBucketSize 8 the 256th equal value starts the count again at 0: 256 latencies of 5 ms and one of 900 give 0 for every percentile, while totalCount says 257
# Where: hdr-histogram-js build({bitBucketSize: 8})
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts hdr-histogram-js@3.0.1
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const { build } = require('hdr-histogram-js');
const medians = [8, 32].map((bitBucketSize) => {
  const histogram = build({ bitBucketSize, useWebAssembly: false });
  for (let i = 0; i < 256; i++) histogram.recordValue(5);
  histogram.recordValue(900);
  console.log(`${bitBucketSize} bits: ${histogram.totalCount} values, median ${histogram.getValueAtPercentile(50)}, 100th percentile ${histogram.getValueAtPercentile(100)}`);
  assert.equal(histogram.totalCount, 257);
  return histogram.getValueAtPercentile(50);
});
assert.deepEqual(medians, [0, 5]);
JS
node check.cjs
