import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, faultsOf } from './client.ts';

const refused = (...errors: { path: string; message: string }[]) =>
  new ApiError({ status: 422, code: 'invalid', detail: 'Not taken.', errors, requestId: 'r' });

test('every fault of a form is told once: at its field, or with the rest', () => {
  const faults = faultsOf(
    refused(
      { path: '/name', message: 'is too long' },
      { path: '/type', message: 'is unknown' },
      { path: '/0/value', message: 'is no card' },
    ),
  );
  assert.equal(faults.at('/name'), 'is too long');
  assert.equal(faults.at('/description'), undefined);
  assert.equal(faults.rest(), 'type: is unknown; 0/value: is no card');
});

test('what is wrong with no field is the rest, and nothing is nothing', () => {
  assert.equal(faultsOf(refused()).rest(), 'Not taken.');
  assert.equal(faultsOf(new Error('The server did not answer.')).rest(), 'The server did not answer.');
  assert.equal(faultsOf(null).rest(), undefined);
  const told = faultsOf(refused({ path: '/name', message: 'is too long' }));
  told.at('/name');
  assert.equal(told.rest(), undefined);
});
