import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What `npm pack` does before it packs: `src/` without its types goes to `lib/`, for Node strips none under `node_modules`, and the
 * dashboard is built.
 */
const root = join(import.meta.dirname, '..');
const lib = join(root, 'lib');
const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });

rmSync(lib, { recursive: true, force: true });
run('npx', '--no-install', 'tsc', '-p', 'tsconfig.package.json');
for (const assets of ['api/pages', 'kernel/kernel.wasm', 'adapters/postgres/migrations'])
  cpSync(join(root, 'src', assets), join(lib, assets), { recursive: true });
run('npm', 'run', '--silent', 'build', '--workspace', 'dashboard');
