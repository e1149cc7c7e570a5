import type { Config } from '../../config.ts';
import { openRates } from '../rates.ts';
import { clock, type Told } from './clock.ts';
import { directory, journal } from './directory.ts';
import { type Finding, reason } from './finding.ts';
import { type Disk, openFiles, versions } from './machine.ts';
import { askNeighbours, port } from './neighbours.ts';
import { keys, models, rates } from './serving.ts';

export type { Finding } from './finding.ts';

export interface Patient {
  config: Config;
  /** Of this package. */
  version: string;
  now(): number;
  /** The address of the server that holds the data directory; undefined where none does, which is no fault. */
  server: string | undefined;
  /** Of Node; this process's own by default. */
  node?: string;
  /** The disk of the data directory; the real one by default. */
  disk?: Disk;
}

/** Looks at everything that this installation needs, and changes nothing that stays. Never rejects for what is ill. */
export async function examine({ config, version, now, server, node, disk }: Patient): Promise<Finding[]> {
  const told: Told[] = [];
  const asked = askNeighbours(config, told);
  const found: Finding[] = [versions(node, version)];
  const look = async (check: string, work: () => Promise<Finding[]> | Finding[]) => {
    try {
      found.push(...(await work()));
    } catch (error) {
      found.push({ check, state: 'fault', found: reason(error) });
    }
  };
  let surveyed = { newest: undefined as number | undefined, keys: 0, revoked: 0 };
  await look('open files', () => [openFiles()].filter((one) => one !== undefined));
  await look('data directory', () => directory(config, disk));
  await look('journal', async () => {
    const read = await journal(config);
    surveyed = read.surveyed;
    return [read.finding];
  });
  await look('keys', () => [keys(config, surveyed)]);
  await look('port', async () => [await port(config, server)]);
  await look('model', () => models(config));
  await look('rates', () => [rates(config, now())]);
  found.push(...(await Promise.all(asked)));
  await look('clock', () => {
    const shipped = openRates({ baseCurrency: 'USD', currencyRates: {}, ratesFile: undefined }).newest;
    return [clock(now(), Date.parse(shipped ?? '2026-01-01'), surveyed.newest, told)];
  });
  if (server) await look('server', async () => [await running(server)]);
  return found;
}

/** What the running server says of itself. */
async function running(url: string): Promise<Finding> {
  const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(4_000) });
  const { status, reasons = {} } = (await response.json()) as { status: string; reasons?: Record<string, string> };
  const why = Object.entries(reasons).map(([part, text]) => `${part}: ${text}`);
  const found = [`${url} is ${status}`, ...why].join('; ');
  return { check: 'server', state: status === 'healthy' ? 'ok' : status === 'degraded' ? 'warning' : 'fault', found };
}
