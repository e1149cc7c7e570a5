import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildWorkerServer } from '../src/api/worker.ts';
import { createLog } from '../src/app/log.ts';
import { call, startApp, type TestApp } from './support/app.ts';
import { arrayJournal } from './support/array-journal.ts';
import { type Family, parseExposition } from './support/exposition.ts';
import { fleetFigures } from './support/fleet-figures.ts';
import { narratorOf } from './support/narrators.ts';

const deploy = join(import.meta.dirname, '..', 'deploy');
const read = (path: string) => readFileSync(join(deploy, path), 'utf8');
/** What PromQL and Prometheus bring themselves. */
const OWN = new Set(['up']);
const METRIC = /\b((?:assay|process|nodejs)_\w+|up)\b(?:\{([^}]*)\})?/g;

/** The figures that an expression asks for, each with the labels that it picks by. */
function asked(expression: string): { name: string; labels: string[] }[] {
  return [...expression.matchAll(METRIC)].map(([, name, picks = '']) => ({
    name,
    labels: [...picks.matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g)].map(([, label]) => label),
  }));
}

describe('what deploy/ watches', () => {
  let app: TestApp;
  const families = new Map<string, Family>();
  before(async () => {
    const narrator = narratorOf(async () => Promise.reject(new Error('never asked')));
    const convex = { CONVEX_URL: 'http://127.0.0.1:9', CONVEX_DEPLOY_KEY: 'k' };
    const env = { LLM_URL: 'http://127.0.0.1:9/v1', LLM_NARRATE: 'all', JOURNAL_MIRROR: '/nowhere', ...convex };
    app = await startApp(env, { narrator, log: createLog('info', { write() {} }) });
    await call(app.url, 'POST', '/api/transactions', { userId: 'u', amount: 1 });
    for (const [name, family] of parseExposition((await call(app.url, 'GET', '/metrics')).body))
      families.set(name, family);
    const worker = buildWorkerServer({
      ...{ journal: arrayJournal(), engine: { ready: true, modelVersion: 'v' }, roster: { problem: undefined } },
      policy: { stats: () => ({ version: 0, failures: {}, lastFailures: {}, broken: [], timed: 0, seconds: 0 }) },
      ...{
        fleet: { profilesHealthy: true, policyBehind: false, figures: fleetFigures(() => () => {}) },
        log: createLog('silent'),
      },
      ...{ draining: false, stats: () => undefined },
    });
    for (const [name, family] of parseExposition((await worker.inject('/metrics')).body))
      if (!families.has(name)) families.set(name, family);
  });
  after(() => app.stop());

  function check(expressions: string[]): void {
    assert.ok(expressions.length > 10);
    for (const expression of expressions)
      for (const { name, labels } of asked(expression)) {
        if (OWN.has(name)) continue;
        const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
        assert.ok(family, `${name} is not in /metrics: ${expression}`);
        const isPart = /_(bucket|sum|count)$/.test(name) && !families.has(name);
        if (isPart) assert.match(family.type, /histogram|summary/);
        const known = new Set(['job', 'instance', ...family.samples.flatMap((sample) => Object.keys(sample.labels))]);
        if (family.samples.length > 0)
          for (const label of labels) assert.ok(known.has(label), `${name} has no label ${label}: ${expression}`);
      }
  }

  test('every figure of the dashboard is in /metrics', () => {
    const { panels } = JSON.parse(read('grafana/assay.json'));
    const expressions = panels.flatMap(({ targets = [] }: { targets?: { expr: string }[] }) =>
      targets.map(({ expr }) => expr),
    );
    for (const expression of expressions) assert.ok(asked(expression).length > 0, expression);
    check(expressions);
    const ids = panels.map(({ id }: { id: number }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('every figure of the alerts is in /metrics, and every alert has words and a severity', () => {
    const rules = read('prometheus/alerts.yaml')
      .split(/^ +- alert: /m)
      .slice(1);
    for (const rule of rules) {
      assert.match(rule, /severity: (page|ticket)/);
      assert.match(rule, /summary: /);
    }
    check(rules.map((rule) => rule.slice(rule.indexOf('expr:'), rule.indexOf('labels:'))));
  });

  test('what is measured is watched: every figure of ours is on the dashboard', () => {
    const text = read('grafana/assay.json');
    const unseen = [...families.keys()].filter((name) => name.startsWith('assay_') && !text.includes(name));
    assert.deepEqual(unseen.sort(), [
      'assay_narratives_waiting',
      'assay_narrator_open',
      'assay_profile_cache_profiles',
    ]);
  });
});
