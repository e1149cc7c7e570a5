/** Confluent's real client and serializers for Python, in an environment of its own under node_modules/.cache. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { promisify } from 'node:util';
import { cacheFolder } from '../../scripts/services/kafka-jars.ts';

const run = promisify(execFile);
const SCRIPTS = join(import.meta.dirname, 'confluent');
const PACKAGES = join(SCRIPTS, 'requirements.txt');
const VERSION = '2.16.1';
const INSTALL_MS = 300_000;

const folder = cacheFolder(`confluent-${VERSION}`);
const python = join(folder, 'bin', 'python');

/** Why it cannot be tried: only where there is no Python, or its packages cannot be had. */
export const noConfluent = await install().then(
  () => undefined,
  (error) => `confluent-kafka for Python cannot be had: ${error.message.split('\n')[0]}`,
);

async function install(): Promise<void> {
  const marker = join(folder, 'pyvenv.cfg');
  const works = () => run(python, ['-c', 'import confluent_kafka, fastavro, google.protobuf, jsonschema']);
  if (existsSync(marker) && (await works().catch(() => undefined))) return;
  const made = () => run('python3', ['-m', 'venv', '--clear', folder], { timeout: INSTALL_MS });
  await made().catch(async (error) => {
    if (process.getuid?.() !== 0) throw error;
    const packages = ['python3', 'python3-venv'];
    await run('apt-get', ['update', '-qq'], { timeout: INSTALL_MS });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { timeout: INSTALL_MS });
    await made();
  });
  await run(python, ['-m', 'pip', 'install', '-q', '--no-input', '-r', PACKAGES], { timeout: INSTALL_MS });
  await works();
}

export interface Confluent {
  /** Sends one command to the script and resolves with its answer. Rejects with what Python says. */
  ask(command: object): Promise<Record<string, unknown>>;
}

/** One of the scripts beside, until the test file ends. */
export function confluent(script: string, ...args: string[]): Confluent {
  const child = spawn(python, [join(SCRIPTS, script), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve: (answer: Record<string, unknown>) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { error, ...answer } = JSON.parse(line);
    const { resolve, reject } = waiting.shift()!;
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${script} ended (${code})`));
  });
  after(() => child.kill());
  return {
    ask: (command) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(command)}\n`);
      }),
  };
}
