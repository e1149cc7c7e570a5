import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssayError } from '../../domain/errors.ts';
import { reading } from './connection.ts';

test('a damaged page is no fault of ours and no outage of a moment: it is told without its place, which the log gets', async () => {
  const page = Object.assign(new Error('invalid page in block 3 of relation "base/16384/16402"'), { code: 'XX001' });
  const told = await reading(() => Promise.reject(page)).catch((error) => error);
  assert.ok(told instanceof AssayError);
  assert.equal(told.code, 'unavailable');
  assert.match(told.message, /damaged on disk/);
  assert.doesNotMatch(told.message, /base\/|block/);
  assert.equal(told.cause, page);
  const bug = Object.assign(new Error('cache lookup failed'), { code: 'XX000' });
  await assert.rejects(
    reading(() => Promise.reject(bug)),
    (error) => error === bug,
  );
});
