import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelDetail, modelView } from '../api/models.ts';
import { type Config, readConfig } from '../config.ts';
import { createRoster } from '../engine/roster.ts';
import { openJournal } from '../journal/local/journal.ts';
import { openRegistry } from '../models/registry.ts';
import { createProfiles } from '../profiles/memory.ts';
import { askServer, assertOwnJournal, type Control, readControl } from './control.ts';
import { defaultModelDir } from './paths.ts';

/** A model as the API shows it. */
export interface ShownModel {
  version: string;
  role: 'champion' | 'shadow' | 'other';
  name?: string;
  kind?: string;
  trainedFrom?: string;
  trainedTo?: string;
  metrics?: Record<string, Record<string, number>>;
  problem?: string;
}

export interface ModelAccess {
  list(): Promise<{ data: ShownModel[]; champion: string | null; shadow: string | null; problem?: string }>;
  show(version: string): Promise<ShownModel>;
  promote(version: string, reason?: string): Promise<{ version: string; previous: string | null }>;
  shadow(version: string): Promise<void>;
  /** False where there is none. */
  stopShadow(): Promise<boolean>;
  compare(version: string): Promise<Record<string, unknown>>;
  /** The version of the model in a folder, kept from now on. */
  take(directory: string): Promise<string>;
}

/** Runs `use` over the models of a data directory: those of the running server where one holds it. */
export async function withModels<T>(dataDir: string | undefined, use: (access: ModelAccess) => Promise<T>): Promise<T> {
  const env = dataDir ? { ...process.env, ASSAY_DATA_DIR: dataDir } : process.env;
  const config = readConfig(env, { modelDir: defaultModelDir });
  const control = readControl(config.dataDir);
  if (control) return use(overHttp(control));
  assertOwnJournal(config);
  const journal = await openJournal({ directory: join(config.dataDir, 'journal'), format: config.journalFormat });
  try {
    return await use(await offline(config, journal));
  } finally {
    await journal.close();
  }
}

async function offline(config: Config, journal: Awaited<ReturnType<typeof openJournal>>): Promise<ModelAccess> {
  const registry = openRegistry(join(config.dataDir, 'models'));
  const { entityTypes, ownHabits: own } = config;
  const profiles = createProfiles({ entityTypes, own });
  const log = { error: () => {}, info: () => {} };
  const currency = config.baseCurrency;
  const roster = createRoster({ journal, registry, profiles, entityTypes, own, currency, clock: Date.now, log });
  for await (const record of journal.read(1)) roster.fold(record);
  try {
    roster.start({ model: registry.admit(config.modelDir) });
  } catch (error) {
    roster.start({ error });
  }
  const compared = (version: string) => existsSync(join(config.dataDir, 'shadow', `${version}.rows`));
  const shownBy = { roster, registry, challengers: { has: compared } };
  const kept = async (version: string) => {
    const entry = (await registry.list()).find((each) => each.version === version);
    if (!entry) throw new Error(`There is no model ${version}.`);
    return entry;
  };
  return {
    list: async () => ({
      data: (await registry.list()).map((entry) => modelView(entry, shownBy) as unknown as ShownModel),
      champion: roster.champion?.model.version ?? null,
      shadow: roster.shadowVersion ?? null,
      problem: roster.problem,
    }),
    show: async (version) => modelDetail(await kept(version), shownBy) as unknown as ShownModel,
    promote: (version, reason) => roster.promote(version, undefined, reason),
    shadow: (version) => roster.startShadow(version),
    stopShadow: () => roster.stopShadow(),
    compare: async () => {
      throw new Error('The comparison is the running server’s: start it, and ask again.');
    },
    take: async (directory) => registry.admit(directory).version,
  };
}

function overHttp(control: Control): ModelAccess {
  async function ask<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
    const response = await askServer(control, path, {
      method,
      headers: body ? { 'content-type': 'application/json' } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    const text = await response.text();
    if (response.ok) return (text ? JSON.parse(text) : {}) as T;
    let detail = text;
    try {
      detail = (JSON.parse(text) as { detail: string }).detail;
    } catch {
      // Not a problem document: shown as it is.
    }
    throw new Error(`The server answered ${response.status}: ${detail}`);
  }
  const path = (version: string, rest = '') => `/api/models/${encodeURIComponent(version)}${rest}`;
  return {
    list: () => ask('/api/models'),
    show: (version) => ask(path(version)),
    promote: (version, reason) => ask(path(version, '/promote'), 'POST', reason ? { reason } : undefined),
    shadow: (version) => ask(path(version, '/shadow'), 'POST'),
    async stopShadow() {
      const { shadow } = await ask<{ shadow: string | null }>('/api/models');
      if (shadow !== null) await ask('/api/models/shadow', 'DELETE');
      return shadow !== null;
    },
    compare: (version) => ask(path(version, '/comparison')),
    take: async (directory) => (await ask<{ version: string }>('/api/models', 'POST', uploadOf(directory))).version,
  };
}

function uploadOf(directory: string) {
  const file = (name: string) => join(directory, name);
  if (!existsSync(file('model.json'))) throw new Error(`There is no model in ${directory}.`);
  const text = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8') : undefined);
  const report = text('report.json');
  return {
    model: JSON.parse(readFileSync(file('model.json'), 'utf8')),
    body: readFileSync(file('model.bin')).toString('base64'),
    report: report === undefined ? undefined : JSON.parse(report),
    reportHtml: text('report.html'),
  };
}
