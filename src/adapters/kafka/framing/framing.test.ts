import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFraming, type FramingOptions } from './framing.ts';

const decode = (value: Buffer | null, headers: Record<string, string> = {}, options: Partial<FramingOptions> = {}) =>
  createFraming({ format: 'auto', snapshot: 'skip', ...options }).decode({
    value,
    header: (name) => (headers[name] === undefined ? undefined : Buffer.from(headers[name])),
  });

async function read(value: unknown, headers: Record<string, string> = {}, options: Partial<FramingOptions> = {}) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const decoded = await decode(Buffer.from(text), headers, options);
  return 'skipped' in decoded ? decoded : { ...decoded, body: decoded.body.toString() };
}

const row = { id: 'o1', userId: 'u1', amount: 12.5 };
const taken = { body: '{"id":"o1","userId":"u1","amount":12.5}' };
const source = { version: '3.6.1.Final', connector: 'postgresql', table: 'payments' };
const change = (op: string, after: unknown, before: unknown = null) => ({ before, after, source, op, ts_ms: 1 });
const connect = (payload: unknown, fields: object[] = []) => ({ schema: { type: 'struct', fields }, payload });
const event = { specversion: '1.0', id: 'e1', source: '/shop', type: 'payment' };
const afterOf = (fields: object[]) => [
  { field: 'after', type: 'struct', fields },
  { field: 'op', type: 'string' },
];

const TAKEN: [name: string, value: unknown, headers?: Record<string, string>][] = [
  ['plain JSON, as it is', row],
  ['a BOM before it', `\ufeff${JSON.stringify(row)}`],
  ['a decimal that came as text', { ...row, amount: '12.5' }],
  ['Connect’s envelope', connect(row)],
  ['a CloudEvent, structured', { ...event, datacontenttype: 'application/json', data: row }],
  ['a CloudEvent whose data is base64', { ...event, data_base64: btoa(JSON.stringify(row)) }],
  ['a CloudEvent, binary', row, { ce_specversion: '1.0', ce_id: 'e1', 'content-type': 'application/json' }],
  ['a created row', change('c', row)],
  ['a created row in Connect’s envelope', connect(change('c', row))],
  ['a created row in a CloudEvent', { ...event, data: connect(change('c', row)) }],
  ['a created row of MongoDB', change('c', JSON.stringify(row))],
  ['a created row, flattened', { ...row, __deleted: 'false', __op: 'c' }],
  ['a row whose id is a number', change('c', { ...row, id: 1 }), undefined],
];

describe('what is read', () => {
  for (const [name, value, headers] of TAKEN)
    test(name, async () => {
      const read1 = await read(value, headers);
      const expected = name.includes('is a number') ? { body: taken.body.replace('"o1"', '"1"') } : taken;
      assert.deepEqual(read1, expected);
    });

  test('digits are kept as they were sent, in an envelope too', async () => {
    const text =
      '{"payload":{"id":"o1","userId":"u1","amount":"0012345678901234567.890","metadata":{"n":12345678901234567890}},"schema":{}}';
    assert.deepEqual(await read(text), {
      body: '{"id":"o1","userId":"u1","amount":12345678901234567.890,"metadata":{"n":12345678901234567890}}',
    });
  });

  test('by the schema beside it: NUMERIC as bytes, instants, JSON columns', async () => {
    const fields = [
      { field: 'amount', type: 'bytes', name: 'org.apache.kafka.connect.data.Decimal', parameters: { scale: '2' } },
      { field: 'latitude', type: 'struct', name: 'io.debezium.data.VariableScaleDecimal' },
      { field: 'transactionDate', type: 'int64', name: 'io.debezium.time.MicroTimestamp' },
      { field: 'metadata', type: 'string', name: 'io.debezium.data.Json' },
    ];
    const after = {
      ...row,
      amount: '/2E=',
      latitude: { scale: 2, value: 'D+c=' },
      transactionDate: 1_700_000_000_123_456,
    };
    assert.deepEqual(await read(connect(change('c', { ...after, metadata: '{"a":[1]}' }), afterOf(fields))), {
      body: '{"id":"o1","userId":"u1","amount":-1.59,"latitude":40.71,"transactionDate":"2023-11-14T22:13:20.123Z","metadata":{"a":[1]}}',
    });
  });

  test('an update is read where it has an id, and marked', async () => {
    assert.deepEqual(await read(change('u', row, row)), { ...taken, isUpdate: true });
    assert.deepEqual(await read(change('u', { userId: 'u1', amount: 1 })), { skipped: 'update' });
  });

  test('RAW_FORMAT=json takes what is sent, whatever it looks like', async () => {
    const text = JSON.stringify(change('c', row));
    assert.deepEqual(await read(text, {}, { format: 'json' }), { body: text });
  });

  test('words of envelopes within a transaction’s own metadata are its own', async () => {
    const body = { ...row, metadata: { op: 'c', payload: 1, specversion: '1.0' } };
    assert.deepEqual(await read(body), { body: JSON.stringify(body) });
  });
});

test('what asks for no decision, by kind', async () => {
  assert.deepEqual(await decode(null), { skipped: 'tombstone' });
  assert.deepEqual(await read(connect(null)), { skipped: 'tombstone' });
  assert.deepEqual(await read(change('d', null, row)), { skipped: 'delete' });
  assert.deepEqual(await read({ ...row, __deleted: 'true' }), { skipped: 'delete' });
  assert.deepEqual(await read(change('t', null)), { skipped: 'other' });
  assert.deepEqual(await read(change('r', row)), { skipped: 'snapshot' });
  assert.deepEqual(await read(change('r', row), {}, { snapshot: 'decide' }), taken);
});

const UNREADABLE: [value: Buffer | string, words: RegExp, headers?: Record<string, string>][] = [
  ['', /empty/],
  [Buffer.of(0, 0, 0, 0, 7, 2, 0x61), /schema 7, Avro or Protobuf.*SCHEMA_REGISTRY_URL/],
  [Buffer.of(0, 0, 0, 0, 0, 0, 0, 0, 7, 2), /eight bytes, as Apicurio/],
  [Buffer.from([0x1f, 0x8b, 8, 0]), /gzip.*compression\.type/],
  [Buffer.from('Obj\x01abc'), /Avro file/],
  [Buffer.of(0xc3, 0x01, 1, 2, 3), /single-object/],
  [Buffer.from([0xac, 0xed, 0, 5, 1]), /Java object/],
  [Buffer.from('{"userId":"u"}', 'utf16le'), /UTF-16/],
  [Buffer.of(0x0a, 0xff, 0xfe), /neither JSON in UTF-8 nor/],
  [JSON.stringify(change('x', row)), /unknown kind: op is "x"/],
  [JSON.stringify(change('c', null)), /without the row/],
  [JSON.stringify({ ...event }), /without data/],
  [JSON.stringify({ ...event, datacontenttype: 'text/xml', data: '<a/>' }), /text\/xml, and not JSON/],
  ['<a/>', /application\/xml, and not JSON/, { ce_specversion: '1.0', 'content-type': 'application/xml' }],
  [JSON.stringify(connect([row])), /no object/],
];

test('what cannot be read says why in words', async () => {
  for (const [value, message, headers] of UNREADABLE)
    await assert.rejects(decode(Buffer.from(value), headers), { code: 'invalid_request', message });
});
