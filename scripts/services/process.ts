import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerProcess {
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  /** Ends it as an operator would (SIGTERM) and starts it on the same data. */
  restart(): Promise<void>;
  /** SIGKILL; `restart` brings it back. */
  kill(): Promise<void>;
  /** SIGTERM, and after ten seconds SIGKILL. The data stay. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  /** For the error, such as "Redis". */
  name: string;
  path: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** What it prints is added to this file. */
  output: string;
  /** Whether it is ready; asked every `pollMs` for at most `readyMs`. */
  answers(): Promise<boolean>;
  readyMs: number;
  pollMs: number;
}

const STOP_MS = 10_000;
const TOLD_LINES = 20;

/** Starts a server as a child of this process, which does not outlive it. Throws with its last lines where it does not start. */
export async function startProcess(command: ServerCommand): Promise<ServerProcess> {
  const { name, path, args, cwd, env, output } = command;
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const log = openSync(output, 'a');
    const started = spawn(path, args, { stdio: ['ignore', log, log], cwd, env });
    closeSync(log);
    child = started;
    started.once('exit', () => {
      if (child === started) child = undefined;
    });
    const end = performance.now() + command.readyMs;
    while (!(await command.answers())) {
      if (started.exitCode !== null || started.signalCode !== null || performance.now() > end) {
        await halt('SIGKILL');
        const lines = readFileSync(output, 'utf8').trimEnd().split('\n').slice(-TOLD_LINES);
        throw new Error(`${name} does not start:\n${lines.join('\n')}`);
      }
      await sleep(command.pollMs);
    }
  }

  async function halt(signal: NodeJS.Signals): Promise<void> {
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    const timer = setTimeout(() => ending.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
  }

  const killOnExit = () => child?.kill('SIGKILL');
  process.once('exit', killOnExit);
  await start();
  return {
    get pid() {
      return child?.pid;
    },
    async restart() {
      await halt('SIGTERM');
      await start();
    },
    kill: () => halt('SIGKILL'),
    async stop() {
      process.off('exit', killOnExit);
      await halt('SIGTERM');
    },
  };
}
