import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { moduleBeside } from '../../domain/beside.ts';
import { type Brief, type Narrator, NarratorError } from '../../narrator/narrator.ts';
import { parseAnswer } from './answer.ts';
import type { FromProcess, LocalSettings, ToProcess } from './local-process.ts';

export interface LocalOptions extends LocalSettings {
  name: string;
}

/** What is left of a call that was given up gets this long to end before its process is ended. */
const GRACE_MS = 2_000;

/**
 * A GGUF file, read by llama.cpp in a process of its own: of the lowest priority, with as many threads as it is given,
 * and without the environment's secrets. Where it hangs or crashes it is ended, and the next text starts another;
 * decisions are made elsewhere and feel neither.
 */
export function createLocalNarrator({ name, ...settings }: LocalOptions): Narrator {
  let current: Running | undefined;
  let calls = 0;
  let closed = false;

  function narrate(brief: Brief, signal: AbortSignal): Promise<unknown> {
    if (closed) return Promise.reject(new NarratorError('closed', { retryable: false }));
    current ??= start(settings, (ended) => {
      if (current === ended) current = undefined;
    });
    return current.ask(++calls, brief, signal).then(parseAnswer);
  }

  return {
    name,
    narrate,
    async close() {
      closed = true;
      await current?.stop();
    },
  };
}

interface Running {
  ask(id: number, brief: Brief, signal: AbortSignal): Promise<string>;
  stop(): Promise<void>;
}

interface Waiting {
  resolve(text: string): void;
  reject(error: Error): void;
}

function start(settings: LocalSettings, onEnd: (self: Running) => void): Running {
  const waiting = new Map<number, Waiting>();
  const child: ChildProcess = fork(moduleBeside(import.meta.url, './local-process'), [JSON.stringify(settings)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: Object.fromEntries(['PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH'].map((key) => [key, process.env[key]])),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // It must not keep the server from ending.
  // But for an answer that is waited for.
  const hold = () => (waiting.size > 0 ? child.channel?.ref() : child.channel?.unref());
  child.unref();
  hold();
  if (child.pid !== undefined)
    try {
      setPriority(child.pid, constants.priority.PRIORITY_LOW);
    } catch {
      // It has ended by now, or may not be set: it is only slower or quicker for that.
    }
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  void ended.then(() => {
    onEnd(running);
    for (const { reject } of waiting.values())
      reject(new NarratorError('the process of the language model ended', { retryable: true }));
    waiting.clear();
  });
  child.on('message', (message: FromProcess) => {
    const call = waiting.get(message.id);
    if (!call) return;
    waiting.delete(message.id);
    hold();
    if ('text' in message) call.resolve(message.text);
    else call.reject(new NarratorError(message.error, { retryable: false }));
  });

  const running: Running = {
    ask(id, brief, signal) {
      return new Promise<string>((resolve, reject) => {
        const send = (message: ToProcess) => child.connected && child.send(message, () => {});
        const giveUp = () => {
          send({ id, abort: true });
          const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
          timer.unref();
          void ended.then(() => clearTimeout(timer));
          waiting.set(id, { resolve: settle(timer, resolve), reject: settle(timer, reject) });
        };
        const settle =
          <T>(timer: NodeJS.Timeout, then: (value: T) => void) =>
          (value: T) => {
            clearTimeout(timer);
            then(value);
          };
        const over =
          <T>(then: (value: T) => void) =>
          (value: T) => {
            signal.removeEventListener('abort', giveUp);
            then(value);
          };
        waiting.set(id, { resolve: over(resolve), reject: over(reject) });
        signal.addEventListener('abort', giveUp, { once: true });
        hold();
        send({ id, ...brief });
      });
    },
    async stop() {
      child.ref();
      child.kill('SIGKILL');
      await ended;
    },
  };
  return running;
}
