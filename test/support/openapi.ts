/** The document with every reference in its place, as one who reads a route sees it. */
export function dereferenced<T>(document: T): T {
  const find = (pointer: string) =>
    pointer
      .slice(2)
      .split('/')
      // biome-ignore lint/suspicious/noExplicitAny: a document of any shape.
      .reduce((node, name) => node[name], document as any);
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    if ('$ref' in value && typeof value.$ref === 'string') {
      const found = find(value.$ref);
      if (found === undefined) throw new Error(`${value.$ref} is not there`);
      return walk(found);
    }
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner)]));
  };
  return walk(document) as T;
}
