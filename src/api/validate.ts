import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { AssayError, type FieldError } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { MAX_FAULTS, refusal as refusalOf } from '../intake/faults.ts';
import {
  leftOut,
  nullsDropper,
  type ObjectSchema,
  overlongFinder,
  type UnknownName,
  unknownFinder,
} from '../intake/shape.ts';
import { unfitId } from '../intake/text.ts';
import { isObject } from '../intake/values.ts';
import { FORMATS } from './contract/formats.ts';
import { narrower } from './narrow.ts';

const NO_BODY = 'The request needs a JSON body.';

/** Names in a body that its schema does not have, where that only calls for a warning. */
export const leftOutOf = new WeakMap<object, UnknownName[]>();

/**
 * A body is taken as it is, but for null where a field may be left out: that is absence. What stands in an address is text and
 * is read as the number it should be; a query may name nothing that the schema does not have. A refusal tells every fault.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  if (httpPart === 'body') return bodyValidator(schema);
  const compiled = compiler(schema);
  if (httpPart === 'headers')
    return (value) => (compiled().Check(value) ? { value } : { error: refusal(compiled().Errors(value), value) });
  const known = httpPart === 'querystring' ? Object.keys((schema as ObjectSchema).properties ?? {}) : undefined;
  const misread = misreader(schema);
  return (raw) => {
    const errors = controlCharacters(raw as Record<string, unknown>);
    if (known) errors.push(...strangers(raw as Record<string, unknown>, known));
    const value = readNumbers(schema, { ...(raw as Record<string, unknown>) });
    if (errors.length === 0 && compiled().Check(value)) {
      misread?.(value, '', errors);
      return errors.length === 0 ? { value } : { error: refusalOf(errors) };
    }
    return { error: refusal(compiled().Errors(value), value, { errors, misread }) };
  };
};

/** For transactions: their schema is the document's, and the intake, which every door shares, checks them. */
export const byIntake: FastifySchemaCompiler<TSchema> = (part) => {
  if (part.httpPart !== 'body') return validatorCompiler(part);
  const unknown = unknownFinder(part.schema as ObjectSchema);
  return (value) => {
    if (value === undefined) return { error: new AssayError('malformed_json', NO_BODY) };
    if (!isObject(value)) return { error: refusalOf([{ path: '', message: 'must be an object' }]) };
    const found = unknown?.(value) ?? [];
    if (found.length > 0) leftOutOf.set(value, found);
    return { value };
  };
};

/** Compiled when it is first asked, and once: a start need not wait for a hundred routes of which few are called. */
function compiler(schema: TSchema): () => ReturnType<typeof Compile> {
  let compiled: ReturnType<typeof Compile> | undefined;
  return () => {
    compiled ??= Compile(schema);
    return compiled;
  };
}

type Checked = { value: unknown } | { error: AssayError };

function bodyValidator(schema: TSchema): (value: unknown) => Checked {
  const compiled = compiler(schema);
  const overlong = overlongFinder(schema as ObjectSchema);
  const dropNulls = nullsDropper(schema as ObjectSchema);
  const unknown = unknownFinder(schema as ObjectSchema);
  const misread = misreader(schema);
  const narrow = narrower(schema as ObjectSchema);
  return (value) => {
    if (value === undefined) return { error: new AssayError('malformed_json', NO_BODY) };
    const long = overlong?.(value) ?? [];
    if (long.length > 0) return { error: refusalOf(long) };
    dropNulls?.(value);
    const found = unknown?.(value) ?? [];
    const closed = found.filter(({ refused }) => refused);
    if (closed.length === 0 && compiled().Check(value)) {
      const unread: FieldError[] = [];
      misread?.(value, '', unread);
      if (unread.length > 0) return { error: refusalOf(unread, misspelt(found)) };
      if (found.length > 0) leftOutOf.set(value as object, found);
      return { value };
    }
    const errors = closed.map(({ at, name, known }) => ({
      path: `${at}/${name}`,
      message: `is not a field here${suggestion(name, known)}`,
    }));
    const part = narrow(value);
    const { pathOf } = part;
    const open = found.filter(({ refused }) => !refused);
    return {
      error: refusal(compiled().Errors(part.value), part.value, { errors, misread, pathOf, more: misspelt(open) }),
    };
  };
}

interface Fault {
  keyword: string;
  instancePath: string;
  message: string;
  params: object;
}

/** What is said of a body beside its faults: one of them may be a field that stands there under another name. */
const misspelt = (found: readonly UnknownName[]) => (found.length > 0 ? leftOut(found, 'this body') : undefined);

interface Beside {
  errors?: FieldError[];
  misread?: Misread | undefined;
  pathOf?: (path: string) => string;
  more?: string | undefined;
}

function refusal(
  faults: Fault[],
  value: unknown,
  { errors = [], misread, pathOf = (path) => path, more }: Beside = {},
): AssayError {
  const found: FieldError[] = [];
  const told = new Set(errors.map(({ path }) => path));
  const [orNull, others] = [faults.filter(isOrNull), faults.filter((fault) => !isOrNull(fault))];
  for (const fault of others) {
    // Alternatives report every branch; one line that names the choice is enough. Unknown names are told with the nearest.
    if ((fault.keyword === 'anyOf' && errors.length + found.length > 0) || fault.keyword === 'additionalProperties')
      continue;
    if (!told.has(fault.instancePath)) found.push(...describe(fault, value));
  }
  // That it could be null too is worth saying of a value of another type alone.
  for (const { instancePath } of orNull) {
    const typed = others.find((fault) => fault.keyword === 'type' && fault.instancePath === instancePath);
    const error = typed && found.find(({ path }) => path === instancePath);
    if (error && !error.message.endsWith(' or null')) error.message += ' or null';
    else if (others.every(({ keyword }) => keyword === 'anyOf'))
      found.unshift({ path: instancePath, message: 'must be null' });
  }
  misread?.(value, '', found);
  errors.push(...found.map(({ path, message }) => ({ path: pathOf(path), message })));
  return refusalOf(errors, more);
}

/** The branch of an alternative that takes null and nothing else. */
const isOrNull = ({ keyword, params }: Fault) => keyword === 'type' && (params as { type: unknown }).type === 'null';

type Formed = ObjectSchema & { format?: string };
type Misread = (value: unknown, path: string, errors: FieldError[]) => void;

/** Finds texts that fit their schema and are not what its format says, beside the faults that are known; undefined where none could. */
function misreader({ unknownFields, format, items, anyOf, properties = {} }: Formed): Misread | undefined {
  if (unknownFields === 'told') return undefined;
  const fault = format === undefined ? undefined : FORMATS[format]?.fault;
  if (fault)
    return (value, path, errors) => {
      const message = typeof value === 'string' ? fault(value) : undefined;
      if (message !== undefined && !errors.some((error) => error.path === path)) errors.push({ path, message });
    };
  if (anyOf) {
    const branches = anyOf.flatMap((branch) => misreader(branch) ?? []);
    if (branches.length === 0) return undefined;
    return (value, path, errors) => {
      for (const branch of branches) branch(value, path, errors);
    };
  }
  const item = items && misreader(items);
  if (item)
    return (value, path, errors) => {
      if (!Array.isArray(value)) return;
      for (let i = 0; i < value.length && errors.length < MAX_FAULTS; i++) item(value[i], `${path}/${i}`, errors);
    };
  const inner = Object.entries(properties).flatMap(([name, property]): [string, Misread][] => {
    const reader = misreader(property);
    return reader ? [[name, reader]] : [];
  });
  if (inner.length === 0) return undefined;
  return (value, path, errors) => {
    if (!isObject(value)) return;
    for (const [name, reader] of inner) if (value[name] !== undefined) reader(value[name], `${path}/${name}`, errors);
  };
}

function suggestion(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  if (meant !== undefined) return ` (did you mean ${meant}?)`;
  return known.length === 0 ? '; there are none' : `; there are ${known.join(', ')}`;
}

/** What a query names that is not there: a filter that was mistyped would show everything. */
function strangers(raw: Record<string, unknown>, known: readonly string[]): FieldError[] {
  return Object.keys(raw)
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: `/${name.slice(0, 64)}`, message: `is not a parameter here${suggestion(name, known)}` }));
}

function describe({ keyword, instancePath, message, params }: Fault, value: unknown): FieldError[] {
  const { requiredProperties, allowedValues } = params as { requiredProperties?: string[]; allowedValues?: unknown[] };
  if (keyword === 'required')
    return (requiredProperties ?? []).map((name) => ({ path: `${instancePath}/${name}`, message: 'is required' }));
  const found = at(value, instancePath);
  if (typeof found === 'number' && !Number.isFinite(found))
    return [{ path: instancePath, message: 'must be a finite number; this one overflows' }];
  if (keyword === 'boolean') return [{ path: instancePath, message: 'is not a field here' }];
  if (keyword === 'enum')
    return [{ path: instancePath, message: `must be one of ${(allowedValues ?? []).map(String).join(', ')}` }];
  if (keyword === 'type')
    return [{ path: instancePath, message: `must be ${named((params as { type: string }).type)}` }];
  return [{ path: instancePath, message }];
}
function named(type: string | string[]): string {
  return [type]
    .flat()
    .map((name) => (name === 'null' ? name : `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`))
    .join(' or ');
}

function at(value: unknown, pointer: string): unknown {
  let here = value;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return here;
}

function controlCharacters(raw: Record<string, unknown>): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(raw)) {
    const message = typeof value === 'string' ? unfitId(value) : undefined;
    if (message) errors.push({ path: `/${name}`, message });
  }
  return errors;
}

/** Numbers in a query, and the defaults of what is absent. */
function readNumbers(schema: TSchema, value: Record<string, unknown>): Record<string, unknown> {
  const { properties } = schema as { properties?: Record<string, { type?: string; default?: unknown }> };
  for (const [name, { type, default: fallback }] of Object.entries(properties ?? {})) {
    const text = value[name];
    if (text === undefined && fallback !== undefined) value[name] = fallback;
    else if ((type === 'integer' || type === 'number') && typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text))
      value[name] = Number(text);
  }
  return value;
}
