import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { AssayError } from '../domain/errors.ts';
import { GIVEN_TWICE, repeatedName } from '../domain/repeated-name.ts';
import { parseJson } from '../intake/digits.ts';
import { refusal } from '../intake/faults.ts';
import type { ObjectSchema } from '../intake/shape.ts';
import type { Api } from './api.ts';
import { bareNumbers } from './bare-numbers.ts';
import { type Bounds, boundsOf, type Parse, readBounded } from './bounded-json.ts';

const boundsBySchema = new WeakMap<object, Bounds>();
const UNKNOWN = boundsOf(undefined);

type Done = (error: Error | null, value?: unknown) => void;

/** UTF-8 JSON and nothing else, bounded by what its route can want; an empty body is no body, where none is needed. */
export function readJson(app: Api): void {
  app.removeAllContentTypeParsers();
  const options = { parseAs: 'buffer' } as const;
  app.addContentTypeParser('application/json', options, readBody);
  app.addContentTypeParser(/^application\/[\w.+-]+\+json(?:;|$)/, options, readBody);
}

function readBody(request: FastifyRequest, body: Buffer, done: Done): void {
  try {
    const value = read(request, body);
    if (value instanceof Promise)
      value.then(
        (whole) => done(null, whole),
        (error) => done(told(error)),
      );
    else done(null, value);
  } catch (error) {
    done(told(error as Error));
  }
}

function read(request: FastifyRequest, body: Buffer): unknown {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity')
    throw new AssayError('unsupported_media_type', `Send the body as it is, without Content-Encoding.`);
  const { schema, config } = request.routeOptions;
  if (body.length === 0) {
    if (schema?.body === undefined) return undefined;
    throw new AssayError('malformed_json', 'The request needs a JSON body; this one is empty.');
  }
  if (!isUtf8(body)) throw new AssayError('malformed_json', 'The body is not valid UTF-8.');
  return readBounded(
    body,
    config.values === undefined ? boundsFor(schema?.body) : { ...boundsFor(schema?.body), values: config.values },
    once(config.takenIn ? parseJson : config.bareNumbers === 422 ? parseLeniently : parsePlainly),
  );
}

const told = (error: Error) =>
  error instanceof AssayError
    ? error
    : new AssayError('malformed_json', `The body is not valid JSON: ${error.message.slice(0, 200)}`);

function boundsFor(schema: unknown): Bounds {
  if (typeof schema !== 'object' || schema === null) return UNKNOWN;
  let bounds = boundsBySchema.get(schema);
  if (!bounds) {
    bounds = boundsOf(schema as ObjectSchema);
    boundsBySchema.set(schema, bounds);
  }
  return bounds;
}

const parsePlainly: Parse = (text) => JSON.parse(text);

/** No name twice in one object. */
const once =
  (parse: Parse): Parse =>
  (text, at) => {
    const value = parse(text, at);
    const path = repeatedName(text, value);
    if (path !== undefined) throw refusal([{ path: placed(path, at), message: GIVEN_TWICE }]);
    return value;
  };

/** NaN and Infinity are told by where they stand. */
const parseLeniently: Parse = (text, at) => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const errors = bareNumbers(text)?.map(({ path, message }) => ({ path: placed(path, at), message }));
    if (!errors) throw error;
    const where = errors.map(({ path }) => path).join(', ');
    throw new AssayError('invalid_request', `NaN and Infinity are not numbers here: ${where}.`, { errors });
  }
};

/** The path in the whole body of one in a part of it. */
function placed(path: string, at: Parameters<Parse>[1]): string {
  if (!at) return path;
  const [, index, ...rest] = path.split('/');
  return [at.pointer, at.first + Number(index), ...rest].join('/');
}
