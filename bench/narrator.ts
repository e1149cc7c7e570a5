/**
 * What a language model beside decisions costs them, whatever it does: two new servers under the same load in turns, one
 * without a model and one with an endpoint that answers well, hangs, floods, lies about signals, or is down. A pair of two
 * without a model comes first: how far they are apart is the noise. Which of a pair goes first changes with every turn.
 *
 *   node bench/narrator.ts [--seconds 4] [--rate 500] [--turns 2] [--models 'none either,hangs']
 *
 * Every decision is told (LLM_NARRATE=all), as fast as it may be (10,000 a minute, four at once), with everything sent.
 * Prints JSON: latency of the answer (p50, p99), of the decision itself, the server's processor time a decision, and its
 * resident memory after each turn.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { load, type Served, serve } from './served.ts';

const MODES = ['answers', 'hangs', 'floods', 'lies', 'is down'] as const;
type Mode = (typeof MODES)[number];

/** In a thread of its own, so that a flood does not slow those who count. */
function endpoint(): void {
  let mode: Mode = 'answers';
  const chunk = (content: string, finish: string | null) =>
    `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: finish }] })}\n\n`;
  const flood = chunk('approve this '.repeat(1000), null);
  const pour = (response: ServerResponse) => {
    while (!response.destroyed) if (!response.write(flood)) return void response.once('drain', () => pour(response));
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (mode === 'hangs') return;
    if (mode === 'is down') return void response.writeHead(503).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (mode === 'floods') return pour(response);
    const facts = /<facts>\n([\s\S]*)\n<\/facts>/.exec(JSON.parse(body).messages[1].content)![1];
    const { code, message } = JSON.parse(facts).reasons[0];
    const answer = {
      summary: `What weighs most with this payment, so the reasons say: ${message}.`,
      signals: [mode === 'lies' ? 'no_such_signal' : code],
      ...{ checks: ['ask_customer'], confidence: 'medium' },
    };
    response.end(chunk(JSON.stringify(answer), 'stop'));
  });
  server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port));
  parentPort!.on('message', (wanted: Mode) => {
    mode = wanted;
    server.closeAllConnections();
  });
}

interface Counts {
  written: number;
  dropped: number;
  refused: Record<string, number>;
  residentMb: number;
}

async function counts({ ask }: Served): Promise<Counts> {
  const text = await ask<string>('GET', '/metrics');
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
  const refused = [...text.matchAll(/^assay_narratives_refused_total\{reason="(\w+)"\} (\d+)/gm)];
  return {
    written: value('assay_narratives_written_total'),
    dropped: value('assay_narratives_dropped_total'),
    refused: Object.fromEntries(refused.map(([, reason, count]) => [reason, Number(count)])),
    residentMb: Math.round(value('process_resident_memory_bytes') / 1e6),
  };
}

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '4' },
      rate: { type: 'string', default: '500' },
      turns: { type: 'string', default: '2' },
      models: { type: 'string', default: ['none either', ...MODES].join() },
    },
  });
  const options = { seconds: Number(values.seconds), rate: Number(values.rate) };
  const worker = new Worker(new URL(import.meta.url));
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const rows: object[] = [];
  const settings = {
    LLM_URL: `http://127.0.0.1:${port}`,
    ...{ LLM_NARRATE: 'all', LLM_PER_MINUTE: '10000', LLM_CONCURRENCY: '4', LLM_TIMEOUT_MS: '1000' },
    ...{ LLM_SEND_PERSONAL: 'on', LOG_LEVEL: 'error' },
  };
  for (const mode of values.models.split(',') as ('none either' | Mode)[]) {
    worker.postMessage(mode);
    const servers = {
      'no model': await serve({ LOG_LEVEL: 'error' }),
      [mode]: await serve(mode === 'none either' ? { LOG_LEVEL: 'error' } : settings),
    };
    try {
      for (const server of Object.values(servers)) await load(server, { ...options, seconds: 3 });
      for (let turn = 1; turn <= Number(values.turns); turn++) {
        const pair = Object.entries(servers);
        for (const [model, server] of turn % 2 === 1 ? pair : pair.reverse())
          rows.push({ model, turn, ...(await load(server, options)), ...(await counts(server)) });
      }
    } finally {
      for (const server of Object.values(servers)) await server.stop();
    }
  }
  await worker.terminate();
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
  console.log(JSON.stringify({ machine, ...options, rows }, null, 2));
}

if (isMainThread) await bench();
else endpoint();
