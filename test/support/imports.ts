import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** Who imports whom: file → files, by paths from the same root. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Every way to name another file: import, export … from, import for its effects, import(), and types by any of these. */
const NAMED = /(?:\bfrom|\bimport)\s*\(?\s*(['"])(\.[^'"]+)\1/g;

/** The relative paths that a source names, types included. */
export function importsIn(source: string): string[] {
  return [...source.matchAll(NAMED)].map(([, , path]) => path);
}

/** The graph of what lies under `root`. What is imported from elsewhere is left out. */
export function importGraph(root: string): ImportGraph {
  const files = globSync('**/*.{ts,tsx}', { cwd: root });
  const known = new Set(files);
  return new Map(
    files.map((file) => [
      file,
      importsIn(readFileSync(join(root, file), 'utf8'))
        .map((path) => normalize(join(dirname(file), path)))
        .filter((target) => known.has(target)),
    ]),
  );
}

/**
 * The circles of a graph: its strongly connected components of more than one file, and files that import themselves, each
 * sorted (Tarjan, "Depth-first search and linear graph algorithms", 1972).
 */
export function circlesOf(graph: ImportGraph): string[][] {
  const index = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  function visit(file: string): number {
    const at = index.size;
    index.set(file, at);
    let lowest = at;
    open.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!index.has(target)) lowest = Math.min(lowest, visit(target));
      else if (open.includes(target)) lowest = Math.min(lowest, index.get(target) as number);
    }
    if (lowest === at) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1 || graph.get(file)?.includes(file)) circles.push(circle.sort());
    }
    return lowest;
  }
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return circles;
}
