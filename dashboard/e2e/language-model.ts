import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LanguageModel {
  url: string;
  /** What it answers from now on, of the first reason that it is told; or the status that it refuses with. */
  answers(how: ((code: string, message: string) => object) | number): void;
  /** Questions wait until they are let go. */
  hold(): void;
  letGo(): void;
  stop(): Promise<void>;
}

/** An honest text. */
export const honest = (code: string, message: string) => ({
  summary: `What weighs most with this, as the reasons say: ${message}.`,
  signals: [code],
  checks: ['ask_customer'],
  confidence: 'medium',
});

/** A small server that speaks the chat protocol of llama.cpp's server and its like, a few letters at a time. */
export async function startLanguageModel(): Promise<LanguageModel> {
  let how: Parameters<LanguageModel['answers']>[0] = honest;
  let held: Promise<void> | undefined;
  let letGo = () => {};
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    await held;
    if (typeof how === 'number') {
      response.writeHead(how, { 'content-type': 'application/json' });
      return void response.end('{"error":{"message":"no memory left"}}');
    }
    const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
    const facts = messages.find(({ role }) => role === 'user')!.content.replace(/<\/?facts>/g, '');
    const [{ code, message }] = (JSON.parse(facts) as { reasons: { code: string; message: string }[] }).reasons;
    const text = JSON.stringify(how(code, message));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let at = 0; at < text.length; at += 5) {
      const delta = { content: text.slice(at, at + 5) };
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
    }
    response.end('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    answers(next) {
      how = next;
    },
    hold() {
      held = new Promise((resolve) => {
        letGo = resolve;
      });
    },
    letGo: () => letGo(),
    async stop() {
      letGo();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
