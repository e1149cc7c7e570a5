import { gzipSync } from 'node:zlib';
import { beside, type Shot, type Target } from './target.ts';
import { faultOf, type Row, statusesOf } from './verdict.ts';

const json = { 'content-type': 'application/json' };
const MIB = 1024 * 1024;

/** Bodies that cost a careless server its memory, its loop or its composure. Harmless to any but the server that reads them. */
const BODIES: readonly { name: string; body: string | Buffer; headers?: Record<string, string> }[] = [
  { name: 'arrays in arrays', body: '['.repeat(200_000) },
  { name: 'objects in objects', body: `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}` },
  { name: 'empty objects', body: `[${'{},'.repeat(300_000)}{}]` },
  { name: 'names without end', body: `{${Array.from({ length: 60_000 }, (_, i) => `"n${i}":0`).join(',')}}` },
  { name: 'one long text', body: JSON.stringify({ id: 'x'.repeat(MIB - 100) }) },
  { name: 'one long number', body: `{"amount":${'9'.repeat(MIB - 100)}}` },
  { name: 'overflow', body: '{"amount":1e999,"userId":"u"}' },
  { name: 'bare NaN', body: '{"amount":NaN}' },
  {
    name: 'prototype',
    body: '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"userId":"u","amount":1}',
  },
  { name: 'a name twice', body: '{"userId":"a","userId":"b","amount":1}' },
  { name: 'half a surrogate', body: '{"userId":"\\ud800","amount":1}' },
  { name: 'NUL', body: '{"userId":"a\\u0000b","amount":1}' },
  { name: 'no UTF-8', body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
  { name: 'a byte order mark', body: '\ufeff{}' },
  { name: 'nothing', body: '' },
  { name: 'null', body: 'null' },
  { name: 'a text', body: '"text"' },
  { name: 'cut', body: '{"userId":"u","amou' },
  { name: 'said to be gzip', body: gzipSync(Buffer.alloc(8 * MIB)), headers: { 'content-encoding': 'gzip' } },
  { name: 'said to be XML', body: '<a/>', headers: { 'content-type': 'application/xml' } },
  { name: 'said to be a form', body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  { name: 'of no type', body: '{}', headers: { 'content-type': '' } },
  { name: 'beyond the bound', body: Buffer.alloc(17 * MIB, 0x20) },
  {
    name: 'statements',
    body: JSON.stringify({ id: "x'; DROP TABLE transactions; --", userId: "' OR 1=1 --", amount: 1 }),
  },
  { name: 'places', body: JSON.stringify({ id: '../../etc/passwd', userId: '%2e%2e%2f', amount: 1 }) },
  { name: 'entities of XML', body: bomb(), headers: { 'content-type': 'application/xml' } },
  { name: 'expressions', body: JSON.stringify({ when: `${'('.repeat(5_000)}true${')'.repeat(5_000)}`, last: 50_000 }) },
  {
    name: 'backtracking',
    body: JSON.stringify({ when: `matches(tx.userId, "(a+)+$") && tx.userId == "${'a'.repeat(2_000)}!"` }),
  },
];

/** Entities that would grow to gigabytes where they are unfolded. */
function bomb(): string {
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('');
  return `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "0123456789">${entities}]><d>&e9;</d>`;
}

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document.
export async function bodies(target: Target, document: any): Promise<Row> {
  const row: Row = {
    name: 'bodies',
    what: `${BODIES.length} hostile bodies to every route that takes one`,
    cases: 0,
    faults: [],
    seen: '',
  };
  const routes = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method === 'post' || method === 'put')
      .map((method) => ({ method: method.toUpperCase(), path: path.replaceAll(/\{[^}]+\}/g, 'nobody') })),
  );
  const before = target.memory();
  const statuses = new Map<number, number>();
  const { watched } = await beside(target, async () => {
    for (const { name, body, headers } of BODIES)
      for (const route of routes) {
        const shot: Shot = { ...route, headers: { 'x-api-key': target.admin, ...json, ...headers }, body };
        row.cases++;
        try {
          const reply = await target.send(shot);
          statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
          const fault = faultOf(shot, reply);
          if (fault) row.faults.push(`${name}: ${fault}`);
        } catch (error) {
          // A server may hang up on a body that is longer than it takes.
          const code = (error as NodeJS.ErrnoException).code;
          if (Buffer.byteLength(body) < MIB || !['EPIPE', 'ECONNRESET'].includes(String(code)))
            row.faults.push(`${name}: ${route.method} ${route.path}: ${error}`);
        }
      }
  });
  row.faults.push(...watched.failures.map((failure) => `a bystander: ${failure}`));
  const grown = Math.round((target.memory() - before) / MIB);
  return {
    ...row,
    seen: `${statusesOf(statuses)}; a bystander waited ${waits(watched.waits)}; memory ${grown >= 0 ? '+' : ''}${grown} MiB`,
  };
}

export function waits(sorted: readonly number[]): string {
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return `${at(0.5)} ms (median), ${at(0.99)} (p99), ${at(1)} (longest of ${sorted.length})`;
}
