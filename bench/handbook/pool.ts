import { Worker } from 'node:worker_threads';
import type { Dataset } from '../../src/training/dataset.ts';

export interface Pool<Task, Result> {
  run(task: Task): Promise<Result>;
  close(): Promise<void>;
}

interface Waiting<Task, Result> {
  task: Task;
  done: (result: Result) => void;
}

/**
 * Tasks in the order they are given, one a worker at a time. The workers run `script`, which answers `{task}` with
 * `{result}`; one that fails ends the program.
 */
export function createPool<Task, Result>(
  size: number,
  script: URL,
  data: Dataset,
  tick: () => void,
): Pool<Task, Result> {
  const queue: Waiting<Task, Result>[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting<Task, Result>>();
  const next = () => {
    while (idle.length > 0 && queue.length > 0) {
      const worker = idle.pop()!;
      const waiting = queue.shift()!;
      busy.set(worker, waiting);
      worker.postMessage({ task: waiting.task });
    }
  };
  const workers = Array.from({ length: size }, () => {
    const worker = new Worker(script, { workerData: data });
    worker.on('message', ({ result }: { result: Result }) => {
      busy.get(worker)!.done(result);
      busy.delete(worker);
      idle.push(worker);
      tick();
      next();
    });
    worker.on('error', (error) => {
      throw error;
    });
    return worker;
  });
  idle.push(...workers);
  return {
    run: (task) =>
      new Promise((done) => {
        queue.push({ task, done });
        next();
      }),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
