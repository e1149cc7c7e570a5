import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { withReadyCluster } from '../../test/support/ready-cluster.ts';

const root = join(import.meta.dirname, '..', '..');
/** The built dashboard. */
export const dist = process.env.ASSAY_DASHBOARD_DIR ?? join(import.meta.dirname, '..', 'dist');
const modelDir = process.env.ASSAY_MODEL_DIR ?? join(root, 'models', 'transactions');
const CHROMIUM = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

export const chromiumPath = CHROMIUM.find((path) => path !== undefined && existsSync(path));

/** Why these tests cannot run here, or false. */
export const skip: string | false = !chromiumPath
  ? 'there is no Chromium: install it, or name it in CHROMIUM_PATH'
  : !existsSync(join(dist, 'index.html'))
    ? 'the dashboard is not built: npm run build -w dashboard'
    : !existsSync(join(modelDir, 'model.json'))
      ? `there is no model in ${modelDir}: name one in ASSAY_MODEL_DIR`
      : false;

/** What takes longer is ended by force. */
const START_MS = 60_000;
const STOP_MS = 10_000;

export interface Stage {
  /** By way of the line. */
  url: string;
  /** Past it. */
  server: string;
  /** Ends every live connection and refuses new ones, as a network that is gone. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
}

/** A server of its own with an empty data directory, and in front of it a line that can be cut. `apiKey` is an admin's. */
export async function startStage(apiKey = '', settings: Record<string, string> = {}): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-e2e-'));
  await withReadyCluster(dataDir);
  const server = spawn(process.execPath, ['bin/assay.js', 'serve', '--port', '0', '--data-dir', dataDir], {
    cwd: root,
    env: {
      ...{ ...process.env, ASSAY_DASHBOARD_DIR: dist, ASSAY_MODEL_DIR: modelDir, RATE_LIMIT_MAX: '0', API_KEY: apiKey },
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const over = new Promise((resolve) => server.once('exit', resolve));
  // However this process ends, the server ends too.
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  const late = setTimeout(kill, START_MS);
  const port = await portOf(server).finally(() => clearTimeout(late));
  const line = await startLine(port);
  return {
    ...line,
    server: `http://127.0.0.1:${port}`,
    async stop() {
      await line.stop();
      server.kill('SIGTERM');
      const late = setTimeout(kill, STOP_MS);
      await over;
      clearTimeout(late);
      process.off('exit', kill);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function portOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const match = /Server listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
      if (match) resolve(Number(match[1]));
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said.slice(-2000)}`)));
  });
}

/** Passes everything on to the server, page and all. */
async function startLine(target: number) {
  const sockets = new Set<Duplex>();
  let whole = true;
  const line = createServer((incoming, answer) => {
    if (!whole) return void incoming.socket.destroy();
    const { method, url: path, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: target, method, path, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    incoming.pipe(onward);
  });
  line.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!whole) return void socket.destroy();
    const onward: Socket = connect(target, '127.0.0.1', () => {
      const headers = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${value}`);
      onward.write(`GET ${incoming.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('error', () => end.destroy());
      end.on('close', () => {
        sockets.delete(end);
        socket.destroy();
        onward.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(line.address() as AddressInfo).port}`,
    cut() {
      whole = false;
      drop();
    },
    mend() {
      whole = true;
    },
    async stop() {
      drop();
      line.closeAllConnections();
      await new Promise((resolve) => line.close(resolve));
    },
  };
}
