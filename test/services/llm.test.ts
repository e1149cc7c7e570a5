/**
 * The narrator's adapters against the real thing: node-llama-cpp, installed from the registry into a folder of its own
 * (LLAMA_LIBRARY names one that is there already), and llama.cpp's own server (LLAMA_SERVER names it; made by
 * scripts/llama-server.sh). Both load a tiny model of random weights, which knows nothing: what it writes fits the schema,
 * and is then refused.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import { tinyGguf } from '../../scripts/tiny-gguf.ts';
import { freePort } from '../../src/adapters/embedded/port.ts';
import { createLocalNarrator } from '../../src/adapters/llm/local.ts';
import { LLAMA_VERSION } from '../../src/adapters/llm/local-process.ts';
import { createEndpointNarrator } from '../../src/adapters/llm/openai-compatible.ts';
import type { Narrator } from '../../src/narrator/narrator.ts';
import { briefOf } from '../../src/narrator/prompt.ts';
import { validate } from '../../src/narrator/validation.ts';
import { call, startApp } from '../support/app.ts';
import { byAmount } from '../support/serving.ts';
import { declined, suspectCase } from '../support/subjects.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-llm-'));
const file = join(folder, 'tiny.gguf');
writeFileSync(file, tinyGguf());
after(() => rmSync(folder, { recursive: true, force: true }));

/** Only the program for this processor: those for graphics cards are optional, and large. */
function install(): string {
  const program = `@node-llama-cpp/${process.platform}-${process.arch}@${LLAMA_VERSION}`;
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const args = ['install', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', [...args, `node-llama-cpp@${LLAMA_VERSION}`, program], {
    cwd: folder,
    timeout: 300_000,
    stdio: 'pipe',
  });
  return folder;
}

let library = process.env.LLAMA_LIBRARY;
let missing: string | undefined;
try {
  library ??= install();
} catch (error) {
  missing = `node-llama-cpp ${LLAMA_VERSION} cannot be installed: ${(error as Error).message.slice(0, 200)}`;
}
const llamaServer = process.env.LLAMA_SERVER;
const noServer =
  llamaServer && existsSync(llamaServer)
    ? false
    : 'LLAMA_SERVER names no llama-server; scripts/llama-server.sh builds one';

/** The model's process has the lowest priority: on two cores that were busy with other work a text took half a minute. */
const PATIENCE_MS = 240_000;

/** One token a character: far more than a real vocabulary takes. */
const limits = { contextTokens: 8_192, maxTokens: 2_000 };

/** Of a payment or of a case: it fits the schema, and what random weights write is never believed. */
async function answerFits(narrator: Narrator, subject: Parameters<typeof briefOf>[0]): Promise<void> {
  const brief = briefOf(subject, { sendPersonal: false });
  const answer = await narrator.narrate(brief, AbortSignal.timeout(PATIENCE_MS));
  assert.ok(Check(brief.schema as TSchema, answer), JSON.stringify(answer));
  assert.ok('rejection' in validate(answer, subject));
}

describe('a GGUF file through node-llama-cpp', { skip: missing ?? false }, () => {
  const narrators: Narrator[] = [];
  const local = (from = file) => {
    const narrator = createLocalNarrator({ name: 'tiny', file: from, library, threads: 1, ...limits });
    narrators.push(narrator);
    return narrator;
  };
  after(async () => {
    for (const narrator of narrators) await narrator.close();
  });
  const brief = briefOf(declined, { sendPersonal: false });
  const ofModel = () =>
    children().find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('local-process.ts'))!;

  test('its answers fit the schema, from a process of the lowest priority; what is given up ends, and the next is answered, after a crash too', {
    timeout: 4 * PATIENCE_MS,
  }, async () => {
    const narrator = local();
    await answerFits(narrator, declined);
    const child = ofModel();
    const fields = readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1].split(' ');
    assert.equal(Number(fields[16]), 19, 'nice');
    const environment = readFileSync(`/proc/${child}/environ`, 'utf8');
    assert.doesNotMatch(environment, /API_KEY|DATABASE_URL/);
    // What is given up in the middle of an answer ends, and the next one is answered; so it is after a crash.
    await assert.rejects(Promise.resolve(narrator.narrate(brief, AbortSignal.timeout(50))));
    await answerFits(narrator, suspectCase);
    const asked = narrator.narrate(brief, AbortSignal.timeout(PATIENCE_MS));
    process.kill(ofModel(), 'SIGKILL');
    await assert.rejects(asked, /process of the language model ended/);
    await narrator.narrate(brief, AbortSignal.timeout(PATIENCE_MS));
    const last = ofModel();
    await narrator.close();
    // Ended, and gone once its parent has taken note.
    assert.ok(!existsSync(`/proc/${last}`) || readFileSync(`/proc/${last}/stat`, 'utf8').includes(') Z '));
  });

  test('a file that is no model is said to be none', async () => {
    const broken = join(folder, 'broken.gguf');
    writeFileSync(broken, 'GGUF and nothing else');
    await assert.rejects(local(broken).narrate(brief, AbortSignal.timeout(PATIENCE_MS)), /is no GGUF file/);
    const nowhere = local(join(folder, 'nowhere.gguf'));
    await assert.rejects(nowhere.narrate(brief, AbortSignal.timeout(PATIENCE_MS)), /LLM_MODEL_PATH: ENOENT/);
  });

  test('the whole server with it: decisions as ever, the template where it is not believed', {
    timeout: 4 * PATIENCE_MS,
  }, async () => {
    const env = { LLM_MODEL_PATH: file, LLM_LIBRARY: library!, LLM_CONTEXT: '8192', LLM_MAX_TOKENS: '2000' };
    const app = await startApp({ ...env, LLM_TIMEOUT_MS: `${PATIENCE_MS}` }, { serving: byAmount });
    try {
      const { body } = await call(app.url, 'POST', '/api/transactions', { id: 'a', userId: 'u', amount: 900 });
      assert.equal(body.decision, 'decline');
      const explained = (await call(app.url, 'GET', '/api/transactions/a/explanation?narrate=true')).body;
      assert.equal(explained.narrative.source, 'template');
      const { failures } = app.services.narration.status();
      assert.ok(
        Object.keys(failures).some((reason) => !['error', 'timeout', 'shape'].includes(reason)),
        JSON.stringify(failures),
      );
    } finally {
      await app.stop();
    }
  });
});

describe('llama.cpp’s own server', { skip: noServer }, () => {
  let server: ChildProcess;
  let url: string;
  before(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/v1`;
    const args = [
      '-m',
      file,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      '-t',
      '1',
      '-c',
      '8192',
      '--api-key',
      'sk-test',
    ];
    server = spawn(llamaServer!, args, { stdio: 'ignore' });
    for (let i = 0; i < 200; i++) {
      if ((await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined))?.ok) return;
      await sleep(50);
    }
    throw new Error('llama-server does not start');
  });
  after(() => server?.kill('SIGKILL'));
  const endpoint = (key: string | undefined, more: object = {}) =>
    createEndpointNarrator({ url, model: 'tiny', maxTokens: limits.maxTokens, ...(key ? { key } : {}), ...more });
  const brief = briefOf(declined, { sendPersonal: false });

  test('its streamed answers fit the schema', { timeout: 4 * PATIENCE_MS }, async () => {
    for (const subject of [declined, suspectCase]) await answerFits(endpoint('sk-test'), subject);
  });

  test('a wrong key is refused for good', async () => {
    await assert.rejects(endpoint('sk-wrong').narrate(brief, AbortSignal.timeout(10_000)), {
      retryable: false,
      message: /401/,
    });
  });

  test('an answer that is cut short is no answer', async () => {
    await assert.rejects(endpoint('sk-test', { maxTokens: 10 }).narrate(brief, AbortSignal.timeout(10_000)));
  });

  test('one that is given up ends there too: the next is answered', { timeout: 60_000 }, async () => {
    await assert.rejects(endpoint('sk-test').narrate(brief, AbortSignal.timeout(30)));
    await endpoint('sk-test').narrate(brief, AbortSignal.timeout(30_000));
  });
});

function children(): number[] {
  const tasks = `/proc/${process.pid}/task`;
  return readdirSync(tasks).flatMap((task) =>
    readFileSync(`${tasks}/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );
}
