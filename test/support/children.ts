import type { ChildProcess } from 'node:child_process';

const children = new Map<ChildProcess, NodeJS.Signals>();
process.once('exit', () => {
  for (const [child, signal] of children) child.kill(signal);
});

/** A process that a test starts does not outlive the test's, however that ends: a test may fail before it stops what it started. */
export function endsWithUs(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): ChildProcess {
  children.set(child, signal);
  child.once('exit', () => children.delete(child));
  return child;
}
