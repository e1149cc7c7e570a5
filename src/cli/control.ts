import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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
