import { isObject } from './decoded.ts';
import { decimalOf } from './exact-json.ts';

/** A schema as Kafka Connect's JSON converter puts it beside its payload. */
export interface ConnectSchema {
  type?: string;
  name?: string;
  field?: string;
  parameters?: Record<string, string>;
  fields?: ConnectSchema[];
  items?: ConnectSchema;
  values?: ConnectSchema;
}

const iso = (ms: number) => {
  const date = new Date(ms);
  return Number.isFinite(date.getTime()) ? date.toISOString() : ms;
};
const bytesOf = (value: unknown) => Buffer.from(String(value), 'base64');
const textOfJson = (value: unknown): unknown => {
  try {
    return JSON.parse(String(value));
  } catch {
    return value;
  }
};

/** What a type's name says of its value beyond its shape: by Connect's and Debezium's names. */
export const NAMED: Record<string, (value: unknown, parameters?: Record<string, string>) => unknown> = {
  'org.apache.kafka.connect.data.Decimal': (value, parameters) =>
    typeof value === 'string' ? decimalOf(bytesOf(value), Number(parameters?.scale ?? 0)) : value,
  'io.debezium.data.VariableScaleDecimal': (value) =>
    isObject(value) ? decimalOf(bytesOf(value.value), Number(value.scale)) : value,
  'org.apache.kafka.connect.data.Timestamp': (value) => iso(Number(value)),
  'io.debezium.time.Timestamp': (value) => iso(Number(value)),
  'io.debezium.time.MicroTimestamp': (value) => iso(Math.floor(Number(value) / 1e3)),
  'io.debezium.time.NanoTimestamp': (value) => iso(Math.floor(Number(value) / 1e6)),
  'io.debezium.data.Json': textOfJson,
};

/** Numbers may have come by their digits. */
const plain = (value: unknown) =>
  typeof value === 'object' && value !== null && 'rawJSON' in value ? Number(value.rawJSON) : value;

/** A payload by its schema: decimals as numbers, instants as RFC 3339, JSON columns as what they hold. */
export function bySchema(schema: ConnectSchema | undefined, value: unknown): unknown {
  if (value === null || value === undefined || !schema) return value;
  const named = schema.name === undefined ? undefined : NAMED[schema.name];
  if (named) return named(plain(value), schema.parameters);
  if (schema.fields && isObject(value)) {
    const fields = new Map(schema.fields.map((field) => [field.field, field]));
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, bySchema(fields.get(name), one)]));
  }
  if (schema.items && Array.isArray(value)) return value.map((one) => bySchema(schema.items, one));
  if (schema.values && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, bySchema(schema.values, one)]));
  return value;
}
