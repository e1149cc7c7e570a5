import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { waits } from './bodies.ts';
import { beside, type Shot, type Target } from './target.ts';
import { faultOf, type Row, statusesOf } from './verdict.ts';

const MIB = 1024 * 1024;

/** Many at once: payments, sign-ins with wrong keys, connections, costly questions. */
export async function floods(target: Target): Promise<Row[]> {
  const json = { 'content-type': 'application/json', 'x-api-key': target.admin };
  const payment = (i: number): Shot => ({
    ...{ method: 'POST', path: '/api/transactions', headers: json },
    body: JSON.stringify({ id: `flood_${i}`, userId: `u${i % 50}`, amount: 1 + (i % 90) }),
  });
  const signIn = (i: number): Shot => ({
    ...{ method: 'POST', path: '/api/session', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ key: `wrong-${i}` }),
  });
  const QUESTIONS = [
    '/api/transactions/stats?window=90d',
    '/api/transactions?limit=200',
    '/api/search?q=flood',
    '/openapi.json',
    '/api/entities/user/u1/links?depth=4',
    '/metrics',
  ];
  const question = (i: number): Shot => ({
    method: 'GET',
    path: QUESTIONS[i % QUESTIONS.length],
    headers: { 'x-api-key': target.admin },
  });
  const rows = [
    await flood(target, 'payments', 'as fast as 32 connections go', 3_000, payment),
    await flood(
      target,
      'sign-ins',
      'with wrong keys, from one address: most must be refused unheard',
      600,
      signIn,
      429,
    ),
    await flood(target, 'questions', 'the costliest reads', 600, question),
  ];
  return [...rows, await connections(target, 1_500)];
}

async function flood(
  target: Target,
  name: string,
  what: string,
  count: number,
  shotOf: (i: number) => Shot,
  mustSee?: number,
): Promise<Row> {
  const row: Row = { name: `flood of ${name}`, what, cases: count, faults: [], seen: '' };
  const statuses = new Map<number, number>();
  const before = target.memory();
  let next = 0;
  const { watched } = await beside(target, () =>
    Promise.all(
      Array.from({ length: 32 }, async () => {
        for (let i = next++; i < count; i = next++) {
          const shot = shotOf(i);
          try {
            const reply = await target.send(shot);
            statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
            const fault = faultOf(shot, reply);
            if (fault) row.faults.push(fault);
          } catch (error) {
            row.faults.push(`${shot.method} ${shot.path}: ${error}`);
          }
        }
      }),
    ),
  );
  if (mustSee !== undefined && !(statuses.get(mustSee)! > count / 2)) row.faults.push(`few were answered ${mustSee}`);
  // Whoever is refused by the limit of its address is not refused by a fault.
  row.faults.push(
    ...watched.failures.filter((failure) => failure !== '429').map((failure) => `a bystander: ${failure}`),
  );
  const grown = Math.round((target.memory() - before) / MIB);
  return {
    ...row,
    seen: `${statusesOf(statuses)}; a bystander waited ${waits(watched.waits)}; memory ${grown >= 0 ? '+' : ''}${grown} MiB`,
  };
}

async function connections(target: Target, count: number): Promise<Row> {
  const row: Row = { name: 'flood of connections', what: 'opened and left', cases: count, faults: [], seen: '' };
  const { watched } = await beside(target, async () => {
    const sockets = Array.from({ length: count }, () => connect(target.port, target.host).on('error', () => {}));
    await sleep(3_000);
    for (const socket of sockets) socket.destroy();
    await sleep(500);
  });
  row.faults.push(...watched.failures.map((failure) => `a bystander: ${failure}`));
  return { ...row, seen: `a bystander waited ${waits(watched.waits)}` };
}
