import { AssayError } from '../../../domain/errors.ts';
import { GIVEN_TWICE, repeatedName } from '../../../domain/repeated-name.ts';
import { bySchema, type ConnectSchema } from './connect.ts';
import { isObject, type Skip, type Unwrapped, unreadable } from './decoded.ts';
import { parseExact } from './exact-json.ts';

/** Envelopes in envelopes: CloudEvents around Debezium around Connect, and no more. */
const MAX_DEPTH = 4;

const SKIPPED: Record<string, Skip> = { d: 'delete', t: 'other', m: 'other' };

/** Takes the transaction out of what Connect, Debezium and CloudEvents put around it. `null` anywhere asks for nothing. */
export function unwrap(value: unknown, snapshot: 'skip' | 'decide', depth = 0): Unwrapped {
  if (value === null || value === undefined) return { skipped: 'tombstone' };
  if (!isObject(value) || depth > MAX_DEPTH) return { value };
  const inner = (one: unknown) => unwrap(one, snapshot, depth + 1);
  if (isConnect(value)) return inner(bySchema(value.schema, value.payload));
  if (isCloudEvent(value)) return inner(dataOf(value));
  if (isDebezium(value)) return change(value.op, value.after, snapshot, inner);
  if (typeof value.__deleted === 'string' || typeof value.__op === 'string') return flattened(value, snapshot, inner);
  return { value };
}

function isConnect(value: Record<string, unknown>): value is { schema: ConnectSchema; payload: unknown } {
  return 'payload' in value && isObject(value.schema) && Object.keys(value).length === 2;
}

function isCloudEvent(value: Record<string, unknown>): boolean {
  return ['specversion', 'type', 'source', 'id'].every((name) => typeof value[name] === 'string');
}

function dataOf({ data, data_base64: encoded, datacontenttype: type }: Record<string, unknown>): unknown {
  if (typeof type === 'string' && !/[/+]json\b/i.test(type))
    throw unreadable(`A CloudEvent whose data is ${type}, and not JSON.`);
  if (typeof encoded === 'string') return jsonOf(Buffer.from(encoded, 'base64').toString(), 'The data of a CloudEvent');
  if (data === undefined) throw unreadable('A CloudEvent without data.');
  return data;
}

function isDebezium(value: Record<string, unknown>): value is { op: string; after: unknown } {
  return typeof value.op === 'string' && ('after' in value || 'before' in value);
}

function change(
  op: string,
  after: unknown,
  snapshot: 'skip' | 'decide',
  inner: (value: unknown) => Unwrapped,
): Unwrapped {
  if (SKIPPED[op]) return { skipped: SKIPPED[op] };
  if (!'cur'.includes(op)) throw unreadable(`A change of an unknown kind: op is ${JSON.stringify(op.slice(0, 20))}.`);
  if (op === 'r' && snapshot === 'skip') return { skipped: 'snapshot' };
  if (after === null || after === undefined) throw unreadable(`A change (op ${op}) without the row after it.`);
  // Of MongoDB the document comes as text.
  const unwrapped = inner(typeof after === 'string' ? jsonOf(after, 'The row of a change') : after);
  return op === 'u' && 'value' in unwrapped ? { ...unwrapped, isUpdate: true } : unwrapped;
}

/** What ExtractNewRecordState leaves of a change. */
function flattened(
  { __deleted: deleted, __op: op, ...row }: Record<string, unknown>,
  snapshot: 'skip' | 'decide',
  inner: (value: unknown) => Unwrapped,
): Unwrapped {
  if (deleted === 'true') return { skipped: 'delete' };
  return change(typeof op === 'string' ? op : 'c', row, snapshot, inner);
}

export function jsonOf(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch (error) {
    throw unreadable(`${what} is not JSON: ${(error as Error).message}`);
  }
  const path = repeatedName(text, value);
  if (path !== undefined)
    throw new AssayError('invalid_request', `${path} ${GIVEN_TWICE}.`, { errors: [{ path, message: GIVEN_TWICE }] });
  return value;
}
