import { FORMATS } from './formats.ts';

/** A schema as the document and the published JSON Schemas show it: formats of ours in words that others know. */
export function documented(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(documented);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { unknownFields: _, ...open } = schema as Record<string, unknown>;
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(open)) {
    const ours = name === 'format' && typeof value === 'string' ? FORMATS[value] : undefined;
    if (ours) Object.assign(shown, ours.shown);
    else shown[name] = name === 'examples' || name === 'default' || name === 'enum' ? value : documented(value);
  }
  return shown;
}
