import type { Server } from 'node:http';
import { type FunctionReference, makeFunctionReference } from 'convex/server';
import { ConvexError, convexToJson, type JSONValue, jsonToConvex, type Value } from 'convex/values';
import type { TestConvex } from 'convex-test';
import { WebSocketServer } from 'ws';
import type schema from '../../convex/schema.ts';

/**
 * The socket by which a page watches queries and calls functions, as convex 1.49.0 speaks it (`browser/sync/protocol`): a query set
 * that the client changes, and one transition for each moment at which an answer is another.
 */
export interface ConvexSync {
  /** Something was written: whoever watches is told what is different now. */
  changed(): void;
  close(): void;
}

type Convex = Pick<TestConvex<typeof schema>, 'query' | 'mutation' | 'action' | 'withIdentity'>;
type Runner = Pick<Convex, 'query' | 'mutation' | 'action'>;

interface Watched {
  path: string;
  args: JSONValue;
  /** The answer that was told last, as text. */
  told?: string;
}

interface Sent {
  type: string;
  baseVersion: number;
  newVersion: number;
  modifications: { type: 'Add' | 'Remove'; queryId: number; udfPath: string; args: JSONValue[] }[];
  requestId: number;
  udfPath: string;
  args: JSONValue[];
  tokenType: string;
  value: string;
}

export function serveSync(http: Server, convex: Convex): ConvexSync {
  const sockets = new WebSocketServer({ noServer: true });
  const watching = new Set<() => void>();
  http.on('upgrade', (request, socket, head) => {
    if (!/^\/api\/[\w.-]+\/sync$/.test(request.url ?? '')) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (client) => {
      const version = { querySet: 0, identity: 0, ts: 0 };
      const queries = new Map<number, Watched>();
      let as: Runner = convex;
      let standing = encoded(version);
      // One message after the other: each transition begins where the one before it ended.
      let turn = Promise.resolve();
      const inTurn = (work: () => Promise<void>) => {
        turn = turn.then(work).catch(() => client.terminate());
      };
      const send = (message: object) => client.send(JSON.stringify(message));

      async function tell(removed: readonly number[] = []): Promise<void> {
        const modifications: object[] = removed.map((queryId) => ({ type: 'QueryRemoved', queryId }));
        for (const [queryId, query] of queries) {
          const answer = await answerOf(() => as.query(reference<'query'>(query.path), argsOf(query.args)));
          const told = JSON.stringify(answer);
          if (told === query.told) continue;
          query.told = told;
          modifications.push(
            answer.success
              ? { type: 'QueryUpdated', queryId, value: answer.result, logLines: [], journal: null }
              : { type: 'QueryFailed', queryId, errorMessage: answer.result, logLines: [], journal: null },
          );
        }
        version.ts++;
        const startVersion = standing;
        standing = encoded(version);
        send({ type: 'Transition', startVersion, endVersion: standing, modifications });
      }

      async function take(message: Sent): Promise<void> {
        switch (message.type) {
          case 'Authenticate':
            as = message.tokenType === 'User' ? (convex.withIdentity(claimsOf(message.value)) as Runner) : convex;
            version.identity = message.baseVersion + 1;
            return tell();
          case 'ModifyQuerySet': {
            const removed: number[] = [];
            for (const { type, queryId, udfPath, args } of message.modifications)
              if (type === 'Add') queries.set(queryId, { path: udfPath, args: args[0] ?? {} });
              else if (queries.delete(queryId)) removed.push(queryId);
            version.querySet = message.newVersion;
            return tell(removed);
          }
          case 'Mutation':
          case 'Action': {
            const { requestId, udfPath } = message;
            const args = argsOf(message.args[0] ?? {});
            const isAction = message.type === 'Action';
            const answer = await answerOf(() =>
              isAction
                ? as.action(reference<'action'>(udfPath), args)
                : as.mutation(reference<'mutation'>(udfPath), args),
            );
            send({
              ...{ type: `${message.type}Response`, requestId, ...answer, logLines: [] },
              ...(isAction ? {} : { ts: encoded(version).ts }),
            });
            if (!isAction) changed();
            return;
          }
        }
      }

      const look = () => inTurn(tell);
      watching.add(look);
      client.on('close', () => watching.delete(look));
      client.on('message', (data) => {
        const message = JSON.parse(String(data)) as Sent;
        // What a page calls may take its time; what it watches goes on meanwhile.
        if (message.type === 'Action') void take(message).catch(() => client.terminate());
        else inTurn(() => take(message));
      });
    });
  });

  function changed(): void {
    for (const look of watching) look();
  }

  return {
    changed,
    close() {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

const reference = <T extends 'query' | 'mutation' | 'action'>(path: string) =>
  makeFunctionReference<T>(path) as FunctionReference<T>;
const argsOf = (args: JSONValue) => jsonToConvex(args) as Record<string, Value>;

async function answerOf(run: () => Promise<unknown>) {
  try {
    return { success: true, result: convexToJson(((await run()) ?? null) as Value) };
  } catch (error) {
    const data = error instanceof ConvexError ? { errorData: convexToJson(error.data) } : {};
    return { success: false, result: (error as Error).message, ...data };
  }
}

/** A moment of the deployment counts in eight bytes, the lowest first. */
function encoded({ querySet, identity, ts }: { querySet: number; identity: number; ts: number }) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(ts));
  return { querySet, identity, ts: bytes.toString('base64') };
}

/** Whoever a token names; a deployment would check who signed it. */
function claimsOf(token: string): { subject: string } {
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()) as { sub: string };
  return { subject: sub };
}
