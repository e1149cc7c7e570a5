#!/usr/bin/env bash
# Guess: a library for webhooks takes the Headers that fetch, Deno, Bun and Workers hand over
# Seen: standardwebhooks answers "Missing required headers" to a Headers object with all three of them, and takes the same as a plain object in any case; svix reads webhook-* and svix-*, standardwebhooks only the former
# Where: standardwebhooks and svix for JavaScript, verify(body, headers)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts standardwebhooks@1.1.1 svix@1.99.1
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const standard = require('standardwebhooks');
const svix = require('svix');
const secret = `whsec_${Buffer.from('0123456789abcdef01234567').toString('base64')}`;
const [body, id, now] = ['{"decision":"review"}', 'msg_1', new Date()];
const [a, b] = [new standard.Webhook(secret), new svix.Webhook(secret)];
const signature = a.sign(id, now, body);
assert.equal(signature, b.sign(id, now, body));
const named = (prefix) => ({ [`${prefix}-Id`]: id, [`${prefix}-Timestamp`]: String(Math.floor(now / 1000)), [`${prefix}-Signature`]: signature });
const tries = [
  ['standardwebhooks, plain object', () => a.verify(body, named('Webhook')), true],
  ['standardwebhooks, Headers', () => a.verify(body, new Headers(named('Webhook'))), false],
  ['standardwebhooks, svix-*', () => a.verify(body, named('Svix')), false],
  ['svix, webhook-*', () => b.verify(body, named('Webhook')), true],
  ['svix, svix-*', () => b.verify(body, named('Svix')), true],
];
for (const [what, verify, expected] of tries) {
  let found = 'verified';
  try {
    verify();
  } catch (error) {
    found = error.message;
  }
  console.log(`${what}: ${found}`);
  assert.equal(found === 'verified', expected, what);
}
JS
node check.cjs
