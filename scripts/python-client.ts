import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../test/support/app.ts';
import type { OpenApi } from '../test/support/client-types.ts';
import { faulty } from '../test/support/faulty.ts';
import { pythonTypes } from '../test/support/python-types.ts';

/**
 * `npm run client:python`: builds the wheel of clients/python, installs it into an empty environment, has mypy check it and its tests
 * strictly, and runs the tests and the README against a server. Needs Python 3.11 and its registry; the product needs neither.
 */
const client = join(import.meta.dirname, '..', 'clients', 'python');
const python = process.env.PYTHON ?? 'python3';
const folder = mkdtempSync(join(tmpdir(), 'assay-python-'));
const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: client, stdio: 'inherit' });

/** Why there is nothing to do. */
function missing(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import sys, venv, ensurepip; assert sys.version_info >= (3, 11)'], {
      stdio: 'ignore',
    });
    return undefined;
  } catch {
    return `${python} is not Python 3.11 or later with venv (PYTHON names another)`;
  }
}

async function check(): Promise<number> {
  const app = await startApp({ API_KEY: 'secret-of-the-client' });
  const broken = await faulty(app.url);
  try {
    const document = (await (await fetch(`${app.url}/openapi.json`)).json()) as OpenApi;
    writeFileSync(join(client, 'src', 'assay_client', '_api.py'), pythonTypes(document));
    rmSync(join(client, 'dist'), { recursive: true, force: true });
    run(python, '-m', 'venv', folder);
    const bin = (name: string) => join(folder, 'bin', name);
    const pip = (...args: string[]) => run(bin('pip'), '--quiet', '--disable-pip-version-check', ...args);
    pip('wheel', '--no-deps', '--wheel-dir', 'dist', '.');
    const [wheel] = readdirSync(join(client, 'dist'));
    pip('install', 'mypy==2.4.1', `${join(client, 'dist', wheel)}[pandas,polars]`);
    // Of the installed one, not of the sources.
    for (const what of [['tests'], ['-p', 'assay_client']])
      run(bin('mypy'), '--strict', '--cache-dir', join(folder, 'mypy'), ...what);
    const tests = spawn(bin('python'), ['-m', 'unittest', '-v', 'tests.test_client'], {
      cwd: client,
      stdio: 'inherit',
      env: {
        ...process.env,
        ...{ ASSAY_URL: app.url, ASSAY_KEY: 'secret-of-the-client', ASSAY_FAULTY_URL: broken.url },
        PYTHONDONTWRITEBYTECODE: '1',
      },
    });
    const [code] = (await once(tests, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    broken.server.closeAllConnections();
    broken.server.close();
    await app.stop();
  }
}

const reason = missing();
if (reason) console.log(`skipped: ${reason}`);
else
  try {
    process.exitCode = await check();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
