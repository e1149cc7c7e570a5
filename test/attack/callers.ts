import { SCOPES, type Scope } from '../../src/domain/key.ts';
import type { Shot, Target } from './target.ts';
import { faultOf, type Row, statusesOf } from './verdict.ts';

interface Asked {
  'x-scope'?: Scope | Scope[] | 'none';
  'x-bad-key'?: 403;
}

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document.
type Document = any;

/** Every route by everyone: each scope's key, wrong, revoked, empty and doubled ones, in either header. */
export async function callers(target: Target, document: Document): Promise<Row> {
  const admin = { 'x-api-key': target.admin, 'content-type': 'application/json' };
  const make = async (name: string, scopes: readonly Scope[]) => {
    const { body } = await target.send({
      method: 'POST',
      path: '/api/keys',
      headers: admin,
      body: JSON.stringify({ name, scopes }),
    });
    return JSON.parse(body) as { id: string; secret: string };
  };
  const keys: { name: string; secret: string; scopes: readonly Scope[] }[] = [];
  for (const scope of SCOPES) keys.push({ name: scope, secret: (await make(scope, [scope])).secret, scopes: [scope] });
  const revoked = await make('revoked', SCOPES);
  await target.send({ method: 'DELETE', path: `/api/keys/${revoked.id}`, headers: { 'x-api-key': target.admin } });
  const strangers = [
    { name: 'nobody', secret: undefined },
    { name: 'a revoked key', secret: revoked.secret },
    { name: 'a wrong key', secret: `${target.admin}x` },
    { name: 'the beginning of a key', secret: target.admin.slice(0, -1) },
    { name: 'an empty key', secret: '' },
    { name: 'a long key', secret: 'k'.repeat(4_000) },
  ];
  const row: Row = {
    name: 'callers',
    what: 'every route by every scope and by strangers, both headers',
    cases: 0,
    faults: [],
    seen: '',
  };
  const statuses = new Map<number, number>();

  const operations = Object.entries<Record<string, Asked>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, asked]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{[^}]+\}/g, 'nobody'),
      asked,
    })),
  );
  async function shoot(shot: Shot, mustRefuse: boolean, who: string): Promise<void> {
    const reply = await target.send(shot);
    row.cases++;
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
    const isRefused = reply.status === 401 || reply.status === 403;
    const fault =
      mustRefuse && !isRefused ? `${shot.method} ${shot.path} by ${who} → ${reply.status}` : faultOf(shot, reply);
    if (fault) row.faults.push(fault);
  }

  for (const { method, path, asked } of operations) {
    const { 'x-scope': shown = 'read' } = asked;
    const scopes = shown === 'none' ? [] : [shown].flat();
    const body = method === 'POST' || method === 'PUT' ? '{}' : undefined;
    const base: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    for (const way of ['x-api-key', 'authorization'] as const) {
      const header = (secret: string) => ({ [way]: way === 'authorization' ? `Bearer ${secret}` : secret });
      for (const { name, secret } of strangers)
        await shoot(
          { method, path, headers: { ...base, ...(secret === undefined ? {} : header(secret)) }, body },
          scopes.length > 0,
          name,
        );
      for (const { name, secret, scopes: has } of keys) {
        const may = scopes.length === 0 || has.includes('admin') || scopes.some((scope) => has.includes(scope));
        // What an admin may do ends the very server that is attacked in the next rounds.
        if (has.includes('admin') && method === 'DELETE') continue;
        await shoot({ method, path, headers: { ...base, ...header(secret) }, body }, !may, name);
      }
    }
  }
  return { ...row, seen: statusesOf(statuses) };
}
