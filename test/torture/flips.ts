import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseAccount, chooseHome } from '../../src/adapters/embedded/account.ts';
import { repairJournal } from '../../src/journal/local/repair.ts';
import { silentLog } from '../../src/projections/log.ts';
import { call } from '../support/app.ts';
import { type ServerProcess, startServer } from '../support/process.ts';
import type { Row } from './table.ts';

const ENV = { JOURNAL_SEGMENT_BYTES: '64K', JOURNAL_SCRUB_RATE: '100M', SNAPSHOT_EVERY_RECORDS: '40' };
const PAYMENTS = 320;
const FOUND_WITHIN_MS = 60_000;
const payment = (i: number) => ({ id: `pay_${i}`, userId: `u${i % 7}`, amount: 10 + i, email: `u${i}@example.com` });

interface Kind {
  name: string;
  /** The file, and where in it a byte is turned. */
  at(dataDir: string): { path: string; offset: number };
  /** Whether the start mends it from what ships, without a word. */
  isMended?: boolean;
  /** Whether it may stop the start, with the place in what is said. */
  mayRefuse?: boolean;
}

const files = (folder: string, end: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => join(folder, name));
const middle = (path: string) => ({ path, offset: statSync(path).size >> 1 });
/** In the middle of the record of a payment. */
function inRecord(path: string, id: string) {
  return { path, offset: readFileSync(path).indexOf(`:${id}"`) + 2 };
}

const KINDS: readonly Kind[] = [
  { name: 'a sealed segment', at: (dir) => inRecord(files(join(dir, 'journal'), '.journal')[0], 'pay_9') },
  { name: 'an index', at: (dir) => middle(files(join(dir, 'journal'), '.index')[0]) },
  {
    name: 'the last segment',
    at: (dir) => inRecord(files(join(dir, 'journal'), '.journal').at(-1)!, `pay_${PAYMENTS - 2}`),
    mayRefuse: true,
  },
  { name: 'the newest snapshot', at: (dir) => middle(join(newest(join(dir, 'snapshots')), 'profiles.bin')) },
  { name: 'the state in a snapshot', at: (dir) => middle(join(newest(join(dir, 'snapshots')), 'state.json')) },
  { name: 'a model that is kept', at: (dir) => middle(largest(join(dir, 'models'))), isMended: true },
];

const newest = (folder: string) => join(folder, String(Math.max(...readdirSync(folder).map(Number).filter(Boolean))));

function largest(folder: string): string {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return all
    .map((one) => join(one.parentPath, one.name))
    .reduce((a, b) => (statSync(b).size > statSync(a).size ? b : a));
}

function flip({ path, offset }: { path: string; offset: number }): void {
  const bytes = readFileSync(path);
  bytes[offset] ^= 0x5a;
  writeFileSync(path, bytes);
}

/** A byte of each kind of file is turned while the server is away: found, told with its place, and mended or refused as documented. */
export async function flips(): Promise<Row[]> {
  const root = mkdtempSync(join(tmpdir(), 'assay-flips-'));
  const whole = join(root, 'whole');
  const rows: Row[] = [];
  try {
    const server = await startServer(whole, ENV);
    for (let i = 0; i < PAYMENTS; i++) await call(server.url, 'POST', '/api/transactions', payment(i));
    await sleep(1_500);
    await server.stop();
    for (const kind of KINDS) {
      const dataDir = join(root, 'one');
      rmSync(dataDir, { recursive: true, force: true });
      cpSync(whole, dataDir, { recursive: true, filter: (path) => basename(path) !== 'postgres' });
      rows.push(await turned(kind, dataDir));
    }
    rows.push(await databasePage(whole));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  return rows;
}

async function turned(kind: Kind, dataDir: string): Promise<Row> {
  const place = kind.at(dataDir);
  const whole = readFileSync(place.path);
  flip(place);
  const row: Row = { name: `a flipped byte in ${kind.name}`, tries: 1, faults: [], seen: '' };
  let server: ServerProcess;
  try {
    server = await startServer(dataDir, ENV);
  } catch (error) {
    if (!kind.mayRefuse) row.faults.push(`the start: ${error}`);
    if (!String(error).includes(basename(place.path)))
      row.faults.push(`the refusal does not name ${basename(place.path)}`);
    const { found } = await repairJournal(join(dataDir, 'journal'));
    if (found.length === 0 || found.some(({ mended }) => mended === null)) row.faults.push('repair does not mend it');
    const again = await startServer(dataDir, ENV);
    await look(again, row);
    await again.stop();
    return { ...row, seen: `the start names the place; repaired ${found[0]?.mended}` };
  }
  const began = Date.now();
  let told = '';
  for (; Date.now() - began < FOUND_WITHIN_MS && told === ''; await sleep(200)) {
    const { reasons = {} } = (await call(server.url, 'GET', '/health')).body;
    if (kind.isMended && readFileSync(place.path).equals(whole)) told = 'mended at the start from the one that ships,';
    else if (reasons.journal) told = `/health: ${reasons.journal}`;
    else if (/damaged|checksum|cannot be used|fails|does not match/i.test(server.output())) told = 'the log says so';
  }
  if (told === '') row.faults.push('nobody told of it');
  await look(server, row);
  await server.stop();
  return { ...row, seen: `${told} after ${((Date.now() - began) / 1000).toFixed(1)} s` };
}

/** Whatever is damaged: no 500, no path, and decisions go on. */
async function look({ url }: ServerProcess, row: Row): Promise<void> {
  const asks: [string, string, unknown?][] = [
    ...['', '/explanation', '/history'].map((part): [string, string] => ['GET', `/api/transactions/pay_9${part}`]),
    ...[
      ['POST', '/api/transactions', payment(9)] as [string, string, unknown],
      ['GET', '/api/transactions?limit=200'] as [string, string],
    ],
    ...(['/api/models', '/api/transactions/stats?window=24h', '/api/users?q=u'] as const).map(
      (path): [string, string] => ['GET', path],
    ),
    ['POST', '/api/transactions', { ...payment(1), id: `after_${row.name}` }],
  ];
  for (const [method, path, body] of asks) {
    const answer = await call(url, method, path, body);
    const text = JSON.stringify(answer.body) ?? '';
    if (answer.status >= 500 && answer.status !== 503)
      row.faults.push(`${method} ${path} → ${answer.status} ${text.slice(0, 200)}`);
    if (/\.journal|\/tmp\/|\bat .*\.ts:\d/.test(text) && answer.status >= 400)
      row.faults.push(`${method} ${path} tells a path`);
    if (String((body as { id?: string })?.id).startsWith('after_') && answer.status !== 201)
      row.faults.push(`decisions do not go on: ${answer.status}`);
  }
}

/** In a page of the table that lists payments. */
async function databasePage(dataDir: string): Promise<Row> {
  const row: Row = { name: 'a flipped byte in a page of PostgreSQL', tries: 1, faults: [], seen: '' };
  const home = await chooseHome(dataDir, await chooseAccount(silentLog), silentLog);
  const base = join(home, 'data', 'base');
  const tables = readdirSync(base, { recursive: true, withFileTypes: true }).filter(
    (one) => one.isFile() && /^\d+$/.test(one.name),
  );
  const held = tables
    .map((one) => join(one.parentPath, one.name))
    .find((path) => readFileSync(path).includes('"pay_9"'));
  if (!held) return { ...row, faults: ['no page with the payment was found'] };
  const offset = readFileSync(held).indexOf(':pay_9"') + 2;
  flip({ path: held, offset });
  const server = await startServer(dataDir, ENV);
  const { status, body } = await call(server.url, 'GET', '/api/transactions/pay_9');
  await look(server, row);
  const isTold = /invalid page|checksum|database/i.test(server.output());
  if (!isTold && status !== 503) row.faults.push(`nobody told of it: ${status} ${JSON.stringify(body).slice(0, 120)}`);
  await server.stop();
  return { ...row, seen: `reads of it answer ${status}${isTold ? ', the log names the page' : ''}; decisions go on` };
}
