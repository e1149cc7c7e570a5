import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Received {
  id: string;
  event: { seq: number; type: string; at: string; data: Record<string, unknown> };
}

const webhookOf = (message: string) => message.split('_').slice(0, 2).join('_');

type Answer = (response: ServerResponse, request: IncomingMessage) => void;
const ACCEPT: Answer = (response) => response.writeHead(204).end();

/**
 * Somebody's server that webhooks are sent to: it verifies what comes by the reference library, keeps what it took, and can be told to
 * answer otherwise, or be away.
 */
export async function startReceiver() {
  const taken: Received[] = [];
  const refused: string[] = [];
  const secrets = new Map<string, string>();
  let answer = ACCEPT;
  let requests = 0;
  let server: Server;

  async function listen(port: number): Promise<number> {
    server = createServer(async (request, response) => {
      requests++;
      let body = '';
      for await (const part of request.setEncoding('utf8')) body += part;
      const headers = request.headers as Record<string, string>;
      try {
        const secret = secrets.get(webhookOf(headers['webhook-id']));
        if (secret) new Webhook(secret).verify(body, headers);
      } catch (error) {
        refused.push(String(error));
      }
      answer(response, request);
      if (response.statusCode < 300) taken.push({ id: headers['webhook-id'], event: JSON.parse(body) });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
  const port = await listen(0);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });

  return {
    url: `http://127.0.0.1:${port}/hook`,
    taken,
    /** What was not signed as it should be. */
    refused,
    get requests() {
      return requests;
    },
    verify({ id, secret }: { id: string; secret: string }) {
      secrets.set(id, secret);
    },
    answerBy(given: Answer = ACCEPT) {
      answer = given;
    },
    goAway: close,
    comeBack: () => listen(port),
    close,
  };
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** Each message once, where it came first. */
export function distinct(taken: readonly Received[]): Received[] {
  return [...new Map(taken.map((one) => [one.id, one])).values()];
}
