import { readConfig } from '../config.ts';
import type { ApiKey, Scope } from '../domain/key.ts';
import { openJournal } from '../journal/local/journal.ts';
import { createKeys } from '../projections/keys.ts';
import { askServer, assertOwnJournal, type Control, journalFolder, readControl } from './control.ts';
import { defaultModelDir } from './paths.ts';

export interface KeyAccess {
  create(request: { name: string; scopes: Scope[] }): Promise<{ key: Omit<ApiKey, 'secretHash'>; secret: string }>;
  list(): Promise<Omit<ApiKey, 'secretHash'>[]>;
  revoke(id: string): Promise<boolean>;
}

/**
 * Runs `use` over the keys of a data directory: those of the running server where one holds it. What `reads` makes no journal, and throws
 * an Error where there is none; the first key may be made before the first start.
 */
export async function withKeys<T>(
  dataDir: string | undefined,
  use: (access: KeyAccess) => Promise<T>,
  how?: 'reads',
): Promise<T> {
  const env = dataDir ? { ...process.env, ASSAY_DATA_DIR: dataDir } : process.env;
  const config = readConfig(env, { modelDir: defaultModelDir });
  const control = readControl(config.dataDir);
  if (control) return use(overHttp(control));
  if (how === 'reads') journalFolder(config);
  else assertOwnJournal(config);
  const journal = await openJournal({ directory: `${config.dataDir}/journal`, format: config.journalFormat });
  try {
    const keys = createKeys({ journal, clock: Date.now });
    for await (const record of journal.read(1)) keys.fold(record);
    return await use({
      create: (request) => keys.create(request),
      list: async () => keys.list(),
      revoke: (id) => keys.revoke(id),
    });
  } finally {
    await journal.close();
  }
}

function overHttp(control: Control): KeyAccess {
  async function ask(path: string, method = 'GET', body?: unknown) {
    const response = await askServer(control, path, {
      method,
      headers: body ? { 'content-type': 'application/json' } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    if (response.status === 404) return undefined;
    const text = await response.text();
    if (!response.ok) throw new Error(`The server answered ${response.status}: ${text}`);
    return text ? JSON.parse(text) : {};
  }
  return {
    async create(request) {
      const { secret, ...key } = await ask('/api/keys', 'POST', request);
      return { key, secret };
    },
    list: async () => (await ask('/api/keys')).data,
    revoke: async (id) => (await ask(`/api/keys/${encodeURIComponent(id)}`, 'DELETE')) !== undefined,
  };
}
