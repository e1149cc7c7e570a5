#!/usr/bin/env bash
# Guess: dots are dropped from Google's addresses alone, and Microsoft's four domains are treated alike
# Seen: live.com loses its dots, outlook.com and hotmail.com keep them: j.smith@live.com and jsmith@live.com, two people's mailboxes, are one customer
# Where: normalize-email 1.1.1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts normalize-email@1.1.1
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const normalize = require('normalize-email');
const one = (domain) => {
  const [dotted, plain] = ['j.smith', 'jsmith'].map((name) => normalize(`${name}@${domain}`));
  console.log(`${domain}: ${dotted} and ${plain}`);
  return dotted === plain;
};
assert.deepEqual(['gmail.com', 'live.com', 'outlook.com', 'hotmail.com'].map(one), [true, true, false, false]);
JS
node check.cjs
