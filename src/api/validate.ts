import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { AssayError, type FieldError } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { refusal as refusalOf } from '../intake/faults.ts';
import { nullsDropper, type ObjectSchema, type UnknownName, unknownFinder } from '../intake/shape.ts';
import { unfitId } from '../intake/text.ts';
import { isObject } from '../intake/values.ts';
import { FORMATS } from './contract/formats.ts';

const NO_BODY = 'The request needs a JSON body.';

/** Names in a body that its schema does not have, where that only calls for a warning. */
export const leftOutOf = new WeakMap<object, UnknownName[]>();

/**
 * A body is taken as it is, but for null where a field may be left out: that is absence. What stands in an address is text and
 * is read as the number it should be; a query may name nothing that the schema does not have. A refusal tells every fault.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema);
  if (httpPart === 'body') return bodyValidator(schema);
  if (httpPart === 'headers')
    return (value) => (compiled.Check(value) ? { value } : { error: refusal(compiled.Errors(value), value) });
  const known = httpPart === 'querystring' ? Object.keys((schema as ObjectSchema).properties ?? {}) : undefined;
  const formed = hasFormats(schema);
  return (raw) => {
    const errors = controlCharacters(raw as Record<string, unknown>);
    if (known) errors.push(...strangers(raw as Record<string, unknown>, known));
    const value = readNumbers(schema, { ...(raw as Record<string, unknown>) });
    if (errors.length === 0 && compiled.Check(value) && !(formed && misread(schema, value, '', errors).length > 0))
      return { value };
    return { error: refusal(compiled.Errors(value), value, errors, schema) };
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

type Checked = { value: unknown } | { error: AssayError };

function bodyValidator(schema: TSchema): (value: unknown) => Checked {
  const compiled = Compile(schema);
  const dropNulls = nullsDropper(schema as ObjectSchema);
  const unknown = unknownFinder(schema as ObjectSchema);
  const formed = hasFormats(schema);
  return (value) => {
    if (value === undefined) return { error: new AssayError('malformed_json', NO_BODY) };
    dropNulls?.(value);
    const found = unknown?.(value) ?? [];
    const closed = found.filter(({ refused }) => refused);
    const fits = closed.length === 0 && compiled.Check(value);
    if (fits && !(formed && misread(schema, value, '', []).length > 0)) {
      if (found.length > 0) leftOutOf.set(value as object, found);
      return { value };
    }
    const errors = closed.map(({ at, name, known }) => ({
      path: `${at}/${name}`,
      message: `is not a field here${suggestion(name, known)}`,
    }));
    return { error: refusal(compiled.Errors(value), value, errors, schema) };
  };
}

interface Fault {
  keyword: string;
  instancePath: string;
  message: string;
  params: object;
}

function refusal(faults: Fault[], value: unknown, errors: FieldError[] = [], schema?: TSchema): AssayError {
  for (const fault of faults) {
    // Alternatives report every branch; one line that names the choice is enough. Unknown names are told with the nearest.
    if ((fault.keyword === 'anyOf' && errors.length > 0) || fault.keyword === 'additionalProperties') continue;
    errors.push(...describe(fault, value));
  }
  if (schema) errors.push(...misread(schema, value, '', errors));
  return refusalOf(errors);
}

type Formed = ObjectSchema & { format?: string };

/** Whether a text in it must be more than its schema says. */
function hasFormats({ unknownFields, format, items, anyOf = [], properties = {} }: Formed): boolean {
  if (unknownFields === 'told') return false;
  const inner = [...(items ? [items] : []), ...anyOf, ...Object.values(properties)];
  return (format !== undefined && format in FORMATS) || inner.some(hasFormats);
}

/** Texts that fit their schema and are not what its format says, beside the faults that are known. */
function misread(schema: Formed, value: unknown, path: string, errors: FieldError[]): FieldError[] {
  if (schema.unknownFields === 'told') return [];
  if (typeof value === 'string') {
    const fault = schema.format === undefined ? undefined : FORMATS[schema.format]?.fault(value);
    return fault === undefined || errors.some((error) => error.path === path) ? [] : [{ path, message: fault }];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (schema.anyOf) return schema.anyOf.flatMap((branch) => misread(branch, value, path, errors));
  const of = (name: string) => (Array.isArray(value) ? schema.items : schema.properties?.[name]);
  return Object.entries(value).flatMap(([name, item]) => {
    const inner = of(name);
    return inner ? misread(inner, item, `${path}/${name}`, errors) : [];
  });
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
