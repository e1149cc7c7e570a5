import type * as Avsc from 'avsc';
import { AssayError } from '../../../domain/errors.ts';
import { NAMED } from './connect.ts';
import { unreadable } from './decoded.ts';
import { decimalOf, integer } from './exact-json.ts';
import type { Schema } from './registry.ts';

type Decode = (bytes: Buffer) => unknown;

/** A decoder of Avro's bare binary. `avsc` is an optional dependency. */
export async function avroDecoder({ text, references }: Schema): Promise<Decode> {
  const avsc = await import('avsc').then(
    (module) => module.default as typeof Avsc,
    () => {
      throw new AssayError('unavailable', 'Avro needs the package avsc, which is not installed.');
    },
  );
  const options = { ...optionsOf(avsc), registry: {} };
  for (const reference of references) avsc.Type.forSchema(JSON.parse(reference.text), options);
  const type = avsc.Type.forSchema(JSON.parse(text), options);
  return (bytes) => {
    try {
      return plain(type.fromBuffer(bytes));
    } catch (error) {
      throw unreadable(`Avro that does not fit its schema: ${(error as Error).message}`);
    }
  };
}

const iso = (perMs: number) => (value: unknown) => new Date(Math.floor(Number(value) / perMs)).toISOString();
const fromMicros = (value: unknown) => iso(1e3)(value);

/** By Avro's own names; those of Connect, whose converter writes them beside, are known as there. */
const LOGICAL: Record<string, (value: unknown, schema: Record<string, unknown>) => unknown> = {
  decimal: (value, { scale }) => decimalOf(value as Buffer, Number(scale ?? 0)),
  'timestamp-millis': iso(1),
  'timestamp-micros': fromMicros,
  'timestamp-nanos': iso(1e6),
  'local-timestamp-millis': iso(1),
  'local-timestamp-micros': fromMicros,
};

function optionsOf(avsc: typeof Avsc) {
  // A long may be more than a double holds.
  const long = avsc.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
    toBuffer: (value: bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(value);
      return bytes;
    },
    fromJSON: BigInt,
    toJSON: Number,
    isValid: (value: unknown) => typeof value === 'bigint',
    compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
  } as never);
  const logical = (convert: (value: unknown, schema: Record<string, unknown>) => unknown) =>
    class extends avsc.types.LogicalType {
      own: Record<string, unknown>;
      constructor(schema: never, options: never) {
        super(schema, options);
        this.own = schema;
      }
      override _fromValue(value: unknown) {
        return convert(value, this.own);
      }
      override _toValue() {
        return undefined;
      }
    };
  const connect = Object.entries(NAMED)
    .filter(([name]) => !name.endsWith('Decimal'))
    .map(([name, convert]) => [name, logical((value) => convert(value))]);
  const types = Object.entries(LOGICAL).map(([name, convert]) => [name, logical(convert)]);
  return {
    logicalTypes: Object.fromEntries([...connect, ...types]),
    typeHook(schema: unknown) {
      if (schema === 'long') return long;
      if (typeof schema !== 'object' || schema === null) return undefined;
      const own = schema as Record<string, unknown>;
      const name = own['connect.name'];
      if (own.logicalType === undefined && typeof name === 'string' && NAMED[name]) own.logicalType = name;
      return own.type === 'long' && own.logicalType === undefined ? long : undefined;
    },
  } as never as Partial<Avsc.ForSchemaOptions>;
}

/** Without the driver's classes; bytes as base64, longs by their digits. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return integer(value);
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return value;
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  // A branch of a union whose types are not told apart by their values.
  if ('unwrap' in value && typeof value.unwrap === 'function') return plain(Object.values(value)[0]);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
