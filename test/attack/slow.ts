import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { waits } from './bodies.ts';
import { beside, type Target } from './target.ts';
import type { Row } from './verdict.ts';

/** Requests get 60 s, an idle connection 120 s: then a socket that says nothing useful is gone. */
const LONGEST_MS = 150_000;
/** Behind all of its deadlines. */
const HUNG_UP_MS = 135_000;
const OF_EACH = 40;

interface Held {
  kind: string;
  socket: Socket;
  isClosed: boolean;
}

/** Sockets that begin and never end: each must be let go by the server, while others are served. */
export async function slow(target: Target): Promise<Row> {
  const row: Row = {
    name: 'slow clients',
    what: `${OF_EACH} of each: drip heads, drip bodies, say nothing, read nothing`,
    cases: 0,
    faults: [],
    seen: '',
  };
  const head = `x-api-key: ${target.admin}\r\nhost: 127.0.0.1\r\n`;
  const KINDS: Record<string, { first: string; drip: string }> = {
    'drips its head': { first: `GET /health HTTP/1.1\r\n${head}`, drip: 'x-a: b\r\n' },
    'drips its body': {
      first: `POST /api/transactions HTTP/1.1\r\n${head}content-type: application/json\r\ncontent-length: 100000\r\n\r\n{`,
      drip: ' ',
    },
    'says nothing': { first: '', drip: '' },
    'reads nothing': { first: `GET /openapi.json HTTP/1.1\r\n${head}\r\n`.repeat(50), drip: '' },
  };
  const held: Held[] = [];
  const began = Date.now();
  const { watched } = await beside(target, async () => {
    for (const [kind, { first, drip }] of Object.entries(KINDS))
      for (let i = 0; i < OF_EACH; i++) {
        const socket = connect(target.port, target.host);
        const one = { socket, kind, isClosed: false };
        held.push(one);
        row.cases++;
        socket.on('error', () => {});
        socket.on('close', () => {
          one.isClosed = true;
        });
        if (kind === 'reads nothing') socket.pause();
        else socket.resume();
        if (first) socket.write(first);
        if (drip) {
          const timer = setInterval(() => (one.isClosed ? clearInterval(timer) : socket.write(drip)), 2_000);
          timer.unref();
        }
      }
    while (Date.now() - began < LONGEST_MS && held.some(({ isClosed }) => !isClosed)) {
      await sleep(250);
      // A socket that is not read does not hear that it was closed: late, when the server must have hung up, what it sent is taken.
      if (Date.now() - began > HUNG_UP_MS) for (const { socket } of held) socket.resume();
    }
  });
  const left = held.filter(({ isClosed }) => !isClosed);
  for (const { socket, kind } of left) {
    row.faults.push(`one that ${kind} is still held after ${LONGEST_MS / 1000} s`);
    socket.destroy();
  }
  row.faults.push(...watched.failures.map((failure) => `a bystander: ${failure}`));
  return {
    ...row,
    seen: `${held.length - left.length} of ${held.length} were let go; a bystander waited ${waits(watched.waits)}`,
  };
}

/** Live feeds beyond their places. */
export async function feeds(target: Target, count: number): Promise<Row> {
  const row: Row = {
    name: 'live feeds',
    what: `${count} sockets of one key on /ws`,
    cases: count,
    faults: [],
    seen: '',
  };
  const open: WebSocket[] = [];
  let refused = 0;
  const { watched } = await beside(target, async () => {
    await Promise.all(
      Array.from(
        { length: count },
        () =>
          new Promise<void>((resolve) => {
            const socket = new WebSocket(`ws://${target.host}:${target.port}/ws`, {
              headers: { 'x-api-key': target.admin },
            });
            socket.once('open', () => {
              open.push(socket);
              resolve();
            });
            socket.once('error', () => {
              refused++;
              resolve();
            });
          }),
      ),
    );
    await sleep(500);
  });
  for (const socket of open) socket.terminate();
  row.faults.push(...watched.failures.map((failure) => `a bystander: ${failure}`));
  return { ...row, seen: `${open.length} were open, ${refused} refused; a bystander waited ${waits(watched.waits)}` };
}
