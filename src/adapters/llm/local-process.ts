/**
 * The process that holds a GGUF file: `local.ts` starts it and speaks to it by messages. node-llama-cpp, which is
 * llama.cpp with its programs for each machine, takes hundreds of megabytes and is no dependency of Assay's.
 */

import { open as openFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface LocalSettings {
  file: string;
  /** Threads that compute. */
  threads: number;
  contextTokens: number;
  /** Tokens that an answer may take. */
  maxTokens: number;
  /** Folder in whose node_modules node-llama-cpp is; default: Assay's own. */
  library?: string;
}

export type ToProcess =
  | { id: number; system: string; user: string; schema: Record<string, unknown> }
  | { id: number; abort: true };
export type FromProcess = { id: number; text: string } | { id: number; error: string };

/** The release that this was tried with. */
export const LLAMA_VERSION = '3.22.1';
export const INSTALL_LLAMA = `npm install --no-save node-llama-cpp@${LLAMA_VERSION}`;

/** What is used of node-llama-cpp. */
interface Library {
  getLlama(options: object): Promise<{
    loadModel(options: { modelPath: string }): Promise<{
      createContext(options: object): Promise<{ getSequence(): object }>;
    }>;
    createGrammarForJsonSchema(schema: object): Promise<object>;
  }>;
  LlamaChatSession: new (options: {
    contextSequence: object;
    systemPrompt: string;
  }) => {
    prompt(text: string, options: object): Promise<string>;
    dispose(options: { disposeSequence: boolean }): void;
  };
}

async function load(library: string | undefined): Promise<Library> {
  const from = createRequire(library === undefined ? import.meta.url : join(library, 'here.js'));
  try {
    return (await import(pathToFileURL(from.resolve('node-llama-cpp')).href)) as Library;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'MODULE_NOT_FOUND' ? 'is not installed' : `does not load (${message})`;
    throw new Error(`LLM_MODEL_PATH needs node-llama-cpp, which ${why}. Install it: ${INSTALL_LLAMA}`);
  }
}

/** The library tries for minutes to read what is no such file. */
async function assertGguf(file: string): Promise<void> {
  const handle = await openFile(file, 'r').catch((error: Error) => {
    throw new Error(`LLM_MODEL_PATH: ${error.message}`);
  });
  try {
    const head = Buffer.alloc(8);
    await handle.read(head, 0, 8, 0);
    const version = head.readUInt32LE(4);
    if (head.toString('latin1', 0, 4) !== 'GGUF' || version < 2 || version > 3)
      throw new Error(`LLM_MODEL_PATH: ${file} is no GGUF file of version 2 or 3`);
  } finally {
    await handle.close();
  }
}

async function open({ file, threads, contextTokens, maxTokens, library }: LocalSettings) {
  const { getLlama, LlamaChatSession } = await load(library);
  await assertGguf(file);
  // Only what is installed, on the processor: nothing is downloaded or compiled.
  const llama = await getLlama({
    ...{ gpu: false, build: 'never', skipDownload: true, progressLogs: false, logLevel: 'disabled' },
    maxThreads: threads,
  });
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createContext({ contextSize: { max: contextTokens }, threads, sequences: 1 });
  const contextSequence = context.getSequence();
  return async (system: string, user: string, schema: object, signal: AbortSignal) => {
    const grammar = await llama.createGrammarForJsonSchema(schema);
    // Each text begins anew; what two of them begin with is kept by the sequence.
    const session = new LlamaChatSession({ contextSequence, systemPrompt: system });
    try {
      return await session.prompt(user, { grammar, maxTokens, temperature: 0, signal });
    } finally {
      session.dispose({ disposeSequence: false });
    }
  };
}

/** One at a time, in order. */
function listen(settings: LocalSettings): void {
  const opened = open(settings);
  opened.catch(() => {});
  const under = new Map<number, AbortController>();
  let last: Promise<void> = Promise.resolve();
  process.on('message', (message: ToProcess) => {
    if ('abort' in message) return under.get(message.id)?.abort();
    const { id, system, user, schema } = message;
    const control = new AbortController();
    under.set(id, control);
    last = last.then(async () => {
      let answer: FromProcess;
      try {
        control.signal.throwIfAborted();
        answer = { id, text: await (await opened)(system, user, schema, control.signal) };
      } catch (error) {
        answer = { id, error: (error as Error).message };
      }
      under.delete(id);
      process.send?.(answer);
    });
  });
  process.on('disconnect', () => process.exit(0));
}

if (process.send && process.argv[2]) listen(JSON.parse(process.argv[2]) as LocalSettings);
