import type { AssayError } from '../../../domain/errors.ts';
import { avroDecoder } from './avro.ts';
import { type Decoded, isObject, type Unwrapped, unreadable } from './decoded.ts';
import { jsonOf, unwrap } from './envelope.ts';
import { decimal, digitsOf } from './exact-json.ts';
import { FIELDS_BY_KIND } from './fields.ts';
import { type Frame, frameOf, readIndexes, SCHEMA_HEADER } from './frame.ts';
import { misread } from './misread.ts';
import { protobufDecoder } from './protobuf.ts';
import type { Registry } from './registry.ts';

export interface FramingOptions {
  /** `json` and `iso8583`: a message is that, as JSON, and nothing around it is looked for. */
  format: 'auto' | 'json' | 'iso8583';
  /** What becomes of rows that were there when Debezium began. */
  snapshot: 'skip' | 'decide';
  /** Where Avro and Protobuf find their schemas. */
  registry?: Registry | undefined;
}

/** A message as it was fetched; `null` is a tombstone. */
export interface Framed {
  value: Buffer | null;
  header(name: string): Buffer | undefined;
}

export interface Framing {
  /** Throws an AssayError that says in words why it cannot be read; `unavailable` where the registry is away. */
  decode(message: Framed): Promise<Decoded>;
  /** Why the registry is away; undefined where it answers or there is none. */
  readonly problem: string | undefined;
}

type Decode = (frame: Frame) => unknown;

const BOM = Buffer.of(0xef, 0xbb, 0xbf);
/** What plain JSON has in it where there may be something to take off. */
const SUSPECT = /"(payload|op|specversion|__op|__deleted)"|"(amount|accountAgeDays|latitude|longitude)"\s*:\s*"/;

export function createFraming({ format, snapshot, registry }: FramingOptions): Framing {
  const decoders = new Map<number | string, Promise<Decode>>();

  async function decoderOf(schema: number | string): Promise<Decode> {
    const found = decoders.get(schema);
    if (found) return found;
    const made = registry!.schema(schema).then(async (known): Promise<Decode> => {
      if (known.type === 'JSON') return ({ rest }) => jsonOf(textOf(rest), 'The value');
      if (known.type === 'AVRO') {
        const decode = await avroDecoder(known);
        return ({ rest }) => decode(rest);
      }
      const decode = await protobufDecoder(known);
      return ({ rest, indexes }) => {
        const framed = indexes ? { indexes, rest } : readIndexes(rest);
        return decode(framed.rest, framed.indexes);
      };
    });
    decoders.set(schema, made);
    made.catch(() => decoders.delete(schema));
    return made;
  }

  async function framed(frame: Frame): Promise<Decoded> {
    // JSON says by itself what it is.
    if (frame.rest[0] === 0x7b) {
      const text = textOf(frame.rest);
      const value = parsed(text);
      if (value !== undefined) return finish(unwrap(value, snapshot), true);
    }
    if (!registry)
      throw unreadable(
        `A value of schema ${frame.schema}, Avro or Protobuf as it seems: without SCHEMA_REGISTRY_URL it cannot be read.`,
      );
    const decode = await decoderOf(frame.schema);
    return finish(unwrap(decode(frame), snapshot), true);
  }

  async function decode({ value, header }: Framed): Promise<Decoded> {
    if (value === null) return { skipped: 'tombstone' };
    const bytes = value.subarray(0, 3).equals(BOM) ? value.subarray(3) : value;
    if (format !== 'auto') return { body: bytes };
    if (bytes.length === 0) throw unreadable('The value is empty.');
    const named = header(SCHEMA_HEADER);
    // What a schema is named for may begin with any byte.
    const problem = named ? undefined : misread(bytes);
    if (problem) throw unreadable(problem);
    const contentType = header('content-type')?.toString() ?? '';
    if (header('ce_specversion') && contentType !== '' && !/[/+]json\b/i.test(contentType) && bytes[0] !== 0)
      throw unreadable(`A CloudEvent whose data is ${contentType}, and not JSON.`);
    const frame = frameOf(bytes, named);
    if (frame) return framed(frame);
    const text = textOf(bytes);
    if (!SUSPECT.test(text)) return { body: bytes };
    const plain = parsed(text);
    // The intake says what is wrong with it.
    if (plain === undefined) return { body: bytes };
    const unwrapped = unwrap(plain, snapshot);
    return finish(unwrapped, 'value' in unwrapped && unwrapped.value !== plain);
  }

  return {
    decode,
    get problem() {
      return registry?.problem;
    },
  };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw unreadable('The value is neither JSON in UTF-8 nor of a framing that is known.');
  }
}

function parsed(text: string): unknown {
  try {
    return jsonOf(text, 'The value');
  } catch (error) {
    if ((error as AssayError).code === 'invalid_request') throw error;
    return undefined;
  }
}

/** `isTyped`: it has come by a schema, whose ids may be numbers. */
function finish(unwrapped: Unwrapped, isTyped: boolean): Decoded {
  if ('skipped' in unwrapped) return unwrapped;
  const { value, isUpdate = false } = unwrapped;
  if (!isObject(value)) throw unreadable('The value is no object, so no transaction.');
  const body = normal(value, isTyped || isUpdate);
  // Whether a row is new is asked by its id.
  if (isUpdate && body.id === undefined) return { skipped: 'update' };
  return { body: Buffer.from(JSON.stringify(body)), ...(isUpdate ? { isUpdate } : {}) };
}

/** Decimals that came as text are numbers; numbers that name something are text. */
function normal(value: Record<string, unknown>, isTyped: boolean): Record<string, unknown> {
  const body = { ...value };
  for (const name of FIELDS_BY_KIND.numbers) {
    const own = body[name];
    if (typeof own === 'string') body[name] = decimal(own) ?? own;
  }
  if (isTyped)
    for (const name of FIELDS_BY_KIND.ids) {
      const own = body[name];
      if (Number.isSafeInteger(own)) body[name] = String(own);
      else if (/^-?\d+$/.test(digitsOf(own) ?? '')) body[name] = digitsOf(own);
    }
  return body;
}
