/**
 * Payments at a fixed rate, whatever the answers do: each is due at its time, and its latency counts from then on, so that a stall is in
 * the figures of all that were due meanwhile. Plain sockets, for the load shares the machine with what it loads.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { body } from './http-load.ts';

export interface Offered {
  /** Milliseconds from when each was due until it was answered, by status. */
  times: Record<number, number[]>;
  /** Due, and not answered when patience ended. */
  unanswered: number;
}

export interface OfferOptions {
  /** Payments a second, by all connections together. */
  rate: number;
  seconds: number;
  /** At most so many at once; who is due beyond waits here, and that counts. */
  connections: number;
  /** For answers, after the last one was due. */
  patienceMs?: number;
  /** The body of the i-th of them; those of `http-load.ts`, counted on from call to call, by default. */
  bodyOf?: (i: number) => string;
}

interface Line {
  socket: Socket;
  /** When the payment was due that it carries; undefined while it carries none. */
  due: number | undefined;
  heard: string;
}

let next = 0;

export async function offer(url: string, options: OfferOptions) {
  const { rate, seconds, connections, patienceMs = 20_000, bodyOf = () => body(next++) } = options;
  const { hostname, port } = new URL(url);
  const offered: Offered = { times: {}, unanswered: 0 };
  const idle: Line[] = [];
  const waiting: number[] = [];
  let under = 0;
  let made = 0;

  function send(line: Line, due: number): void {
    const text = bodyOf(made++);
    line.due = due;
    under++;
    line.socket.write(
      `POST /api/transactions HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
  }

  function answered(line: Line): void {
    const end = line.heard.indexOf('\r\n\r\n');
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(line.heard)?.[1]);
    if (end < 0 || line.heard.length < end + 4 + length) return;
    const status = Number(line.heard.slice(9, 12));
    (offered.times[status] ??= []).push(performance.now() - line.due!);
    [line.heard, line.due] = ['', undefined];
    under--;
    const due = waiting.shift();
    if (due === undefined) idle.push(line);
    else send(line, due);
  }

  const lines = Array.from({ length: connections }, (): Line => {
    // As single bytes: lengths are of bytes.
    const line: Line = {
      socket: connect(Number(port), hostname).setNoDelay().setEncoding('latin1'),
      due: undefined,
      heard: '',
    };
    line.socket.on('data', (text) => {
      line.heard += text;
      answered(line);
    });
    idle.push(line);
    return line;
  });
  const failed = Promise.withResolvers<never>();
  let isOver = false;
  for (const { socket } of lines) {
    socket.on('error', failed.reject);
    socket.on('close', () => isOver || failed.reject(new Error('the server closed a connection')));
  }
  try {
    const began = performance.now();
    const all = Math.floor(rate * seconds);
    for (let sent = 0; sent < all; ) {
      for (; sent < all && began + (1000 * sent) / rate <= performance.now(); sent++) {
        const due = began + (1000 * sent) / rate;
        const line = idle.pop();
        if (line) send(line, due);
        else waiting.push(due);
      }
      await Promise.race([sleep(1), failed.promise]);
    }
    const end = performance.now() + patienceMs;
    while (under > 0 && performance.now() < end) await Promise.race([sleep(10), failed.promise]);
    offered.unanswered = under + waiting.length;
    return offered;
  } finally {
    isOver = true;
    for (const { socket } of lines) socket.destroy();
  }
}
