import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { AssayError, type FieldError } from '../domain/errors.ts';
import { refusal as refusalOf, summary } from '../intake/faults.ts';
import { unfitId } from '../intake/text.ts';
import { isObject } from '../intake/values.ts';

const NO_BODY = 'The request needs a JSON body.';

/** Bodies are taken as they are; what stands in an address is text and is read as the number it should be. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema);
  if (httpPart === 'body')
    return (value) => {
      if (compiled.Check(value)) return { value };
      if (value === undefined) return { error: new AssayError('malformed_json', NO_BODY) };
      return { error: refusal(compiled.Errors(value), value) };
    };
  if (httpPart === 'headers')
    return (value) => (compiled.Check(value) ? { value } : { error: refusal(compiled.Errors(value), value) });
  return (raw) => {
    const errors = controlCharacters(raw as Record<string, unknown>);
    if (errors.length > 0) return { error: new AssayError('invalid_request', summary(errors), { errors }) };
    const value = readNumbers(schema, { ...(raw as Record<string, unknown>) });
    return compiled.Check(value) ? { value } : { error: refusal(compiled.Errors(value), value) };
  };
};

/** For transactions: their schema is the document's, and the intake, which every door shares, checks them. */
export const byIntake: FastifySchemaCompiler<TSchema> = (part) =>
  part.httpPart === 'body'
    ? (value) => {
        if (value === undefined) return { error: new AssayError('malformed_json', NO_BODY) };
        return isObject(value) ? { value } : { error: refusalOf([{ path: '', message: 'must be an object' }]) };
      }
    : validatorCompiler(part);

interface Fault {
  keyword: string;
  instancePath: string;
  message: string;
  params: object;
}

const MAX_ERRORS = 20;

function refusal(faults: Fault[], value: unknown): AssayError {
  const errors: FieldError[] = [];
  for (const fault of faults) {
    // Alternatives report every branch; one line that names the choice is enough.
    if (fault.keyword === 'anyOf' && errors.length > 0) continue;
    if (errors.length >= MAX_ERRORS) break;
    errors.push(...describe(fault, value));
  }
  return new AssayError('invalid_request', summary(errors), { errors });
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
