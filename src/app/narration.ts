import { performance } from 'node:perf_hooks';
import type pino from 'pino';
import { createLocalNarrator } from '../adapters/llm/local.ts';
import { createEndpointNarrator } from '../adapters/llm/openai-compatible.ts';
import type { LlmConfig } from '../config.ts';
import type { Clock } from '../domain/clock.ts';
import type { Journal } from '../journal/journal.ts';
import { createAsker } from '../narrator/asker.ts';
import { createNarration, type Narration } from '../narrator/narration.ts';
import type { Narrator } from '../narrator/narrator.ts';

interface Ports {
  journal: Journal;
  /** Whether a transaction was deleted. */
  hidden: (transactionId: string) => boolean;
  clock: Clock;
  log: pino.Logger;
  /** Replaces the one that is configured. */
  narrator?: Narrator;
}

/** What puts decisions into words: the template, and the language model where one is configured. */
export function openNarration(config: LlmConfig | undefined, { narrator, ...ports }: Ports): Narration {
  if (!config) return createNarration({ ...ports, narrate: 'none', concurrency: 1 });
  const used = narrator ?? narratorOf(config);
  const asker = createAsker({
    narrator: used,
    timeoutMs: config.timeoutMs,
    perMinute: config.perMinute,
    sendPersonal: config.sendPersonal,
    now: () => performance.now(),
    random: Math.random,
    onError: (error) => ports.log.warn({ err: error, model: config.model }, 'the language model failed'),
  });
  const { narrate, concurrency, model } = config;
  return createNarration({ ...ports, narrate, concurrency, asker: { asker, model, close: () => used.close() } });
}

function narratorOf({ from, model, maxTokens }: LlmConfig): Narrator {
  return 'url' in from
    ? createEndpointNarrator({ url: from.url, model, maxTokens, ...(from.key ? { key: from.key } : {}) })
    : createLocalNarrator({
        ...{ name: model, file: from.file, threads: from.threads, contextTokens: from.contextTokens, maxTokens },
        ...(from.library ? { library: from.library } : {}),
      });
}
