import { createRequire } from 'node:module';
import { SaxesParser } from 'saxes';
import { sumOf } from '../../journal/mirror/manifest.ts';
import { HeadTaken, type MirrorStore } from '../../journal/mirror/store.ts';

type Signer = typeof import('aws4fetch');

export interface BucketOptions {
  bucket: string;
  /** Of the names in it, without slashes at its ends; may be empty. */
  prefix: string;
  region: string;
  /** Undefined: Amazon's own. */
  endpoint: string | undefined;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | undefined;
}

const HEAD = 'manifest.json';
const TIMEOUT_MS = 60_000;
const REFUSED = new Set([409, 412]);

/**
 * A mirror in a bucket of S3, or of what speaks its language. The body's SHA-256 is part of what is signed, so the store refuses what
 * was changed on the way. The head is replaced by `If-Match`: a store that knows no conditions is refused (`claimable`), because two
 * servers would not see each other there. Throws where `aws4fetch`, an optional dependency, is not installed.
 */
export async function openMirrorBucket(to: BucketOptions, { write }: { write: boolean }): Promise<MirrorStore> {
  const { AwsClient } = loadSigner();
  const { accessKeyId, secretAccessKey, sessionToken, region } = to;
  const client = new AwsClient({ accessKeyId, secretAccessKey, sessionToken, region, service: 's3', retries: 2 });
  const root = to.endpoint
    ? `${to.endpoint.replace(/\/+$/, '')}/${to.bucket}`
    : `https://${to.bucket}.s3.${region}.amazonaws.com`;
  const key = (name: string) => (to.prefix ? `${to.prefix}/${name}` : name);
  const urlOf = (name: string) => `${root}/${key(name).split('/').map(encodeURIComponent).join('/')}`;
  const where = `s3://${to.bucket}${to.prefix ? `/${to.prefix}` : ''}`;

  async function ask(
    method: string,
    url: string,
    options: { body?: Uint8Array; headers?: Record<string, string> } = {},
  ) {
    const { body, headers } = options;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const signed = { ...headers, 'x-amz-content-sha256': sumOf(body ?? new Uint8Array()) };
    try {
      return await client.fetch(url, { method, headers: signed, signal, ...(body ? { body: Buffer.from(body) } : {}) });
    } catch (error) {
      const { cause, message } = error as Error & { cause?: Error & { code?: string } };
      throw new Error(`${where} does not answer: ${cause?.code ?? cause?.message ?? message}`);
    }
  }

  /** Throws for what is neither done nor one of `also`. */
  async function done(answer: Response, what: string, also: number[] = []): Promise<Response> {
    if (answer.ok || also.includes(answer.status)) return answer;
    const code = /<Code>([^<]{1,80})<\/Code>/.exec(await answer.text())?.[1];
    throw new Error(`${where}: ${what} is answered ${answer.status}${code ? ` ${code}` : ''}`);
  }

  async function get(name: string): Promise<{ bytes: Buffer; etag: string } | undefined> {
    const answer = await done(await ask('GET', urlOf(name)), `reading ${name}`, [404]);
    if (answer.status === 404) {
      // A bucket that is not there must not look like one that is empty.
      if ((await answer.text()).includes('NoSuchBucket')) throw new Error(`${where}: there is no such bucket`);
      return undefined;
    }
    return { bytes: Buffer.from(await answer.arrayBuffer()), etag: answer.headers.get('etag') ?? '' };
  }

  async function put(name: string, body: Uint8Array, headers: Record<string, string> = {}, also: number[] = []) {
    return done(await ask('PUT', urlOf(name), { body, headers }), `writing ${name}`, also);
  }

  async function replaceHead(bytes: Uint8Array, was: string | undefined): Promise<string> {
    const [condition, value] = was === undefined ? ['if-none-match', '*'] : ['if-match', was];
    const answer = await put(HEAD, bytes, { [condition]: value }, [...REFUSED, 404]);
    if (!answer.ok) {
      await answer.text();
      throw new HeadTaken(where);
    }
    return answer.headers.get('etag') ?? '';
  }

  /** Whether the store refuses a condition that does not hold, tried on an object of its own. */
  async function claimable(): Promise<void> {
    const name = 'condition';
    await put(name, Buffer.from('x'));
    for (const [condition, value] of [
      ['if-none-match', '*'],
      ['if-match', '"00000000000000000000000000000000"'],
    ]) {
      const { ok } = await put(name, Buffer.from('y'), { [condition]: value }, [...REFUSED, 404, 501]);
      if (ok)
        throw new Error(
          `${where}: this store does not heed ${condition} on a PUT, so two servers could write into one mirror; ` +
            'use one that does (S3 itself, MinIO, R2, Ceph from Squid on), or a folder',
        );
    }
    await done(await ask('DELETE', urlOf(name)), `removing ${name}`, [404]);
  }
  if (write) await claimable();

  return {
    where,
    get: async (name) => (await get(name))?.bytes,
    async put(name, bytes) {
      await put(name, bytes);
    },
    async remove(name) {
      await done(await ask('DELETE', urlOf(name)), `removing ${name}`, [404]);
    },
    async list() {
      const names: string[] = [];
      for (let token: string | undefined; ; ) {
        const query = new URLSearchParams({
          'list-type': '2',
          prefix: key(''),
          ...(token ? { 'continuation-token': token } : {}),
        });
        const answer = await done(await ask('GET', `${root}/?${query}`), 'listing');
        const { Key: keys = [], NextContinuationToken: next = [] } = textsOf(await answer.text());
        names.push(...keys.map((one) => one.slice(key('').length)));
        [token] = next;
        if (!token) return names.filter((name) => name !== HEAD);
      }
    },
    async readHead() {
      const found = await get(HEAD);
      return found && { bytes: found.bytes, version: found.etag };
    },
    replaceHead,
    async close() {},
  };
}

/** Texts of the elements of an XML document, by their name. */
function textsOf(xml: string): Record<string, string[]> {
  const texts: Record<string, string[]> = {};
  const open: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name }) => void open.push(name));
  parser.on('text', (text) => void (texts[open.at(-1) ?? ''] ??= []).push(text));
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  return texts;
}

function loadSigner(): Signer {
  try {
    return createRequire(import.meta.url)('aws4fetch') as Signer;
  } catch (error) {
    throw new Error(
      'JOURNAL_MIRROR in a bucket needs the package aws4fetch, which is not installed here: npm install --no-save aws4fetch@1.0.20',
      { cause: error },
    );
  }
}
