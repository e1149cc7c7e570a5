import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callerApi } from './api.ts';
import { mcpServer } from './server.ts';

export interface McpHttpOptions {
  /** The Assay that is asked. */
  url: string;
  host: string;
  port: number;
  version: string;
}

const PATH = '/mcp';
const MOST_BYTES = 1024 * 1024;
const LOCAL = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Streamable HTTP without sessions: each request is answered by itself, with the key that it carries. No key of this process's
 * environment is lent to whoever reaches the port. Resolves to the address once it listens.
 */
export async function serveMcpOverHttp(options: McpHttpOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { StreamableHTTPServerTransport } = await import('@modelcontextprotocol/sdk/server/streamableHttp.js');
  const local = LOCAL.test(options.host.includes(':') ? `[${options.host}]` : options.host);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://any');
    if (pathname.replace(/\/$/, '') !== PATH) return refuse(response, 404, `The protocol is spoken at ${PATH}.`);
    if (isForeign(request, local))
      return refuse(response, 403, 'A page of another origin, or another name than this machine’s.');
    // There is nothing to be told outside an answer, and no session to end.
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      return refuse(response, 405, 'Only POST is answered here.');
    }
    const server = await mcpServer(
      callerApi(options.url, keyOf(request), `assay-mcp/${options.version}`),
      options.version,
    );
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: undefined,
      enableJsonResponse: true,
      maxRequestBodySize: MOST_BYTES,
    });
    response.on('close', () => void server.close());
    await server.connect(transport);
    await transport.handleRequest(request, response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      console.error(`assay mcp: ${error.message}`);
      if (!response.headersSent) refuse(response, 500, 'It could not be answered.');
    });
  });
  await listening(server, options);
  const { address, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}${PATH}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A web page that a browser here has open may not speak for the person at it, nor under a name that it made point here. */
function isForeign({ headers }: IncomingMessage, local: boolean): boolean {
  const host = headers.host ?? '';
  if (local && !LOCAL.test(host.replace(/:\d+$/, ''))) return true;
  return headers.origin !== undefined && headers.origin.replace(/^https?:\/\//, '') !== host;
}

function keyOf({ headers }: IncomingMessage): string | undefined {
  const named = headers['x-api-key'];
  return typeof named === 'string' ? named : /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }));
}

function listening(server: Server, { host, port }: McpHttpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
