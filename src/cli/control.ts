import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { isLocked } from '../journal/local/lock.ts';

/** How a command reaches the server that holds a data directory: written by it, readable by its owner only. */
export interface Control {
  url: string;
  /** Stands for an admin key as long as the server runs. */
  token: string;
  pid: number;
}

/** The server that holds a data directory now, if one does: the lock of its journal says so in any namespace. */
export function readControl(dataDir: string): Control | undefined {
  try {
    const control = JSON.parse(readFileSync(join(dataDir, 'control.json'), 'utf8')) as Control;
    const journal = join(dataDir, 'journal');
    // A process of a fleet keeps no journal here.
    if (existsSync(journal)) return isLocked(journal) ? control : undefined;
    process.kill(control.pid, 0);
    return control;
  } catch {
    return undefined;
  }
}

/** Asks that server. Throws an Error that says so where it cannot be reached from here. */
export async function askServer({ url, token }: Control, path: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url + path, { ...init, headers: { ...(init.headers as object), 'x-api-key': token } });
  } catch (error) {
    const { cause, message } = error as Error;
    throw new Error(
      `A server holds this data directory and listens at ${url}, which cannot be reached from here ` +
        `(${cause instanceof Error ? cause.message : message}). Run this where the server runs, such as in its container.`,
      { cause: error },
    );
  }
}

/** The folder of the journal that a command reads. Throws an Error that says so where there is none: reading makes no journal. */
export function journalFolder(config: Config): string {
  assertOwnJournal(config);
  const folder = join(config.dataDir, 'journal');
  if (!existsSync(folder)) throw new Error(`${config.dataDir} has no journal: --data-dir says where it is.`);
  return folder;
}

/** What works on the journal of this machine makes no sense where a fleet keeps its own elsewhere. */
export function assertOwnJournal(config: Config): void {
  if (config.fleet)
    throw new Error(
      'KAFKA_BROKERS: a fleet keeps its log in Kafka; ask a server of it that runs on this machine, or its API.',
    );
}
