#!/usr/bin/env bash
# Guess: of 99 zeros and one 100 the median and the 90th percentile are 0
# Seen: 1 and 81: equal values are one centroid, and between two centroids it draws a line, so a feature that is mostly 0 (chargebacks, declines) seems to spread over the whole range
# Where: tdigest's TDigest.percentile; the Python package tdigest 0.5.2.2 answers the same
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts tdigest@0.1.3
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const { TDigest } = require('tdigest');
const digest = new TDigest();
for (let i = 0; i < 99; i++) digest.push(0);
digest.push(100);
const [median, p90, p99] = [0.5, 0.9, 0.99].map((p) => digest.percentile(p));
console.log(`median ${median}, 90th ${p90}, 99th ${p99}`);
assert.ok(median >= 1 && p90 > 80 && p99 > 98);
JS
node check.cjs
