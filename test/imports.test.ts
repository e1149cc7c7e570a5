import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { circlesOf, type ImportGraph, importGraph, importsIn } from './support/imports.ts';

const source = join(import.meta.dirname, '..', 'src');

/** Which folders of src a folder may import from; a test file may import what it likes. */
const allowed: Record<string, string[]> = {
  domain: [],
  kernel: [],
  profiles: ['domain'],
  policy: ['domain'],
  models: ['domain', 'kernel'],
  journal: ['domain'],
  intake: ['domain'],
  features: ['domain', 'profiles'],
  engine: ['domain', 'profiles', 'policy', 'models', 'journal', 'features'],
  projections: ['domain', 'journal'],
  narrator: ['domain', 'policy', 'journal'],
  training: ['domain', 'intake', 'profiles', 'features', 'models', 'engine', 'kernel'],
  adapters: ['domain', 'journal', 'projections', 'profiles', 'narrator', 'api/rate-limit.ts'],
  api: ['domain', 'intake', 'engine', 'journal', 'projections', 'models', 'policy', 'narrator', 'config.ts'],
  cli: [
    'domain',
    'intake',
    'narrator',
    'profiles',
    'features',
    'models',
    'policy',
    'engine',
    'journal',
    'projections',
    'training',
    'mcp',
    'api',
    'app.ts',
    // Tells why the server does not start without being part of it.
    'app/doctor/doctor.ts',
    'app/doctor/upgrade.ts',
    // The other process that is composed whole; the server's need not be read for it.
    'app/worker.ts',
    'config.ts',
  ],
  // Knows the server by its public API alone.
  mcp: [],
  'config.ts': ['domain'],
  app: ['*'],
  'app.ts': ['*'],
};

test('folders import only what the architecture allows', () => {
  const offences: string[] = [];
  for (const file of globSync('**/*.ts', { cwd: source })) {
    if (file.endsWith('.test.ts')) continue;
    const folder = file.split('/')[0];
    const may = allowed[folder];
    assert.ok(may, `src/${folder} has no import rule`);
    const text = readFileSync(join(source, file), 'utf8');
    for (const path of importsIn(text)) {
      const target = relative(source, join(source, dirname(file), path)).split('/');
      const to = target[0];
      if (to === '..' && target[1] === 'package.json') continue;
      if (to === folder) {
        // Adapters never import each other.
        if (folder === 'adapters' && target[1] !== file.split('/')[1]) offences.push(`${file} → ${path}`);
        continue;
      }
      if (!may.includes('*') && !may.includes(to) && !may.includes(target.join('/')))
        offences.push(`${file} → ${path}`);
    }
  }
  assert.deepEqual(offences, []);
});

test('no circle of imports, those of types included', () => {
  const dashboard = join(import.meta.dirname, '..', 'dashboard', 'src');
  for (const root of [source, dashboard]) {
    const graph = importGraph(root);
    assert.ok(graph.size > 50 && [...graph.values()].flat().length > graph.size, `${root} is read`);
    assert.deepEqual(circlesOf(graph), []);
  }
});

test('a circle is found, however it is made', () => {
  const graph = (edges: Record<string, string[]>): ImportGraph => new Map(Object.entries(edges));
  assert.deepEqual(circlesOf(graph({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })), [], 'a diamond is none');
  assert.deepEqual(circlesOf(graph({ a: ['b'], b: ['a'], c: ['a'] })), [['a', 'b']]);
  assert.deepEqual(circlesOf(graph({ a: ['a'] })), [['a']]);
  assert.deepEqual(circlesOf(graph({ a: ['b'], b: ['c'], c: ['d', 'a'], d: ['e'], e: ['d'] })), [
    ['d', 'e'],
    ['a', 'b', 'c'],
  ]);
  const forms = [
    "import { a } from './a.ts';",
    "import type { A } from './a.ts';",
    "export { a } from './a.ts';",
    "export type * from './a.ts';",
    "import './a.ts';",
    "const a = await import('./a.ts');",
    "type A = import('./a.ts').A;",
    "import {\n  a,\n  b,\n} from './a.ts';",
  ];
  for (const form of forms) assert.deepEqual(importsIn(form), ['./a.ts'], form);
  assert.deepEqual(importsIn("import { test } from 'node:test';"), []);
});
