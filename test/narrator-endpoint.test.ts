import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createLocalNarrator } from '../src/adapters/llm/local.ts';
import { createEndpointNarrator } from '../src/adapters/llm/openai-compatible.ts';
import { eventsOf } from '../src/adapters/llm/server-sent-events.ts';
import { NarratorError } from '../src/narrator/narrator.ts';
import { briefOf } from '../src/narrator/prompt.ts';
import { declined, honest } from './support/subjects.ts';

type Handle = (request: IncomingMessage, response: ServerResponse, body: string) => void;
const brief = briefOf(declined, { sendPersonal: false });

/** A server that speaks the chat protocol as `handle` says. */
describe('an endpoint of the chat protocol', () => {
  let handle: Handle;
  let url: string;
  let open = 0;
  const server = createServer(async (request, response) => {
    open++;
    response.on('close', () => open--);
    let body = '';
    for await (const part of request) body += part;
    handle(request, response, body);
  });
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  afterEach(async () => {
    for (let i = 0; i < 200 && open > 0; i++) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(open, 0, 'nothing goes on being read');
  });

  const narrator = (key?: string) =>
    createEndpointNarrator({ url, model: 'small', maxTokens: 500, ...(key ? { key } : {}) });
  const ask = (signal = AbortSignal.timeout(5_000)) => narrator().narrate(brief, signal);
  const refused = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => assert.fail('it answered'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof NarratorError, String(error));
    return error;
  };
  const chunk = (content: string, finish: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
  const stream = (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });

  test('is asked for JSON of the schema, streamed, with the key in its header and nowhere else', async () => {
    let seen: { path?: string; authorization?: string; body: string } = { body: '' };
    handle = (request, response, body) => {
      seen = { path: request.url, authorization: request.headers.authorization, body };
      stream(response).end(`${chunk(JSON.stringify(honest))}data: [DONE]\n\n`);
    };
    assert.deepEqual(await narrator('sk-secret').narrate(brief, AbortSignal.timeout(5_000)), honest);
    assert.deepEqual([seen.path, seen.authorization], ['/v1/chat/completions', 'Bearer sk-secret']);
    assert.ok(!seen.body.includes('sk-secret'));
    const { model, stream: streamed, response_format: format, messages, temperature } = JSON.parse(seen.body);
    assert.deepEqual([model, streamed, temperature, messages.length], ['small', true, 0, 2]);
    assert.deepEqual([format.type, format.json_schema.schema], ['json_schema', brief.schema]);
    const elsewhere = createEndpointNarrator({ url: `${url}/api/v2/`, model: 'small', maxTokens: 500 });
    await elsewhere.narrate(brief, AbortSignal.timeout(5_000));
    assert.equal(seen.path, '/api/v2/chat/completions');
  });

  test('a stream may come in any pieces; roles, usage and comments in it are let be', async () => {
    handle = (_request, response) => {
      const text = JSON.stringify({ ...honest, summary: `${honest.summary} Ünïcode.` });
      const parts = [...text].map((letter) => chunk(letter)).join('');
      const all = Buffer.from(
        `: hello\n\ndata: {"choices":[{"delta":{"role":"assistant","content":null}}]}\n\n${parts}${chunk('', 'stop')}data: {"choices":[],"usage":{}}\n\ndata: [DONE]\n\n`,
      );
      stream(response);
      for (let at = 0; at < all.length; at += 7) response.write(all.subarray(at, at + 7));
      response.end();
    };
    assert.deepEqual(await ask(), { ...honest, summary: `${honest.summary} Ünïcode.` });
  });

  test('one that does not stream is read whole; thoughts and fences around the answer are let be', async () => {
    handle = (_request, response) => {
      const content = `<think>Is {this} it?</think>\nHere it is:\n\`\`\`json\n${JSON.stringify(honest)}\n\`\`\``;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content }, finish_reason: 'stop' }] }));
    };
    assert.deepEqual(await ask(), honest);
  });

  test('what is no JSON is handed on, for validation to refuse', async () => {
    handle = (_request, response) => void stream(response).end(`${chunk('I approve of this.', 'stop')}`);
    assert.equal(await ask(), 'I approve of this.');
  });

  for (const [status, retryable] of [
    [400, false],
    [401, false],
    [404, false],
    [408, true],
    [429, true],
    [500, true],
    [503, true],
  ] as const)
    test(`${status} is ${retryable ? 'tried again' : 'refused for good'}`, async () => {
      handle = (_request, response) => {
        response.writeHead(status, { 'retry-after': '7', 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: { message: 'because', type: 'x' } }));
      };
      const error = await refused(ask());
      assert.deepEqual(
        [error.message, error.retryable, error.retryAfterMs],
        [`the endpoint answers ${status}: because`, retryable, 7000],
      );
    });

  test('an error within the stream, a stream that breaks off, and one that just ends may be tried again', async () => {
    handle = (_request, response) =>
      void stream(response).end(`${chunk('{"su')}data: {"error":{"message":"out of memory"}}\n\n`);
    assert.deepEqual(
      [(await refused(ask())).message, (await refused(ask())).retryable],
      ['the model failed: out of memory', true],
    );
    handle = (_request, response) => {
      stream(response).write(chunk('{"su'), () => response.destroy());
    };
    assert.deepEqual([(await refused(ask())).retryable], [true]);
    handle = (_request, response) => void stream(response).end(chunk('{"su'));
    assert.match((await refused(ask())).message, /ended in its middle/);
  });

  test('a flood is cut short, whether of text, of bytes or of an error', async () => {
    let written = 0;
    const pour = (response: ServerResponse, text: string) => {
      const more = () => {
        while (!response.destroyed && written < 64 * 1024 * 1024) {
          written += text.length;
          if (!response.write(text)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };
    for (const [text, type, message] of [
      [chunk('more '), 'text/event-stream', /too long/],
      [`: ${'x'.repeat(1000)}\n`, 'text/event-stream', /too long/],
      ['x'.repeat(1000), 'text/event-stream', /too long/],
      ['x'.repeat(1000), 'application/json', /too long/],
    ] as const) {
      written = 0;
      handle = (_request, response) => pour(response.writeHead(200, { 'content-type': type }), text);
      assert.match((await refused(ask())).message, message);
      assert.ok(written < 16 * 1024 * 1024, `${written} bytes were taken`);
    }
    written = 0;
    handle = (_request, response) => pour(response.writeHead(500), 'x'.repeat(1000));
    assert.match((await refused(ask())).message, /answers 500$/);
    assert.ok(written < 16 * 1024 * 1024);
  });

  test('an answer that was cut by its own limit is refused for good', async () => {
    handle = (_request, response) => void stream(response).end(chunk('{"summary":"', 'length'));
    const error = await refused(ask());
    assert.deepEqual([error.message, error.retryable], ['the answer is too long', false]);
  });

  test('one that hangs, before or in its answer, is given up when it is told to', async () => {
    handle = () => {};
    await refused(ask(AbortSignal.timeout(30)));
    handle = (_request, response) => void stream(response).write(chunk('{"su'));
    await refused(ask(AbortSignal.timeout(60)));
  });

  test('is not followed elsewhere, and one that is not there may be later', async () => {
    handle = (_request, response) => void response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end();
    await refused(ask());
    const nobody = createEndpointNarrator({ url: 'http://127.0.0.1:9/v1', model: 'small', maxTokens: 500 });
    assert.equal((await refused(nobody.narrate(brief, AbortSignal.timeout(5_000)))).retryable, true);
  });

  test('what is no chat protocol is refused for good', async () => {
    handle = (_request, response) => void response.end('<html>hello</html>');
    assert.deepEqual([(await refused(ask())).retryable], [false]);
    handle = (_request, response) => void stream(response).end('data: null\n\n');
    assert.match((await refused(ask())).message, /chat protocol/);
  });
});

test('events are the same however their bytes are parted, and however lines end', async () => {
  const events = async (bytes: Uint8Array[]) => {
    const found: string[] = [];
    for await (const data of eventsOf(
      (async function* () {
        yield* bytes;
      })(),
    ))
      found.push(data);
    return found;
  };
  const text = fc.string({ unit: 'grapheme' }).map((line) => line.replace(/[\r\n]/g, ' ').replace(/^ /, '_'));
  const end = fc.constantFrom('\n', '\r\n', '\r');
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 5 }),
      end,
      fc.integer({ min: 1, max: 9 }),
      async (lines, newline, step) => {
        const all = Buffer.from(lines.map((line) => `data: ${line}${newline}${newline}`).join(''));
        const parts: Uint8Array[] = [];
        for (let at = 0; at < all.length; at += step) parts.push(all.subarray(at, at + step));
        assert.deepEqual(await events(parts), lines);
      },
    ),
  );
  assert.deepEqual(await events([Buffer.from('data:a\ndata: b\nid: 5\n\n: x\n\ndata: c')]), ['a\nb', 'c']);
});

test('a local model without its library says how to install it', async () => {
  const settings = { name: 'none', file: '/nowhere.gguf', threads: 1, contextTokens: 512, maxTokens: 100 };
  const local = createLocalNarrator({ ...settings, library: '/' });
  await assert.rejects(
    local.narrate(brief, AbortSignal.timeout(120_000)),
    /node-llama-cpp, which is not installed\. Install it: npm install --no-save node-llama-cpp@/,
  );
  await local.close();
  await assert.rejects(local.narrate(brief, AbortSignal.timeout(120_000)), /closed/);
});
