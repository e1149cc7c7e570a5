import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeFunctionReference } from 'convex/server';
import { ConvexError, convexToJson, type JSONValue, jsonToConvex, type Value } from 'convex/values';
import { convexTest } from 'convex-test';
import * as access from '../../convex/access.ts';
import * as assay from '../../convex/assay.ts';
import schema from '../../convex/schema.ts';
import * as transactions from '../../convex/transactions.ts';
import * as users from '../../convex/users.ts';
import { serveSync } from './convex-sync.ts';

const FUNCTIONS = { assay, transactions, users } as Record<
  string,
  Record<string, { isQuery?: true; isInternal?: true }>
>;
const MOST_BYTES = 16 * 1024 * 1024;

/** What a network does to a call: nothing; it is never heard; it is done and the answer lost; no answer comes in time, and it is done late. */
export type Fault = 'none' | 'refused' | 'before' | 'after' | 'late';

export interface ConvexServer {
  url: string;
  deployKey: string;
  test: ReturnType<typeof convexOf>;
  /** Asked before each write. */
  fault: (call: number) => Fault;
  /** Bodies of writes as they came. */
  readonly writes: string[];
  /** Sends a write of before once more. */
  again(index: number): Promise<unknown>;
  close(): Promise<void>;
}

/** Runs a function in another store than `convex-test`'s, which walks a table for every look-up. */
export type RunFunction = (known: object, args: Record<string, Value>) => Promise<Value>;

const convexOf = (modules: Record<string, () => Promise<unknown>>) =>
  convexTest({ schema, modules, transactionLimits: true });

/** `convex-test` behind the part of a deployment's HTTP that `ConvexHttpClient` speaks, and of its socket that pages watch by. */
export async function startConvex(instead?: RunFunction, more: Record<string, object> = {}): Promise<ConvexServer> {
  const modules = {
    '../../convex/_generated/api.js': async () => ({}),
    '../../convex/access.ts': async () => access,
    '../../convex/assay.ts': async () => assay,
    '../../convex/transactions.ts': async () => transactions,
    '../../convex/users.ts': async () => users,
    ...Object.fromEntries(
      Object.entries(more).map(([name, module]) => [`../../convex/${name}.ts`, async () => module]),
    ),
  };
  const t = convexOf(modules);
  const deployKey = 'prod:made-up|c2VjcmV0';
  const late: Promise<unknown>[] = [];
  let calls = 0;

  /** An internal function is none for whoever is no administrator. */
  function found(path: string, isAdmin: boolean) {
    const [module, name] = path.split(':');
    const known = FUNCTIONS[module]?.[name];
    if (!known || (known.isInternal && !isAdmin)) throw new Error(`Could not find function for '${path}'`);
    return known;
  }

  async function run(body: string, isAdmin: boolean, as: typeof t) {
    const { path, args } = JSON.parse(body) as { path: string; args: JSONValue };
    const known = found(path, isAdmin);
    const given = jsonToConvex(Array.isArray(args) ? args[0] : args) as Record<string, Value>;
    if (instead) return convexToJson(await instead(known, given));
    if (known.isQuery) return convexToJson((await as.query(makeFunctionReference<'query'>(path), given)) as Value);
    const value = await as.mutation(makeFunctionReference<'mutation'>(path), given);
    sync.changed();
    return convexToJson(value as Value);
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const body = await bodyOf(request);
    const authorization = request.headers.authorization ?? '';
    const isAdmin = authorization === `Convex ${deployKey}`;
    if (body === undefined) return response.writeHead(413).end('too large');
    if (request.url === '/api/function' && !isAdmin) return response.writeHead(401).end('{"code":"BadDeployKey"}');
    const isWrite = body.includes('"assay:apply"');
    const fault = isWrite ? server.fault(calls++) : 'none';
    if (isWrite) server.writes.push(body);
    if (fault === 'refused') return response.writeHead(503).end('overloaded');
    if (fault === 'before') return request.socket.destroy();
    // After the client has given up and tried again.
    if (fault === 'late')
      return late.push(new Promise((resolve) => setTimeout(resolve, 700)).then(() => run(body, isAdmin, t)));
    const identity = /^Bearer (.+)$/.exec(authorization)?.[1];
    let said: object;
    try {
      const value = await run(body, isAdmin, identity ? (t.withIdentity(JSON.parse(atob(identity))) as typeof t) : t);
      said = { status: 'success', value, logLines: [] };
    } catch (error) {
      const errorData = error instanceof ConvexError ? { errorData: convexToJson(error.data) } : {};
      said = { status: 'error', errorMessage: (error as Error).message, ...errorData, logLines: [] };
    }
    if (fault === 'after') return request.socket.destroy();
    return response
      .writeHead('value' in said ? 200 : 560, { 'content-type': 'application/json' })
      .end(JSON.stringify(said));
  }

  const http = createServer((request, response) => void answer(request, response));
  const sync = serveSync(http, t);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: ConvexServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    deployKey,
    test: t,
    fault: () => 'none',
    writes: [],
    again: (index) => run(server.writes[index], true, t),
    async close() {
      await Promise.allSettled(late);
      sync.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > MOST_BYTES) return undefined;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString();
}
