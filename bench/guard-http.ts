/**
 * The guard over HTTP: a real server under so many payments a second (`npm run bench:guard-http -- --rate 500`) whose deciding model
 * breaks in the middle. How many seconds until the version before decides again, how often it fell back, and how many requests failed.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { upload, variantModel } from '../test/support/models.ts';
import type { Fault } from './guard/broken.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    /** A second, where each takes two milliseconds more: one thread carries no more. */
    'slow-rate': { type: 'string', default: '150' },
    /** A shift is held against what was before the last minute. */
    calm: { type: 'string', default: '75' },
    after: { type: 'string', default: '60' },
    only: { type: 'string' },
  },
});
const [CALM_S, AFTER_S] = [Number(values.calm), Number(values.after)];
const ALL: Fault[] = ['a broken feature', 'one score for all', 'ten times as slow', 'no number'];
const FAULTS = ALL.filter((fault) => values.only === undefined || fault === values.only);

const folder = mkdtempSync(join(tmpdir(), 'assay-guard-'));
const child = fork(join(import.meta.dirname, 'guard', 'broken.ts'), {
  env: { ...process.env, ASSAY_DATA_DIR: join(folder, 'data'), RATE_LIMIT_MAX: '0' },
});
const said = <T>() => new Promise<T>((resolve) => child.once('message', (message) => resolve(message as T)));
const { url } = await said<{ url: string }>();

interface Promotion {
  version: string;
  at: string;
  reason: string | null;
  fellBack: boolean;
}
async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = body === undefined ? undefined : { 'content-type': 'application/json' };
  const answer = await fetch(url + path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

let next = 0;
function payment(): string {
  const i = next++;
  const user = (i * 2_654_435_761) % 5_000;
  // One in fifty looks like an attack, so that scores differ.
  const isOdd = i % 50 === 0;
  return JSON.stringify({
    ...{ userId: `u${user}`, amount: isOdd ? 900 : 5 + ((i * 37) % 20_000) / 100, country: isOdd ? 'NG' : 'US' },
    ...{
      cardId: isOdd ? `odd${i}` : `c${user}`,
      deviceId: isOdd ? 'odd' : `d${user}`,
      accountAgeDays: isOdd ? 0 : 300,
    },
  });
}

async function oneFault(fault: Fault, i: number): Promise<void> {
  const directory = join(folder, `model-${i}`);
  // A version of its own: on one that a person put back after it had acted the guard does not act.
  variantModel(directory, (head) => ({ ...head, name: `m${i}`, thresholds: { review: 0.2 + i / 100, decline: 0.9 } }));
  const { version } = await ask<{ version: string }>('POST', '/api/models', upload(directory));
  await ask('POST', `/api/models/${version}/promote`, {});
  const rate = Number(fault === 'ten times as slow' ? values['slow-rate'] : values.rate);
  const running = autocannon({
    ...{ url: `${url}/api/transactions`, connections: 32, duration: CALM_S + AFTER_S, overallRate: rate },
    requests: [
      {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
        setupRequest: (request) => ({ ...request, body: payment() }),
      },
    ],
  });
  await sleep(CALM_S * 1000);
  const broken = said();
  child.send(fault);
  await broken;
  const began = Date.now();
  const { errors, non2xx, '2xx': answers } = await running;
  const { promotions } = await ask<{ promotions: Promotion[] }>('GET', '/api/models');
  const fell = promotions.filter(({ fellBack, at }) => fellBack && Date.parse(at) >= began).reverse();
  const after = fell.length > 0 ? `after ${((Date.parse(fell[0].at) - began) / 1000).toFixed(0)} s` : 'not at all';
  console.log(
    `${fault}, ${Math.round(answers / (CALM_S + AFTER_S))} payments/s: fell back ${after}, ${fell.length} times; ` +
      `${errors + non2xx} of ${answers + non2xx} requests failed${fell[0]?.reason ? ` (${fell[0].reason})` : ''}`,
  );
}

try {
  for (const [i, fault] of FAULTS.entries()) await oneFault(fault, i);
} finally {
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await over;
  rmSync(folder, { recursive: true, force: true });
}
