import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findPromtool } from '../../scripts/services/promtool.ts';

const deploy = join(import.meta.dirname, '..', '..', 'deploy');
const promtool = findPromtool();
const skip = promtool === undefined && 'there is no promtool, and apt could not bring one';

describe('Prometheus itself reads what deploy/ has for it', { skip }, () => {
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(promtool!, args, { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  };

  test('its configuration', () =>
    run('check', 'config', '--syntax-only', join(deploy, 'prometheus', 'prometheus.yaml')));

  test('the alerts, and what they say of made-up hours', () => {
    run('check', 'rules', join(deploy, 'prometheus', 'alerts.yaml'));
    run('test', 'rules', join(deploy, 'prometheus', 'alerts.test.yaml'));
  });

  test('what the dashboard asks', () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-dashboard-'));
    try {
      const { panels } = JSON.parse(readFileSync(join(deploy, 'grafana', 'assay.json'), 'utf8'));
      const rules = panels.flatMap(({ targets = [] }: { targets?: { expr: string }[] }) =>
        targets.map(({ expr }) => {
          const filled = expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'assay.*');
          return { record: 'dashboard', expr: filled };
        }),
      );
      // Each in a group of its own, since they share a name.
      const groups = rules.map((rule: object, i: number) => ({ name: `q${i}`, rules: [rule] }));
      const file = join(folder, 'queries.yaml');
      writeFileSync(file, JSON.stringify({ groups }));
      run('check', 'rules', '--lint=none', file);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
