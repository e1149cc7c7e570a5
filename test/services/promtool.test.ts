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

const HASHES = ['old', 'new'];

/** What deploy/kubernetes asks of the version `new`. */
function gates(): { name: string; query: string }[] {
  const text = readFileSync(join(deploy, 'kubernetes', 'gates.yaml'), 'utf8').replaceAll('{{args.hash}}', 'new');
  return text
    .split(/^ {4}- name: /m)
    .slice(1)
    .map((metric) => ({
      name: metric.slice(0, metric.indexOf('\n')),
      query: metric
        .slice(metric.indexOf('query: ') + 7)
        .replace('>-', '')
        .replaceAll(/\s*\n\s*/g, ' ')
        .trim(),
    }));
}

/** A version of whose 100 requests in 15 s so many are answered with 5xx, slow and degraded, and whose pods are up or not. */
function seriesOf(hash: string, faults: number) {
  const of = (name: string, labels = '') => `${name}{rollouts_pod_template_hash="${hash}"${labels}}`;
  const bucket = (le: string) =>
    of('assay_http_request_duration_seconds_bucket', `,method="POST",route="/api/transactions",le="${le}"`);
  const count = 'assay_http_request_duration_seconds_count';
  return [
    [of('up'), hash === 'new' ? '1x40' : '0x40'],
    [of(count, ',status="201"'), `0+${100 - faults}x40`],
    [of(count, ',status="503"'), `0+${faults}x40`],
    [bucket('0.1'), `0+${hash === 'new' ? 100 - faults : 0}x40`],
    [bucket('+Inf'), '0+100x40'],
    [of('assay_decisions_total'), '0+100x40'],
    [of('assay_decisions_degraded_total'), `0+${faults}x40`],
  ].map(([series, values]) => ({ series, values }));
}

describe('Prometheus itself reads what deploy/ has for it', { skip }, () => {
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(promtool!, args, { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  };

  test('its configuration', () =>
    run('check', 'config', '--syntax-only', join(deploy, 'prometheus', 'prometheus.yaml')));

  test('the gates of a new version see its own pods and no others', () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-gates-'));
    try {
      const rules = gates().map(({ name, query }) => ({ record: `gate:${name.replace('-', '_')}`, expr: query }));
      writeFileSync(join(folder, 'gates.yaml'), JSON.stringify({ groups: [{ name: 'gates', rules }] }));
      const test = {
        interval: '15s',
        input_series: HASHES.flatMap((hash) => seriesOf(hash, hash === 'new' ? 1 : 50)),
        promql_expr_test: Object.entries({
          watched: 1,
          server_errors: 0.01,
          slow_decisions: 0.1,
          degraded_decisions: 0.01,
        }).map(([name, value]) => ({
          expr: `gate:${name}`,
          eval_time: '5m',
          exp_samples: [{ labels: `gate:${name}`, value }],
        })),
      };
      const file = join(folder, 'test.yaml');
      writeFileSync(file, JSON.stringify({ rule_files: ['gates.yaml'], tests: [test] }));
      run('test', 'rules', file);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

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
