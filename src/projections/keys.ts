import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import { AssayError } from '../domain/errors.ts';
import { newId } from '../domain/id.ts';
import { type ApiKey, SCOPES, type Scope } from '../domain/key.ts';
import type { KeyCreateData, KeyRevokeData } from '../domain/records.ts';
import type { Journal, JournalRecord } from '../journal/journal.ts';

/** API keys, folded from the journal into memory, so that a decision needs no database. */
export interface Keys {
  /** Whether any key exists (revoked ones count: an installation that had keys never falls back to keyless). */
  readonly configured: boolean;
  /** The key that a secret belongs to, unless unknown or revoked. Constant time in the secret. */
  authenticate(secret: string): ApiKey | undefined;
  /** The key of an id, revoked or not. */
  get(id: string): ApiKey | undefined;
  list(): PublicKey[];
  /** Creates a key, durable when it resolves; `by` is the key that asked. The secret is shown this once. */
  create(request: { name: string; scopes: Scope[]; by?: string }): Promise<{ key: PublicKey; secret: string }>;
  /** False when unknown. Throws conflict for a key that the environment holds. */
  revoke(id: string, by?: string): Promise<boolean>;
  /** Tells of every key that is revoked from now on, once that is durable. */
  onRevoked(listener: (id: string) => void): void;
}

export type PublicKey = Omit<ApiKey, 'secretHash'>;

/** The same with its way in from the journal, and out to a snapshot and back. */
export interface FoldedKeys extends Keys {
  /** Takes in one record; idempotent, indifferent to records of other types. */
  fold(record: JournalRecord): void;
  save(): ApiKey[];
  load(value: unknown): void;
}

export interface KeysOptions {
  journal: Journal;
  clock: Clock;
  random?: (size: number) => Uint8Array;
  /** Secret from the environment: an admin key of every scope that lives as long as the process. */
  bootstrap?: string | undefined;
  /** Secret by which this machine's own command line reaches the server. Does not count as configured. */
  local?: string | undefined;
}

/** Id of the key that the environment holds. */
export const ENVIRONMENT_KEY = 'env';

export function createKeys(options: KeysOptions): FoldedKeys {
  const { journal, clock, random = randomBytes } = options;
  const byId = new Map<string, ApiKey>();
  const byHash = new Map<string, ApiKey>();
  const inProcess = new Map<string, ApiKey>();
  const listeners: ((id: string) => void)[] = [];

  const hold = (key: ApiKey) => {
    byId.set(key.id, key);
    byHash.set(key.secretHash, key);
  };
  const everything = (id: string, name: string, secret: string) =>
    inProcess.set(hash(secret), {
      id,
      name,
      scopes: [...SCOPES],
      secretHash: hash(secret),
      prefix: id,
      createdAt: clock(),
    });
  if (options.bootstrap) everything(ENVIRONMENT_KEY, 'API_KEY of the environment', options.bootstrap);
  if (options.local) everything('local', 'command line of this machine', options.local);

  return {
    get configured() {
      return byId.size > 0 || options.bootstrap !== undefined;
    },

    authenticate(secret) {
      const digest = hash(secret);
      // The look-up goes by a digest that a caller cannot steer; the comparison itself takes the same time anywhere.
      const key = byHash.get(digest) ?? inProcess.get(digest);
      if (!key || key.revokedAt !== undefined) return undefined;
      return timingSafeEqual(Buffer.from(key.secretHash), Buffer.from(digest)) ? key : undefined;
    },

    get: (id) => byId.get(id) ?? [...inProcess.values()].find((key) => key.id === id),

    list() {
      const own = [...inProcess.values()].filter((key) => key.id === ENVIRONMENT_KEY);
      return [...own, ...byId.values()].map(withoutHash);
    },

    async create({ name, scopes, by }) {
      const secret = `ak_${Buffer.from(random(32)).toString('base64url')}`;
      const data: KeyCreateData = {
        id: `key_${newId(clock()).replaceAll('-', '')}`,
        name,
        scopes: SCOPES.filter((scope) => scopes.includes(scope)),
        secretHash: hash(secret),
        prefix: secret.slice(0, 9),
        ...(by === undefined ? {} : { by }),
      };
      const { record, durable } = journal.enqueue({
        type: 'key.create',
        at: clock(),
        key: `k:${data.id}`,
        data: { ...data },
      });
      await durable;
      this.fold(record);
      return { key: withoutHash(byId.get(data.id)!), secret };
    },

    async revoke(id, by) {
      if (inProcess.has(hash(options.bootstrap ?? '')) && id === ENVIRONMENT_KEY)
        throw new AssayError('conflict', 'This key is API_KEY of the environment: take it away there and start again.');
      const key = byId.get(id);
      if (!key) return false;
      if (key.revokedAt !== undefined) return true;
      const { record, durable } = journal.enqueue({
        type: 'key.revoke',
        at: clock(),
        key: `c:${newId(clock())}`,
        data: { keyId: id, ...(by === undefined ? {} : { by }) },
      });
      await durable;
      this.fold(record);
      return true;
    },

    onRevoked: (listener) => void listeners.push(listener),

    fold(record) {
      if (record.type === 'key.create') {
        const { by: _, ...data } = record.data as unknown as KeyCreateData;
        if (!byId.has(data.id)) hold({ ...data, createdAt: record.at });
      } else if (record.type === 'key.revoke') {
        const key = byId.get((record.data as unknown as KeyRevokeData).keyId);
        if (!key || key.revokedAt !== undefined) return;
        key.revokedAt = record.at;
        for (const listener of listeners) listener(key.id);
      }
    },

    save: () => [...byId.values()],

    load(value) {
      for (const key of (value ?? []) as ApiKey[]) hold(key);
    },
  };
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function withoutHash({ secretHash: _, ...key }: ApiKey): PublicKey {
  return key;
}
