import { readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10;

/** What Linux says of a process after its name, which may hold anything: field 3 of /proc/pid/stat is the first. */
function statOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ');
}

export function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

/** Processor time so far, milliseconds: its own, or that of its children that have ended too. */
export function processorMs(pid: number, of: 'own' | 'with children' = 'own'): number {
  const ticks = statOf(pid).slice(11, of === 'own' ? 13 : 15);
  return ticks.reduce((sum, each) => sum + Number(each), 0) * TICK_MS;
}

/** Processes whose command names a text, such as a folder, and those that they began. */
export function processesNaming(text: string): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const told = all.flatMap((name) => {
    try {
      return [
        { pid: Number(name), parent: parentOf(Number(name)), command: readFileSync(`/proc/${name}/cmdline`, 'utf8') },
      ];
    } catch {
      return []; // It has ended meanwhile.
    }
  });
  const named = new Set(told.filter(({ command }) => command.includes(text)).map(({ pid }) => pid));
  return told.filter(({ pid, parent }) => named.has(pid) || named.has(parent)).map(({ pid }) => pid);
}
