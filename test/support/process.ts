import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endsWithUs } from './children.ts';
import { withReadyCluster } from './ready-cluster.ts';

export interface ServerProcess {
  url: string;
  child: ChildProcess;
  /** What it wrote so far. */
  output(): string;
  /** SIGKILL, and gone when it resolves. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

const entry = join(import.meta.dirname, '..', '..', 'bin', 'assay.js');

/** `assay serve` as a process of its own; resolves once it listens, rejects with its output if it ends before. */
export async function startServer(dataDir: string, env: Record<string, string> = {}): Promise<ServerProcess> {
  if (!env.DATABASE_URL) await withReadyCluster(dataDir);
  const child = spawn(process.execPath, [entry, 'serve', '--port', env.PORT ?? '0'], {
    env: { ...process.env, LOG_LEVEL: 'warn', RATE_LIMIT_MAX: '0', ...env, ASSAY_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endsWithUs(child);
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const ended = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const match = /at (http:\/\/[^\s"]+)/.exec(text);
      if (match) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${text}`)));
  });
  return {
    url,
    child,
    output: () => text,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = await ended;
      return code as number | null;
    },
  };
}
