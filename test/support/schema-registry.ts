/** As much of Confluent's registry API as its clients ask for, in memory: that registry is on no public package index. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Registered {
  id: number;
  guid: string;
  subject: string;
  version: number;
  schema: string;
  schemaType: string;
  references?: object[];
}

export interface SchemaRegistry {
  url: string;
  /** Registers by hand what no client would, such as the text of a .proto. */
  register(subject: string, schema: { schema: string; schemaType?: string; references?: object[] }): Registered;
  close(): void;
}

export async function startSchemaRegistry(authorization?: string): Promise<SchemaRegistry> {
  const all: Registered[] = [];

  function register(
    subject: string,
    given: { schema: string; schemaType?: string; references?: object[] },
  ): Registered {
    const same = all.find((one) => one.subject === subject && one.schema === given.schema);
    if (same) return same;
    const id = all.length + 1;
    const hex = createHash('md5').update(given.schema).digest('hex');
    const made = {
      ...{ id, subject, schemaType: given.schemaType ?? 'AVRO', schema: given.schema },
      guid: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      version: all.filter((one) => one.subject === subject).length + 1,
      ...(given.references ? { references: given.references } : {}),
    };
    all.push(made);
    return made;
  }

  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (authorization && request.headers.authorization !== authorization) return answer(401, { error_code: 401 });
    const path = new URL(request.url!, 'http://registry').pathname.split('/').slice(1).map(decodeURIComponent);
    const found = (one: Registered | undefined) => (one ? answer(200, one) : answer(404, { error_code: 40_403 }));
    if (path[0] === 'schemas' && path[1] === 'ids') return found(all.find(({ id }) => id === Number(path[2])));
    if (path[0] === 'schemas' && path[1] === 'guids') return found(all.find(({ guid }) => guid === path[2]));
    if (request.method === 'POST') return answer(200, register(path[1], await bodyOf(request)));
    const ofSubject = all.filter(({ subject }) => subject === path[1]);
    if (path[0] === 'subjects' && path[3] === 'latest') return found(ofSubject.at(-1));
    if (path[0] === 'subjects' && path[3]) return found(ofSubject[Number(path[3]) - 1]);
    return answer(404, { error_code: 404, message: 'not here' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, register },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}
