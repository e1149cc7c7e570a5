import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { vary } from './vary.ts';

/** The built dashboard, in memory: what a browser may have of it, and how it is sent. */
export interface Dashboard {
  /** Answers with the page, as every path of its router does; false where it is not built. */
  sendPage(request: FastifyRequest, reply: FastifyReply): FastifyReply | false;
  /** Answers a request that no route took, if it is for a file or a page of the dashboard. */
  send(request: FastifyRequest, reply: FastifyReply): FastifyReply | false;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
/** Scripts and styles are files of ours, and nothing comes from or goes to anywhere else. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** The first part of paths that are not the dashboard's. */
const OTHERS = /^\/(?:api|v1|score|ws|docs|health|ready|metrics|openapi\.json|assets)(?:\/|$)/;
const MIN_COMPRESSED = 1024;
const LOOK_EVERY_MS = 1_000;
/** Of 645 KB: 8 leaves 209 KB in 0.2 s, 11 leaves 195 KB in 2.8 s. */
const BROTLI_QUALITY = 8;

interface File {
  content: Buffer;
  type: string;
  /** Its name says what it holds, so it never changes. */
  hashed: boolean;
  tag: string;
  /** Made when first asked for. */
  encoded: Map<'br' | 'gzip', Promise<Buffer>>;
}

type Files = Map<string, File>;

/** The files of a build's folder; a build that comes later, or again, is taken when a page is asked for next. */
export function createDashboard(folder: string | undefined, clock: () => number): Dashboard {
  let files: Files = new Map();
  /** Of the build before: a page that is open still asks for its parts. */
  let earlier: Files = new Map();
  let builtAt = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;

  function look(): void {
    if (folder === undefined || clock() - lookedAt < LOOK_EVERY_MS) return;
    lookedAt = clock();
    const changedAt = statSync(join(folder, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changedAt === 0 || changedAt === builtAt) return;
    try {
      const next = readFiles(folder);
      earlier = files;
      files = next;
      builtAt = changedAt;
      void prepare(next);
    } catch {
      // A build is being put there: the next look finds it whole.
    }
  }

  const sendPage: Dashboard['sendPage'] = (request, reply) => {
    look();
    const page = files.get('/index.html');
    return page ? sendFile(request, reply, page) : false;
  };

  look();
  return {
    sendPage,
    send(request, reply) {
      if (folder === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
      const path = request.url.split('?', 1)[0];
      const file = files.get(path) ?? earlier.get(path);
      if (file) return sendFile(request, reply, file);
      if (OTHERS.test(path) || !/\btext\/html\b/.test(request.headers.accept ?? '')) return false;
      return sendPage(request, reply);
    },
  };
}

function readFiles(folder: string): Files {
  const files: Files = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = `/${relative(folder, path).replaceAll('\\', '/')}`;
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const content = readFileSync(path);
    const tag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    files.set(name, { content, type, hashed: name.startsWith('/assets/'), tag, encoded: new Map() });
  }
  if (!files.has('/index.html')) throw new Error(`${folder} holds no index.html`);
  return files;
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: File): FastifyReply {
  reply
    .header('cache-control', file.hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('etag', file.tag);
  vary(reply, 'Accept-Encoding');
  if (file.type.startsWith('text/html')) reply.header('content-security-policy', POLICY);
  if (request.headers['if-none-match'] === file.tag) return reply.code(304).send();
  reply.type(file.type);
  const encoding = encodingFor(file, request.headers['accept-encoding']);
  if (!encoding) return reply.send(file.content);
  compressed(file, encoding).then(
    (content) => reply.header('content-encoding', encoding).send(content),
    () => reply.send(file.content),
  );
  return reply;
}

function encodingFor({ type, content }: File, accepted: string | string[] | undefined): 'br' | 'gzip' | undefined {
  if (content.length < MIN_COMPRESSED || !/^(?:text|application|image\/svg)/.test(type)) return undefined;
  const names = String(accepted ?? '')
    .split(',')
    .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part))
    .map((part) => part.split(';', 1)[0].trim().toLowerCase());
  return (['br', 'gzip'] as const).find((name) => names.includes(name));
}

/** One after the other, off the thread that decides: the first who comes finds them small already. */
async function prepare(files: Files): Promise<void> {
  for (const file of files.values()) if (encodingFor(file, 'br')) await compressed(file, 'br').catch(() => {});
}

function compressed(file: File, encoding: 'br' | 'gzip'): Promise<Buffer> {
  let content = file.encoded.get(encoding);
  if (!content) {
    content =
      encoding === 'br'
        ? promisify(brotliCompress)(file.content, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
        : promisify(gzip)(file.content, { level: 9 });
    file.encoded.set(encoding, content);
  }
  return content;
}
