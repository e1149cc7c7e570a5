import { FORMATS } from './formats.ts';

/**
 * A schema as the document and the published JSON Schemas show it: formats of ours in words that others know, numbers with the
 * size that they have (a generator would make floats of four bytes of them), an object without properties open.
 */
export function documented(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(documented);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { unknownFields: _, ...open } = withoutUnion(schema as Record<string, unknown>);
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(open)) {
    const ours = name === 'format' && typeof value === 'string' ? FORMATS[value] : undefined;
    if (ours) Object.assign(shown, ours.shown);
    // Any name at all: generators know it so.
    else if (name === 'patternProperties' && '^.*$' in (value as object))
      shown.additionalProperties = documented((value as Record<string, unknown>)['^.*$']);
    else if (name === 'properties') shown[name] = eachOf(value as Record<string, unknown>);
    else shown[name] = LITERAL.has(name) ? value : documented(value);
  }
  const types = [open.type ?? []].flat() as string[];
  const named = Object.keys(open.properties ?? {}).length > 0;
  // What JSON Schema means anyway, and generators make a map of.
  if (named && open.additionalProperties === true) delete shown.additionalProperties;
  if (!named && shown.additionalProperties === true) delete shown.properties;
  if (types.includes('number') && open.format === undefined) shown.format = 'double';
  if (types.includes('object') && !named && !open.patternProperties && open.additionalProperties === undefined)
    shown.additionalProperties = true;
  return shown;
}

/** What may be null too says so by its type, where it has one: generators make no model of its own of that. */
function withoutUnion(schema: Record<string, unknown>): Record<string, unknown> {
  const { anyOf, ...rest } = schema as { anyOf?: Record<string, unknown>[]; description?: string };
  const [only, none] = anyOf ?? [];
  if (anyOf?.length === 1) return withoutUnion({ ...only, ...rest });
  if (anyOf?.length !== 2 || none.type !== 'null') return schema;
  const plain = withoutUnion(only);
  if (typeof plain.type !== 'string' || (plain.properties && rest.description)) return schema;
  return { ...plain, ...rest, type: [plain.type, 'null'] };
}

/** What holds values, not schemas. */
export const LITERAL: ReadonlySet<string> = new Set(['examples', 'example', 'default', 'enum', 'const', 'required']);

function eachOf(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, documented(schema)]));
}
