import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = join(import.meta.dirname, '..', '..', 'bin', 'assay.js');

/** Whether this account may make namespaces of its own. */
export function canUnshare(): boolean {
  return spawnSync('unshare', ['--pid', '--fork', '--mount-proc', '--ipc', 'true']).status === 0;
}

/** Whether it may mount in them, too. */
export function canMount(): boolean {
  const walls = ['--mount', '--pid', '--fork', '--mount-proc'];
  return spawnSync('unshare', [...walls, 'sh', '-c', 'mount -t tmpfs none /mnt']).status === 0;
}

export interface Walled {
  /** Once it listens; rejects with what it said where it ended instead. */
  readonly listening: Promise<string>;
  /** Ends the server alone with -9: whatever it started in its namespace goes on. */
  killServer(): Promise<void>;
  /** Ends the namespace with all in it. */
  end(): Promise<void>;
}

/** `assay serve` in PID, IPC and mount namespaces of its own, as in a container: its init outlives the server. */
export function serveWalled(dataDir: string, env: Record<string, string>): Walled {
  const child = walled(
    `"${process.execPath}" "${program}" serve --data-dir "${dataDir}" --port 0 & wait $!; exec sleep 600`,
    env,
  );
  let said = '';
  const listening = new Promise<string>((resolve, reject) => {
    const hear = (text: string) => {
      said += text;
      const url = /Assay decides at (\S+)/.exec(said)?.[1];
      if (url) resolve(url);
      else if (/is open in/.test(said)) reject(new Error(said));
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', hear);
    child.once('exit', () => reject(new Error(said || 'it ended')));
  });
  listening.catch(() => {});
  return {
    listening,
    async killServer() {
      const pid = serverOf(child);
      if (pid === undefined) return;
      process.kill(pid, 'SIGKILL');
      for (let waited = 0; serverOf(child) !== undefined && waited < 5_000; waited += 5) await sleep(5);
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** A command in namespaces of its own; with `net`, in one of the network too. */
export async function runWalled(args: string[], env: Record<string, string>, net = false) {
  const words = args.map((word) => `'${word}'`).join(' ');
  const child = walled(`exec "${process.execPath}" "${program}" ${words}`, env, net);
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text) => (out += text));
  const [status] = await once(child, 'close');
  return { status: status as number, out };
}

function walled(script: string, env: Record<string, string>, net = false): ChildProcess {
  const walls = ['--pid', '--fork', '--kill-child', '--mount-proc', '--ipc', ...(net ? ['--net'] : [])];
  return spawn('unshare', [...walls, 'sh', '-c', script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Pid, as seen here, of the node process below this one that serves. */
function serverOf(child: ChildProcess): number | undefined {
  const parents = new Map<number, number>();
  const servers: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') continue;
      parents.set(Number(name), Number(fields[1]));
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      if (command.includes('serve') && command.some((word) => word.endsWith('assay.js')) && command[0].includes('node'))
        servers.push(Number(name));
    } catch {
      // It ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => pid === child.pid || (pid > 1 && isBelow(parents.get(pid) ?? 0));
  return servers.filter(isBelow).at(-1);
}
