/** Prometheus' own checker: the one of the path, or Debian's, unpacked into a folder of our own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSTALL_MS = 120_000;

/** Its path; undefined where there is none and none can be had. */
export function findPromtool(): string | undefined {
  const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'prometheus');
  const unpacked = join(cache, 'usr', 'bin', 'promtool');
  const works = (path: string) => spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0;
  const find = () => ['promtool', unpacked].find(works);
  const found = find();
  if (found) return found;
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-package-'));
  try {
    spawnSync('apt-get', ['download', 'prometheus'], { cwd: folder, stdio: 'ignore', timeout: INSTALL_MS });
    mkdirSync(cache, { recursive: true });
    for (const file of readdirSync(folder))
      execFileSync('dpkg', ['-x', join(folder, file), cache], { stdio: 'ignore' });
  } catch {
    // There is none.
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return find();
}
