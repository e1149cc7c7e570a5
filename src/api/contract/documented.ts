import { FORMATS } from './formats.ts';

const FORMAT_OF: Readonly<Record<string, string>> = { number: 'double', integer: 'int64' };

/**
 * A schema as the document and the published JSON Schemas show it: formats of ours in words that others know, numbers with the
 * size that they have (a generator would make floats of four bytes of them), an object without properties open.
 */
export function documented(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(documented);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { unknownFields: _, ...open } = schema as Record<string, unknown>;
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(open)) {
    const ours = name === 'format' && typeof value === 'string' ? FORMATS[value] : undefined;
    if (ours) Object.assign(shown, ours.shown);
    else if (name === 'properties') shown[name] = eachOf(value as Record<string, unknown>);
    else shown[name] = LITERAL.has(name) ? value : documented(value);
  }
  const types = [open.type ?? []].flat() as string[];
  const named = Object.keys(open.properties ?? {}).length > 0;
  // What JSON Schema means anyway, and generators make a map of.
  if (named && open.additionalProperties === true) delete shown.additionalProperties;
  const format = types.map((type) => FORMAT_OF[type]).find((known) => known !== undefined);
  if (format !== undefined && open.format === undefined) shown.format = format;
  if (types.includes('object') && !named && !open.patternProperties && open.additionalProperties === undefined)
    shown.additionalProperties = true;
  return shown;
}

/** What holds values, not schemas. */
export const LITERAL: ReadonlySet<string> = new Set(['examples', 'example', 'default', 'enum', 'const', 'required']);

function eachOf(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, documented(schema)]));
}
