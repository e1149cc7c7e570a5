import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createFraming, type FramingOptions } from '../../src/adapters/kafka/framing/framing.ts';
import { createRegistry } from '../../src/adapters/kafka/framing/registry.ts';
import { confluent, noConfluent } from '../support/confluent.ts';
import { startSchemaRegistry } from '../support/schema-registry.ts';

const skip = noConfluent;
const store = await startSchemaRegistry();
after(() => store.close());
const { ask } = skip ? { ask: async () => ({}) as Record<string, unknown> } : confluent('serialize.py');

const framingOf = (options: Partial<FramingOptions> = {}) =>
  createFraming({ format: 'auto', snapshot: 'skip', registry: createRegistry({ url: store.url }), ...options });

/** What a real serializer makes of a command, and what is read of that. */
async function through(command: object, options: Partial<FramingOptions> = {}): Promise<Record<string, unknown>> {
  const { value, headers } = (await ask({ registry: store.url, ...command })) as {
    value: string;
    headers: Record<string, string>;
  };
  const header = (name: string) => (headers[name] === undefined ? undefined : Buffer.from(headers[name], 'base64'));
  const decoded = await framingOf(options).decode({ value: Buffer.from(value, 'base64'), header });
  assert.ok('body' in decoded, JSON.stringify(decoded));
  return JSON.parse(decoded.body.toString());
}

const text = { type: 'string' };
const payment = { id: 'o1', userId: 'ü1', amount: 100.5, currency: 'EUR', metadata: { basketSize: 3 } };

for (const header of [false, true]) {
  const where = header ? 'its id in a header' : 'its id before it';

  test(`JSON Schema, ${where}: with a registry and without`, { skip }, async () => {
    const properties = {
      id: text,
      userId: text,
      amount: { type: 'number' },
      currency: text,
      metadata: { type: 'object' },
    };
    const command = { kind: 'json', header, schema: { title: 'Payment', type: 'object', properties }, value: payment };
    assert.deepEqual(await through(command), payment);
    assert.deepEqual(await through(command, { registry: undefined }), payment);
  });

  test(`Avro, ${where}: optional fields, decimals, instants, longs, maps`, { skip }, async () => {
    const fields = [
      { name: 'id', type: 'long' },
      { name: 'userId', type: 'string' },
      { name: 'amount', type: { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 4 } },
      { name: 'currency', type: { type: 'enum', name: 'Currency', symbols: ['EUR', 'USD'] } },
      { name: 'email', type: ['null', 'string'], default: null },
      { name: 'cardId', type: ['null', 'string'], default: null },
      { name: 'latitude', type: ['null', 'double'], default: null },
      { name: 'transactionDate', type: { type: 'long', logicalType: 'timestamp-micros' } },
      { name: 'metadata', type: { type: 'map', values: ['int', 'string', 'long'] } },
    ];
    const value = {
      ...{ id: 9_007_199_254_740_991, userId: 'u', amount: { $decimal: '-1234567.8900' }, currency: 'EUR' },
      ...{
        email: 'a@b.co',
        cardId: null,
        latitude: 40.71,
        transactionDate: { $time: '2026-02-28T12:00:00.123+02:00' },
      },
      metadata: { n: 3, s: 'x' },
    };
    const read = await through({ kind: 'avro', header, schema: { type: 'record', name: 'Payment', fields }, value });
    assert.deepEqual(read, {
      ...{ id: '9007199254740991', userId: 'u', amount: -1234567.89, currency: 'EUR', email: 'a@b.co', cardId: null },
      ...{ latitude: 40.71, transactionDate: '2026-02-28T10:00:00.123Z', metadata: { n: 3, s: 'x' } },
    });
  });

  test(`Protobuf, ${where}: the first message and another, an instant, an amount of zero`, { skip }, async () => {
    const fields = [
      ['id', 1, 'TYPE_INT64'],
      ['user_id', 2, 'TYPE_STRING'],
      ['amount', 3, 'TYPE_DOUBLE'],
      ['transaction_date', 4, '.google.protobuf.Timestamp'],
    ];
    const other = { name: 'Other', fields: [['note', 1, 'TYPE_STRING']] };
    const messages = [other, { name: 'Payment', fields }];
    const value = { id: '9007199254740993', user_id: 'u', amount: 12.5, transaction_date: '2026-02-28T12:00:00Z' };
    const expected = { id: '9007199254740993', userId: 'u', amount: 12.5, transactionDate: '2026-02-28T12:00:00Z' };
    for (const [file, order] of [
      ['second.proto', messages],
      ['first.proto', messages.toReversed()],
    ] as const) {
      const schema = { file: `${header}${file}`, package: 'shop.v1', messages: order };
      const command = { kind: 'protobuf', header, topic: file, schema, message: 'Payment' };
      assert.deepEqual(await through({ ...command, value }), expected);
      assert.deepEqual(await through({ ...command, value: { ...value, amount: 0 } }), { ...expected, amount: 0 });
    }
  });
}

test('Protobuf by the text of a .proto that imports another, as a registry gives it', { skip }, async () => {
  const money = 'syntax = "proto3"; package shop.v1; message Extra { string channel = 1; }';
  store.register('extra', { schema: money, schemaType: 'PROTOBUF' });
  const references = [{ name: 'extra.proto', subject: 'extra', version: 1 }];
  const schema = `syntax = "proto3"; package shop.v1; import "extra.proto"; import "google/protobuf/struct.proto";
    message Payment { string user_id = 1; double amount = 2; Extra extra = 3; google.protobuf.Struct metadata = 4; }`;
  const { id } = store.register('text', { schema, schemaType: 'PROTOBUF', references });
  const prefix = Buffer.alloc(6);
  prefix.writeUInt32BE(id, 1);
  const body = Buffer.concat([
    prefix,
    Buffer.from('0a01751100000000000029401a050a03776562220c0a0a0a0161120520012a0178', 'hex').subarray(0, 19),
  ]);
  const decoded = await framingOf().decode({ value: body, header: () => undefined });
  assert.ok('body' in decoded);
  assert.deepEqual(JSON.parse(decoded.body.toString()), { userId: 'u', amount: 12.5, extra: { channel: 'web' } });
});

test('a registry that is away, refuses, or does not know: told in words', { skip }, async () => {
  const guarded = await startSchemaRegistry(`Basic ${btoa('ann:right')}`);
  const { id } = guarded.register('s', { schema: '"string"' });
  const value = Buffer.concat([Buffer.of(0, 0, 0, 0, id), Buffer.of(2, 0x61)]);
  const message = { value, header: () => undefined };
  const at = (login: string) =>
    framingOf({ registry: createRegistry({ url: guarded.url.replace('//', `//${login}@`) }) });
  await assert.rejects(at('ann:right').decode(message), /is no object, so no transaction/);
  const refused = at('ann:wrong');
  await assert.rejects(refused.decode(message), { code: 'unavailable', message: /refuses the credentials \(401\)/ });
  assert.match(refused.problem!, /refuses the credentials/);
  const unknown = Buffer.of(0, 0, 0, 9, 9, 2);
  await assert.rejects(at('ann:right').decode({ ...message, value: unknown }), {
    code: 'invalid_request',
    message: 'The schema registry knows no schema 2313.',
  });
  guarded.close();
  await assert.rejects(at('ann:right').decode(message), { code: 'unavailable', message: /registry is away/ });
  await assert.rejects(framingOf({ registry: undefined }).decode(message), /without SCHEMA_REGISTRY_URL/);
});
