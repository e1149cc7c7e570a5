import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';

/** How a command reaches the server that holds a data directory: written by it, readable by its owner only. */
export interface Control {
  url: string;
  /** Stands for an admin key as long as the server runs. */
  token: string;
  pid: number;
}

export function readControl(dataDir: string): Control | undefined {
  try {
    const control = JSON.parse(readFileSync(join(dataDir, 'control.json'), 'utf8')) as Control;
    process.kill(control.pid, 0);
    return control;
  } catch {
    return undefined;
  }
}

/** What works on the journal of this machine makes no sense where a fleet keeps its own elsewhere. */
export function assertOwnJournal(config: Config): void {
  if (config.fleet)
    throw new Error(
      'KAFKA_BROKERS: a fleet keeps its log in Kafka; ask a server of it that runs on this machine, or its API.',
    );
}
