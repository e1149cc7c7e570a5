import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../config.ts';
import { askServer, readControl } from './control.ts';
import { defaultModelDir } from './paths.ts';
import { baseOf, retryAfterMs } from './post.ts';

export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server answered.
  body: any;
  /** The server answered this before, under the same name. */
  replayed: boolean;
}

/** `name`: an Idempotency-Key, so that the same file read again tells nothing twice. */
export type Ask = (method: 'GET' | 'POST', path: string, body?: unknown, name?: string) => Promise<Answer>;

const MOST_TRIES = 8;
const LONGEST_WAIT_MS = 30_000;

/**
 * The server at an address, with the caller's key; else the one that holds the data directory. Busy or away, it is asked again for a
 * while. Throws an Error where there is none, or where the key is refused: then nothing else can be told either.
 */
export function serverOf({ url, key, dataDir }: { url?: string; key?: string; dataDir?: string }): Ask {
  const headers: Record<string, string> = key ? { 'x-api-key': key } : {};
  let send: (path: string, init: RequestInit) => Promise<Response>;
  if (url === undefined) {
    const env = dataDir ? { ...process.env, ASSAY_DATA_DIR: dataDir } : process.env;
    const config = readConfig(env, { modelDir: defaultModelDir });
    const control = readControl(config.dataDir);
    if (!control)
      throw new Error(`No server holds ${config.dataDir}: start it (assay serve), or say where one is with --url.`);
    const own = key ? { ...control, token: key } : control;
    send = (path, init) => askServer(own, path, init);
  } else {
    const base = baseOf(url);
    send = (path, init) => fetch(base + path, { ...init, headers: { ...(init.headers as object), ...headers } });
  }
  let hasAnswered = false;
  return async (method, path, body, name) => {
    const named: Record<string, string> = name === undefined ? {} : { 'idempotency-key': name };
    const init = {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json', ...named }, body: JSON.stringify(body) }),
    };
    for (let tries = 1; ; tries++) {
      let waitMs = 100 * 2 ** tries;
      let answer: Answer;
      try {
        const response = await send(path, init);
        const replayed = response.headers.has('idempotent-replayed');
        answer = { status: response.status, body: parsed(await response.text()), replayed };
        hasAnswered = true;
        if (answer.status !== 429 && answer.status !== 503) return answered(answer);
        waitMs = retryAfterMs(response.headers.get('retry-after'), Date.now()) ?? waitMs;
        if (tries >= MOST_TRIES) throw new Error(`The server answers ${answer.status}: ${answer.body.detail ?? ''}`);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        // One that answered before may be about to start anew.
        if (tries >= MOST_TRIES || !hasAnswered)
          throw new Error(
            `No server answers at ${url}: ${(error.cause as Error | undefined)?.message ?? error.message}`,
          );
      }
      await sleep(Math.min(LONGEST_WAIT_MS, waitMs));
    }
  };
}

function answered(answer: Answer): Answer {
  const { status, body } = answer;
  if (status === 401 || status === 403)
    throw new Error(`The server refuses the key (${status}): ${body.detail ?? body.title ?? ''}`);
  return answer;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
