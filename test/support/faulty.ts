import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const FAULTS: Record<number, string> = { 1: '503', 4: 'before', 7: 'after', 10: 'silent' };

/** Stands before the server and does what networks do, in turn: refuses, breaks before and after, and says nothing. */
export async function faulty(target: string): Promise<{ server: Server; url: string }> {
  let count = 0;
  const server = createServer((from, to) => {
    const fault = FAULTS[count++ % 13] ?? 'none';
    if (fault === '503') return void to.writeHead(503, { 'retry-after': '0' }).end('{}');
    if (fault === 'before') return void from.socket.destroy();
    const on = request(target + from.url, { method: from.method, headers: from.headers }, (answer) => {
      if (fault === 'after') from.socket.destroy();
      else if (fault !== 'silent') answer.pipe(to.writeHead(answer.statusCode!, answer.headers));
      if (fault !== 'none') answer.resume();
    });
    on.on('error', () => from.socket.destroy());
    from.pipe(on);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
