#!/usr/bin/env bash
# Guess: Kafka.toEvent reads what Kafka.binary wrote
# Seen: Kafka.binary leaves content-type undefined (HTTP.binary sets it), and five more headers, so the data come back as a text; with headers as Kafka clients hand them over (Buffers) toEvent throws a TypeError
# Where: the CloudEvents SDK for JavaScript; the Kafka binding gives content-type to datacontenttype
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts cloudevents@10.0.0
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const { CloudEvent, HTTP, Kafka } = require('cloudevents');
const event = new CloudEvent({ type: 'payment', source: '/shop', data: { amount: 1.5 } });
const { headers, value } = Kafka.binary(event);
console.log('undefined:', Object.keys(headers).filter((name) => headers[name] === undefined).join(', '));
assert.ok(HTTP.binary(event).headers['content-type'].startsWith('application/json'));
assert.equal(headers['content-type'], undefined);
const back = Kafka.toEvent({ headers, value: JSON.stringify(value) });
console.log('data comes back as', typeof back.data, back.data);
assert.equal(back.data, '{"amount":1.5}');
const structured = Kafka.structured(event);
const buffers = Object.fromEntries(Object.entries(structured.headers).map(([name, text]) => [name, Buffer.from(text)]));
assert.throws(() => Kafka.toEvent({ headers: buffers, value: structured.value }), TypeError);
JS
node check.cjs
