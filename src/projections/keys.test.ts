import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { AssayError } from '../domain/errors.ts';
import { openJournal } from '../journal/local/journal.ts';
import { createKeys, ENVIRONMENT_KEY } from './keys.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-keys-'));
const journal = await openJournal({ directory });
after(async () => {
  await journal.close();
  rmSync(directory, { recursive: true, force: true });
});
const clock = () => 1_000;

test('a key is made, recognised, revoked, and found again in the journal', async () => {
  const keys = createKeys({ journal, clock });
  assert.equal(keys.configured, false);
  const { key, secret } = await keys.create({ name: 'shop', scopes: ['read', 'ingest', 'read'] });
  assert.match(secret, /^ak_[\w-]{43}$/);
  assert.deepEqual(key.scopes, ['ingest', 'read']);
  assert.ok(secret.startsWith(key.prefix) && key.prefix.length < 12);
  assert.ok(!('secretHash' in key) && !JSON.stringify(keys.list()).includes('secretHash'));
  assert.equal(keys.authenticate(secret)?.id, key.id);
  for (const wrong of ['', 'ak_', `${secret}x`, secret.slice(0, -1), secret.toUpperCase()])
    assert.equal(keys.authenticate(wrong), undefined);

  const restarted = createKeys({ journal, clock });
  for await (const record of journal.read(1)) {
    restarted.fold(record);
    assert.ok(!JSON.stringify(record).includes(secret));
  }
  assert.equal(restarted.authenticate(secret)?.name, 'shop');
  assert.equal(await restarted.revoke(key.id), true);
  assert.equal(restarted.authenticate(secret), undefined);
  assert.equal(restarted.configured, true, 'never back to keyless');
  assert.equal(await restarted.revoke('nobody'), false);

  const later = createKeys({ journal, clock });
  later.load(JSON.parse(JSON.stringify(restarted.save())));
  assert.equal(later.authenticate(secret), undefined);
  assert.deepEqual(later.list(), restarted.list());
  for await (const record of journal.read(1)) later.fold(record);
  assert.deepEqual(later.list(), restarted.list(), 'folding again changes nothing');
});

test('the key of the environment has every scope, is not in the journal and is not revoked from outside', async () => {
  const before = journal.last;
  const keys = createKeys({ journal, clock, bootstrap: 'from the environment', local: 'local_token' });
  assert.equal(keys.configured, true);
  assert.equal(keys.authenticate('from the environment')?.scopes.length, 5);
  assert.equal(keys.authenticate('local_token')?.scopes.length, 5);
  assert.deepEqual(
    keys.list().map(({ id }) => id),
    [ENVIRONMENT_KEY],
  );
  await assert.rejects(
    keys.revoke(ENVIRONMENT_KEY),
    (error) => error instanceof AssayError && error.code === 'conflict',
  );
  assert.equal(journal.last, before);
  assert.equal(createKeys({ journal, clock, local: 'local_token' }).configured, false);
});
