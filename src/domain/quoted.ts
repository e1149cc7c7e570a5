const MAX_CHARS = 500;

/**
 * A message of a database, a broker or a parser as it may be shown and logged: what stands in quotation marks goes, and so do the
 * values of a query and the credentials of an address, for they repeat what they were given.
 */
export function withoutValues(message: string): string {
  return message
    .replace(/\n?params: .*$/s, '')
    .replace(/"(?:[^"\\]|\\.)*"?/g, '"…"')
    .replace(/:\/\/[^\s/@]*@/g, '://')
    .slice(0, MAX_CHARS);
}
