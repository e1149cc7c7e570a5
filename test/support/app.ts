import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { type App, createApp, type Overrides } from '../../src/app.ts';
import { defaultModelDir } from '../../src/cli/paths.ts';
import { readConfig } from '../../src/config.ts';
import { withReadyCluster } from './ready-cluster.ts';

export interface TestApp extends App {
  url: string;
  dataDir: string;
  /** Stops it, once however often it is told; the folder goes too unless it is kept. */
  stop(options?: { keep?: boolean }): Promise<void>;
}

const THREADS = process.env.ASSAY_THREADS ?? '1';

/** The whole application on a folder and a port of its own: the real journal and an embedded PostgreSQL. */
export async function startApp(env: Record<string, string> = {}, overrides: Overrides = {}): Promise<TestApp> {
  const dataDir = env.ASSAY_DATA_DIR ?? mkdtempSync(join(tmpdir(), 'assay-test-'));
  const config = readConfig(
    // Another thread for each would take longer to begin than most tests need; servers in processes of their own have one.
    { PORT: '0', LOG_LEVEL: 'silent', RATE_LIMIT_MAX: '0', ASSAY_THREADS: THREADS, ...env, ASSAY_DATA_DIR: dataDir },
    { modelDir: defaultModelDir },
  );
  if (!config.databaseUrl) await withReadyCluster(dataDir);
  // Code that is compiled before it is needed answers the same; servers in processes of their own are warmed up.
  const app = await createApp(config, { log: pino({ level: 'silent' }), warmUpMs: 0, ...overrides });
  const url = await app.listen();
  let closed: Promise<void> | undefined;
  return {
    ...app,
    url,
    dataDir,
    async stop(options = {}) {
      await (closed ??= app.close());
      if (!options.keep) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever the server answered.
  body: any;
}

/** A request with a JSON body. The answer's body is parsed where it is JSON. */
export async function call(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text };
}
