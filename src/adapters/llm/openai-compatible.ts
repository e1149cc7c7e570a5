import { type Brief, type Narrator, NarratorError } from '../../narrator/narrator.ts';
import { MAX_ANSWER_CHARS, parseAnswer } from './answer.ts';
import { eventsOf } from './server-sent-events.ts';

export interface EndpointOptions {
  /** `http://127.0.0.1:8080/v1`; without a path `/v1` is meant. */
  url: string;
  model: string;
  /** Tokens that an answer may take. */
  maxTokens: number;
  key?: string;
}

/** Bytes that are read of any answer; the rest of a flood is let be. */
const MAX_BYTES = 1024 * 1024;
const MAX_ERROR_BYTES = 4096;

/**
 * Any endpoint that speaks the chat protocol of OpenAI: llama.cpp's server, Ollama, vLLM, a hosted one. The answer is
 * streamed, so that one which never ends is cut short, and held to the schema where the server can.
 */
export function createEndpointNarrator({ url, model, maxTokens, key }: EndpointOptions): Narrator {
  const target = addressOf(url);
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream, application/json',
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  };

  async function narrate(brief: Brief, signal: AbortSignal): Promise<unknown> {
    // Whatever happens, nothing goes on being read.
    const done = new AbortController();
    const give = () => done.abort();
    signal.addEventListener('abort', give, { once: true });
    try {
      const body = JSON.stringify(requestOf(brief, model, maxTokens));
      // Followed redirects would take the facts, and the key, to somewhere that was not named.
      const init = { method: 'POST', headers, body, signal: done.signal, redirect: 'error' } as const;
      const response = await fetch(target, init).catch((error) => {
        throw new NarratorError(`${target.host} does not answer: ${causeOf(error)}`, { retryable: !signal.aborted });
      });
      if (!response.ok) throw await refusal(response);
      return parseAnswer(await contentOf(response));
    } finally {
      signal.removeEventListener('abort', give);
      done.abort();
    }
  }

  return { name: model, narrate, close: async () => {} };
}

function addressOf(url: string): URL {
  const address = new URL(url);
  const path = address.pathname.replace(/\/+$/, '') || '/v1';
  address.pathname = path.endsWith('/chat/completions') ? path : `${path}/chat/completions`;
  return address;
}

function requestOf({ system, user, schema }: Brief, model: string, maxTokens: number) {
  return {
    model,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ],
    temperature: 0,
    max_tokens: maxTokens,
    stream: true,
    response_format: { type: 'json_schema', json_schema: { name: 'narrative', schema } },
  };
}

interface Chunk {
  choices?: { delta?: { content?: unknown }; message?: { content?: unknown }; finish_reason?: unknown }[];
  error?: { message?: unknown } | string;
}

/** What the model said, streamed or, from a server that does not stream, whole. */
async function contentOf(response: Response): Promise<string> {
  const streamed = /event-stream/.test(response.headers.get('content-type') ?? '');
  let content = '';
  let finished = !streamed;
  const take = (text: string) => {
    const chunk = chunkOf(text);
    if (chunk.error) throw new NarratorError(`the model failed: ${messageOf(chunk)}`, { retryable: true });
    const choice = chunk.choices?.[0];
    const part = choice?.delta?.content ?? choice?.message?.content;
    if (typeof part === 'string') content += part;
    if (choice?.finish_reason === 'length' || content.length > MAX_ANSWER_CHARS)
      throw new NarratorError('the answer is too long', { retryable: false });
    if (choice?.finish_reason) finished = true;
  };
  if (!streamed) take(await textOf(response, MAX_BYTES));
  else
    for await (const data of eventsOf(bytesOf(response, MAX_BYTES))) {
      if (data === '[DONE]') {
        finished = true;
        break;
      }
      take(data);
    }
  if (!finished) throw new NarratorError('the answer ended in its middle', { retryable: true });
  return content;
}

function chunkOf(text: string): Chunk {
  try {
    const chunk = JSON.parse(text) as Chunk | null;
    if (typeof chunk === 'object' && chunk !== null) return chunk;
  } catch {}
  throw new NarratorError('the endpoint does not speak the chat protocol', { retryable: false });
}

/** Throws once there is more than `limit`. */
async function* bytesOf(response: Response, limit: number): AsyncGenerator<Uint8Array> {
  let read = 0;
  try {
    for await (const bytes of response.body ?? []) {
      read += bytes.length;
      if (read > limit) throw new NarratorError('the answer is too long', { retryable: false });
      yield bytes;
    }
  } catch (error) {
    if (error instanceof NarratorError) throw error;
    throw new NarratorError(`the answer broke off: ${causeOf(error)}`, { retryable: true });
  }
}

async function textOf(response: Response, limit: number): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const bytes of bytesOf(response, limit)) parts.push(bytes);
  return Buffer.concat(parts).toString('utf8');
}

/** Too many requests and troubles of the server pass; anything else is refused for good. */
async function refusal(response: Response): Promise<NarratorError> {
  const { status } = response;
  const text = await textOf(response, MAX_ERROR_BYTES).catch(() => '');
  let said = '';
  try {
    said = messageOf(JSON.parse(text) as Chunk);
  } catch {}
  const retryable = status === 408 || status === 425 || status === 429 || status >= 500;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new NarratorError(`the endpoint answers ${status}${said ? `: ${said}` : ''}`, {
    retryable,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  });
}

function messageOf({ error }: Chunk): string {
  const said = typeof error === 'object' ? error?.message : error;
  return typeof said === 'string' ? said.slice(0, 200) : 'no reason given';
}

function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
