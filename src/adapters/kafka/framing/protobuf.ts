import type * as Protobuf from 'protobufjs';
import { AssayError } from '../../../domain/errors.ts';
import { isObject, unreadable } from './decoded.ts';
import { decimalOf } from './exact-json.ts';
import type { Schema } from './registry.ts';

type Decode = (bytes: Buffer, indexes: readonly number[]) => unknown;

/** A decoder of Protobuf messages into ProtoJSON. `protobufjs` is an optional dependency. */
export async function protobufDecoder(schema: Schema): Promise<Decode> {
  const [protobuf, protojson, descriptor] = await Promise.all([
    import('protobufjs').then((module) => module.default as typeof Protobuf),
    import('protobufjs/ext/protojson.js'),
    import('protobufjs/ext/descriptor.js'),
  ]).catch(() => {
    throw new AssayError('unavailable', 'Protobuf needs the package protobufjs, which is not installed.');
  });
  const { FileDescriptorProto } = (descriptor.default ?? descriptor) as never as Descriptors;
  const { toJson } = protojson.default ?? protojson;
  const { root, top } = isProto(schema.text)
    ? fromText(protobuf, schema)
    : fromDescriptors(protobuf, FileDescriptorProto, schema);
  root.resolveAll();
  return (bytes, indexes) => {
    let type = root.lookupType(top(indexes[0]));
    for (const index of indexes.slice(1)) {
      const nested = type.nestedArray.filter((one): one is Protobuf.Type => one instanceof protobuf.Type);
      type = nested[index] ?? missing();
    }
    try {
      const message = type.decode(bytes);
      const json = toJson(type, message);
      return isObject(json) ? finished(type, message as never, json) : json;
    } catch (error) {
      throw unreadable(`Protobuf that does not fit its schema: ${(error as Error).message}`);
    }
  };
}

interface Descriptors {
  FileDescriptorProto: Protobuf.Type;
}

const missing = (): never => {
  throw unreadable('A Protobuf message whose place is not in its schema.');
};

const isProto = (text: string) => /\b(message|syntax|import)\b/.test(text);

/** Full names of the messages of the schema itself, in its order. */
const namer = (names: string[]) => (index: number) => names[index] ?? missing();

function fromText(protobuf: typeof Protobuf, { text, references }: Schema) {
  const root = withCommon(protobuf);
  for (const reference of references) protobuf.parse(reference.text, root);
  const own = protobuf.parse(text, new protobuf.Root());
  const scope = own.package ? own.root.lookup(own.package) : own.root;
  const names = (scope as Protobuf.NamespaceBase).nestedArray
    .filter((one): one is Protobuf.Type => one instanceof protobuf.Type)
    .map((type) => type.fullName);
  protobuf.parse(text, root);
  return { root, top: namer(names) };
}

/** Python's client registers descriptors, as base64, and some registries give back what was registered. */
function fromDescriptors(protobuf: typeof Protobuf, file: Protobuf.Type, { text, references }: Schema) {
  const decoded = [...references.map((one) => one.text), text].map((one) => file.decode(Buffer.from(one, 'base64')));
  const from = (protobuf.Root as never as { fromDescriptor(set: object): Protobuf.Root }).fromDescriptor;
  // What everybody imports nobody registers.
  const common = (
    withCommon(protobuf).resolveAll() as never as { toDescriptor(edition: string): { file: object[] } }
  ).toDescriptor('proto3');
  const root = from({ file: [...common.file, ...decoded] });
  const own = decoded.at(-1) as never as { package?: string; messageType: { name: string }[] };
  return {
    root,
    top: namer(own.messageType.map(({ name }) => `${own.package ? `.${own.package}` : ''}.${name}`)),
  };
}

const COMMON = ['any', 'duration', 'timestamp', 'empty', 'struct', 'wrappers', 'field_mask'];

function withCommon(protobuf: typeof Protobuf): Protobuf.Root {
  const root = new protobuf.Root();
  for (const name of COMMON) {
    const nested = protobuf.common.get(`google/protobuf/${name}.proto`)?.nested;
    if (nested) root.addJSON(nested);
  }
  return root;
}

/**
 * What ProtoJSON leaves open: an amount of zero is not on the wire where the field has no presence of its own, and decimals of
 * Confluent's type are bytes.
 */
function finished(type: Protobuf.Type, message: Record<string, unknown>, json: Record<string, unknown>) {
  const amount = type.fields.amount;
  if (amount && json.amount === undefined && !amount.partOf && !amount.repeated && isNumber(amount.type))
    json.amount = 0;
  for (const field of type.fieldsArray) {
    const own = message[field.name];
    if (field.resolvedType?.fullName !== '.confluent.type.Decimal' || !isObject(own)) continue;
    json[field.name] = decimalOf(own.value as Buffer, Number(own.scale ?? 0));
  }
  return json;
}

const isNumber = (type: string) => /^(double|float|s?fixed(32|64)|[su]?int(32|64))$/.test(type);
