import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';

const MAX_BUILD_MS = 5 * 60_000;

/**
 * Builds the dashboard into `<folder>/dist` where it is not there and what it is made with is installed; the server
 * finds it there once it is whole. Returns the way to stop, or why there is nothing to do.
 */
export function buildDashboard(folder: string, say: (text: string) => void): { stop(): void } | string {
  const dist = join(folder, 'dist');
  if (existsSync(join(dist, 'index.html'))) return 'it is built';
  if (!existsSync(join(folder, 'package.json'))) return 'it is not part of this installation';
  const vite = viteOf(folder);
  if (!vite) return 'what it is built with is not installed';
  // Beside it, and named after the process: others may build too, and the first to be done puts its own in place.
  const fresh = join(folder, `.dist-${process.pid}`);
  mkdirSync(fresh, { recursive: true });
  const began = Date.now();
  const child = spawn(process.execPath, [vite, 'build', '--outDir', fresh, '--emptyOutDir', '--logLevel', 'error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: MAX_BUILD_MS,
  });
  yieldTo(child);
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2_000);
  });
  child.on('error', (error) => say(`The dashboard could not be built: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (code === 0 && install(fresh, dist))
      say(`The dashboard is built (${((Date.now() - began) / 1000).toFixed(1)} s).`);
    else if (code !== 0 && !signal)
      say(`The dashboard could not be built: ${complaint.trim() || `vite ended with ${code}`}`);
    rmSync(fresh, { recursive: true, force: true });
  });
  return {
    stop: () => {
      child.kill();
    },
  };
}

/** All at once, so that no half of it is served. False where another process was faster. */
function install(fresh: string, dist: string): boolean {
  if (existsSync(join(dist, 'index.html'))) return false;
  rmSync(dist, { recursive: true, force: true });
  renameSync(fresh, dist);
  return true;
}

/** Wherever the workspace put it. */
function viteOf(folder: string): string | undefined {
  try {
    return join(dirname(createRequire(join(folder, 'package.json')).resolve('vite/package.json')), 'bin', 'vite.js');
  } catch {
    return undefined;
  }
}

/** Decisions come first. */
function yieldTo({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, 10);
  } catch {
    // A system without priorities builds all the same.
  }
}
