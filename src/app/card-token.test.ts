import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findCardNumbers } from '../domain/cards.ts';
import { cardTokens } from './card-token.ts';

test('a token is of the number and the key; the key is made once, when it is needed, for its owner alone', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-card-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'keys', 'card.key');
  const token = cardTokens(path);
  assert.ok(!existsSync(path));
  const one = token('4111111111111111');
  assert.match(one, /^pan_[a-p]{32}$/);
  assert.deepEqual(findCardNumbers(one), []);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(cardTokens(path)('4111111111111111'), one);
  assert.notEqual(token('4242424242424242'), one);
  assert.notEqual(cardTokens(join(folder, 'other.key'))('4111111111111111'), one);
});

test('a key that others may read, or that is none, is refused', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-card-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'card.key');
  writeFileSync(path, 'secret', { mode: 0o600 });
  assert.throws(() => cardTokens(path)('1'), /64 hexadecimal/);
  chmodSync(path, 0o644);
  assert.throws(() => cardTokens(path)('1'), /read by others/);
});
