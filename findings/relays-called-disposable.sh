#!/usr/bin/env bash
# Guess: relay addresses, which people keep for years (Apple, DuckDuckGo, Firefox, Proton, SimpleLogin), are disposable to none of the packages, or to all alike
# Seen: mailchecker refuses them all but Apple's, the other two none; so one feature "disposable" means two things. Of 56,359 domains in the one list and 121,570 in the other they share 31,223
# Where: npm's mailchecker 6.0.21, disposable-email-domains 1.0.62 (index.json), disposable-email-domains-js 1.26.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mailchecker@6.0.21 disposable-email-domains@1.0.62 disposable-email-domains-js@1.26.0
cat >check.cjs <<'JS'
const assert = require('node:assert/strict');
const mailchecker = require('mailchecker');
const { isDisposableEmail } = require('disposable-email-domains-js');
const listed = new Set(require('disposable-email-domains'));

const disposable = (domain) => {
  const found = [!mailchecker.isValid(`someone@${domain}`), listed.has(domain), isDisposableEmail(`someone@${domain}`)];
  console.log(domain, found.join(' '));
  return found;
};
console.log('domain, then disposable to mailchecker, disposable-email-domains, disposable-email-domains-js');
assert.deepEqual(disposable('yopmail.com'), [true, true, true]);
assert.deepEqual(disposable('privaterelay.appleid.com'), [false, false, false]);
for (const domain of ['duck.com', 'mozmail.com', 'passmail.net', 'simplelogin.com', 'anonaddy.me']) assert.deepEqual(disposable(domain), [true, false, false]);
const both = [...mailchecker.blacklist()].filter((domain) => listed.has(domain)).length;
console.log(`${[...mailchecker.blacklist()].length} and ${listed.size} domains, ${both} in both`);
assert.equal(both, 31_223);
JS
node check.cjs
