#!/usr/bin/env node
// A package holds lib/, which any supported Node runs. A checkout holds src/, which needs a Node that strips types: the pinned
// `node` package brings one where the system's is older.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const entry = join(root, 'src', 'cli', 'main.ts');
const packed = join(root, 'lib', 'cli', 'main.js');
const [major, minor] = process.versions.node.split('.').map(Number);
const stripsTypes = major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);

if (!existsSync(entry)) {
  if (!stripsTypes) {
    console.error(`assay needs Node 22.18 or 24, and this is ${process.version}.`);
    process.exit(1);
  }
  await import(pathToFileURL(packed).href);
} else if (stripsTypes) {
  await import(pathToFileURL(entry).href);
} else {
  const pinned = findPinnedNode();
  if (!pinned) {
    console.error(
      `assay needs Node 24 and this is ${process.version}. Run npm ci with install scripts on (it brings the pinned Node), or install Node 24.`,
    );
    process.exit(1);
  }
  const child = spawn(pinned, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code ?? 1);
  });
}

function findPinnedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    return ['bin/node', 'bin/node.exe'].map((name) => join(folder, name)).find(existsSync);
  } catch {
    return undefined;
  }
}
