import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { startApp } from '../test/support/app.ts';
import { faulty } from '../test/support/faulty.ts';

/**
 * `npm run client:runtimes`: packs packages/client, and has what is packed pay, list, follow and verify on Node, Deno, Bun and workerd (which
 * runs Workers), each over a network that breaks: every payment is decided once. The runtimes come from npm into a folder that goes again.
 */
const RUNTIMES = { deno: '2.9.6', bun: '1.4.5', workerd: '1.20261117.1' };
const COUNT = Number(process.env.ASSAY_CLIENT_PAYMENTS ?? 30);
const KEY = 'secret-of-the-client';
const PROGRAMS = join(import.meta.dirname, 'client-runtimes');
const client = join(import.meta.dirname, '..', 'packages', 'client');
const folder = mkdtempSync(join(tmpdir(), 'assay-runtimes-'));
const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** What a runtime printed. */
function printed(command: string, args: string[], tryOut: string): Promise<string> {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, TRY_OUT: tryOut },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  return once(child, 'close').then(() => text);
}

/** A Worker is asked by HTTP: its configuration names the modules, and lets it out to this machine. */
async function worker(tryOut: string): Promise<string> {
  const modules = ['worker.js', 'program.js', ...readdirSync(join(folder, 'client')).map((name) => `client/${name}`)];
  const listed = modules
    .filter((name) => name.endsWith('.js'))
    .map((name) => `(name = "${name}", esModule = embed "${name}")`);
  const socket = join(folder, 'worker.sock');
  writeFileSync(
    join(folder, 'worker.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .tried), (name = "out", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "unix:${socket}", http = (), service = "main")]);
const tried :Workerd.Worker = (modules = [${listed.join(', ')}], compatibilityDate = "2026-11-01",
  globalOutbound = "out", bindings = [(name = "TRY_OUT", fromEnvironment = "TRY_OUT")]);
`,
  );
  const child = spawn(join(folder, 'node_modules/.bin/workerd'), ['serve', 'worker.capnp'], {
    cwd: folder,
    env: { ...process.env, TRY_OUT: tryOut },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  try {
    // Not waited for by standing still: the server that it pays at is of this process.
    const retries = ['--retry', '30', '--retry-delay', '1', '--retry-all-errors'];
    return await printed('curl', ['-sS', ...retries, '--unix-socket', socket, 'http://worker/'], '');
  } finally {
    child.kill();
    await once(child, 'close');
  }
}

const RUNS: Record<string, (tryOut: string) => Promise<string>> = {
  [`node ${process.versions.node}`]: (given) => printed(process.execPath, ['process.js'], given),
  [`deno ${RUNTIMES.deno}`]: (given) =>
    printed(join(folder, 'node_modules/.bin/deno'), ['run', '--allow-net', '--allow-env', 'process.js'], given),
  [`bun ${RUNTIMES.bun}`]: (given) => printed(join(folder, 'node_modules/.bin/bun'), ['process.js'], given),
  [`workerd ${RUNTIMES.workerd}`]: worker,
};

const app = await startApp({ API_KEY: KEY });
const broken = await faulty(app.url);
try {
  npm(client, 'pack', '--silent', '--pack-destination', folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
  npm(
    folder,
    'install',
    '--no-audit',
    '--no-fund',
    '--silent',
    ...Object.entries(RUNTIMES).map(([name, version]) => `${name}@${version}`),
  );
  npm(folder, 'install', '--no-audit', '--no-fund', '--silent', join(folder, 'assay-client-0.1.0.tgz'));
  cpSync(join(folder, 'node_modules/@assay/client/dist'), join(folder, 'client'), { recursive: true });
  cpSync(PROGRAMS, folder, { recursive: true });
  const secret = `whsec_${Buffer.from('a secret of thirty-two bytes long').toString('base64')}`;
  const body = JSON.stringify({ type: 'transaction.decided' });
  for (const [name, run] of Object.entries(RUNS)) {
    const at = new Date();
    const headers = {
      ...{ 'webhook-id': 'msg_1', 'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)) },
      'webhook-signature': new Webhook(secret).sign('msg_1', at, body),
    };
    const tryOut = {
      user: `user of ${name}`,
      faulty: broken.url,
      url: app.url,
      key: KEY,
      count: COUNT,
      delivery: { body, headers, secret },
    };
    const began = performance.now();
    const told = JSON.parse(await run(JSON.stringify(tryOut)));
    const expected = Array.from({ length: COUNT }, (_, i) => i + 1);
    assert.deepEqual(told, { amounts: expected, event: 'transaction.decided', webhook: 'transaction.decided' }, name);
    console.log(
      `${name}: ${COUNT} payments, each once; a list, the feed, a webhook (${((performance.now() - began) / 1_000).toFixed(1)} s)`,
    );
  }
} finally {
  broken.server.closeAllConnections();
  broken.server.close();
  await app.stop();
  rmSync(folder, { recursive: true, force: true });
}
