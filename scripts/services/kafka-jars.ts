/** The jars of Apache Kafka, from Maven Central or the mirror that this machine's Maven is configured for. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import jars from './kafka-jars.json' with { type: 'json' };

const CENTRAL = 'https://repo1.maven.org/maven2';
const PARALLEL = 6;
const DOWNLOAD_MS = 120_000;

const VERSION = Object.keys(jars)
  .map((path) => /\/kafka-clients-([\d.]+)\.jar$/.exec(path)?.[1])
  .find(Boolean)!;

/** node_modules/.cache, else the temporary directory. */
export function cacheFolder(name: string): string {
  const modules = join(import.meta.dirname, '..', '..', 'node_modules');
  return join(existsSync(modules) ? join(modules, '.cache') : join(tmpdir(), 'assay-cache'), name);
}

/** `MAVEN_REPOSITORY_URL`, else the mirror of Maven Central in ~/.m2/settings.xml, else Maven Central. */
export function repositoryUrl(settings = join(homedir(), '.m2', 'settings.xml')): string {
  if (process.env.MAVEN_REPOSITORY_URL) return process.env.MAVEN_REPOSITORY_URL.replace(/\/$/, '');
  const text = existsSync(settings) ? readFileSync(settings, 'utf8').replace(/<!--[\s\S]*?-->/g, '') : '';
  for (const [mirror] of text.matchAll(/<mirror>[\s\S]*?<\/mirror>/g)) {
    const of = /<mirrorOf>\s*([^<]*?)\s*<\/mirrorOf>/.exec(mirror)?.[1].split(',') ?? [];
    const url = /<url>\s*([^<]*?)\s*<\/url>/.exec(mirror)?.[1];
    if (url && of.some((one) => ['*', 'central', 'external:*'].includes(one.trim()))) return url.replace(/\/$/, '');
  }
  return CENTRAL;
}

/** The folder with every jar of the broker, each with the checksum that is pinned. Throws where one cannot be had. */
export async function kafkaJars(): Promise<string> {
  const folder = cacheFolder(`kafka-${VERSION}`);
  mkdirSync(folder, { recursive: true });
  const missing = Object.entries(jars).filter(([path, sum]) => {
    const file = join(folder, basename(path));
    return !existsSync(file) || sha256(readFileSync(file)) !== sum;
  });
  const url = repositoryUrl();
  const next = missing.values();
  const worker = async () => {
    for (const [path, sum] of next) await download(`${url}/${path}`, join(folder, basename(path)), sum);
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return folder;
}

async function download(url: string, file: string, sum: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
  if (!answer.ok) throw new Error(`${basename(file)}: the repository answers ${answer.status}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (sha256(bytes) !== sum) throw new Error(`${basename(file)}: not the bytes that are pinned`);
  const part = `${file}.${process.pid}`;
  writeFileSync(part, bytes);
  renameSync(part, file);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
